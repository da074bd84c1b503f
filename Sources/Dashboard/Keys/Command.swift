import Load

/// A command that keys can be bound to. In the order of the help, with the names of the configuration file.
package enum Command: String, CaseIterable, Sendable {
    case quit
    case quitAndLeave = "quit-and-leave"
    case help
    case nextPanel = "next-panel"
    case previousPanel = "previous-panel"
    case focusLeft = "focus-left"
    case focusDown = "focus-down"
    case focusUp = "focus-up"
    case focusRight = "focus-right"
    case panel1 = "panel-1"
    case panel2 = "panel-2"
    case panel3 = "panel-3"
    case panel4 = "panel-4"
    case panel5 = "panel-5"
    case panel6 = "panel-6"
    case panel7 = "panel-7"
    case zoom, back
    case pause
    case momentBack = "moment-back"
    case momentForth = "moment-forth"
    case leapBack = "leap-back"
    case leapForth = "leap-forth"
    case toStart = "to-start"
    case toEnd = "to-end"
    case loadUp = "load-up"
    case loadDown = "load-down"
    case loadPause = "load-pause"
    case loadQuantity = "load-knob"
    case writePolicy = "write-policy"
    case cacheScope = "cache-scope"
    case reconnectAll = "renew-connections"
    case slowReader = "slow-reader"
    case shorterInterval = "shorter-interval"
    case longerInterval = "longer-interval"
    case shorterTime = "shorter-time"
    case longerTime = "longer-time"
    case nextLayout = "next-layout"
    case previousLayout = "previous-layout"
    case showPanel = "show-panel"
    case themes
    case nextTheme = "next-theme"
    case glyphs
    case keepScreen = "keep-screen"
    case reload
    case mouse, copy, export, forget, redraw, suspend
    case closeConnection = "close-connection"
    case eventLevel = "event-level"
    case open, latency
    case left, right, up, down
    case pageUp = "page-up"
    case pageDown = "page-down"
    case first, last
    case filter
    case nextMatch = "next-match"
    case previousMatch = "previous-match"
    case sortNext = "sort-next"
    case sortPrevious = "sort-previous"
    case sortReverse = "sort-reverse"

    /// All of it.
    var row: CommandRow {
        switch self {
        case .quit: .asks("q ^C ^\\", "quit: drain, restore, sum up", help: .line("quit: drain, restore, sum up"), label: "quit") { _ in .quit }
        case .quitAndLeave:
            .asks("Q", "quit, and leave the last screen", help: .line("quit, keep the last screen"), label: "quit, keep screen") { _ in .quitAndLeaveScreen }
        case .help: .does("? f1", "what keys, letters and colours mean", label: "help") { $0.helpOffset = 0 }

        case .nextPanel: .does("tab", "to the next panel", help: .line("next panel; HJKL: that side's"), label: "panel") { $0.moveFocus(1) }
        case .previousPanel: .does("shift-tab", "to the panel before") { $0.moveFocus(-1) }
        case .focusLeft: .does("H", "to the panel on the left") { $0.moveFocus(x: -1, y: 0) }
        case .focusDown: .does("J", "to the panel below") { $0.moveFocus(x: 0, y: 1) }
        case .focusUp: .does("K", "to the panel above") { $0.moveFocus(x: 0, y: -1) }
        case .focusRight: .does("L", "to the panel on the right") { $0.moveFocus(x: 1, y: 0) }
        case .panel1: .does("1", Command.panelWords, help: .line("that panel; again: alone")) { $0.choose(.throughput) }
        case .panel2: .does("2", Command.panelWords, help: .joins) { $0.choose(.latency) }
        case .panel3: .does("3", Command.panelWords, help: .joins) { $0.choose(.connections) }
        case .panel4: .does("4", Command.panelWords, help: .joins) { $0.choose(.pending) }
        case .panel5: .does("5", Command.panelWords, help: .joins) { $0.choose(.arena) }
        case .panel6: .does("6", Command.panelWords, help: .joins) { $0.choose(.caches) }
        case .panel7: .does("7", Command.panelWords, help: .joins) { $0.choose(.events) }
        case .zoom: .does("z", "this panel alone, and back", help: .line("this panel alone; a step back"), label: "zoom") { $0.toggleZoom() }
        case .back: .does("esc", "back: help, row, filter, zoom, pause", help: .joins, label: "live") { $0.goBack() }

        case .pause:
            .does("space", "hold the display, not the run; in a replay: stop and play", help: .line("hold the display, not the run"), label: "pause") { $0.togglePause() }
        case .momentBack: .does(",", "one sample back", help: .line("back and forth in time")) { $0.scrub(-1) }
        case .momentForth: .does(".", "one sample on; in a replay: the next one", help: .joins) { $0.scrub(1) }
        case .leapBack: .does("<", "ten samples back; in a replay: slower", help: .joins) { $0.scrub(-Dashboard.leap) }
        case .leapForth: .does(">", "ten samples on; in a replay: faster", help: .joins) { $0.scrub(Dashboard.leap) }
        // Only a replay has a start and an end.
        case .toStart: .does("(", "in a replay: to its start") { _ in }
        case .toEnd: .does(")", "in a replay: to its end") { _ in }

        case .loadUp: .asks("+ =", "more load, of the part that load-knob chose", help: .line("more load, less, off and on"), label: "load") { $0.stepLoad(1) }
        case .loadDown: .asks("- _", "less load", help: .joins) { $0.stepLoad(-1) }
        case .loadPause: .asks("0", "load off and on", help: .joins, label: "load off") { $0.changeClients(.hold(!$0.run.load.isHeld)) }
        case .loadQuantity:
            .does("m", "what more and less load change: connections, streams, rate, bodies", help: .line("what they change"), label: "other load") { $0.chooseNextQuantity() }
        case .writePolicy: .asks("W", "another write policy, for the server's new connections", help: .line("other write policy, cache scope")) { $0.nextWritePolicy() }
        case .cacheScope: .asks("C", "another cache scope, for the clients' new connections", help: .joins) { $0.nextCacheScope() }
        case .reconnectAll: .asks("R", "reconnect all clients", help: .line("reconnect all clients")) { $0.changeClients(.reconnectAll) }
        case .slowReader:
            .asks("D", "a client joins that reads at a trickle, for ten seconds", help: .line("a slow reader for ten seconds")) { $0.change(.slowReader(seconds: 10)) }

        case .shorterInterval: .asks("[", "samples more often", help: .line("samples more often, less")) { _ in .changeInterval(steps: -1) }
        case .longerInterval: .asks("]", "samples less often", help: .joins) { _ in .changeInterval(steps: 1) }
        case .shorterTime: .does("{", "graphs over less time", help: .line("graphs over less time, more")) { $0.stretchTime(-1) }
        case .longerTime: .does("}", "graphs over more time", help: .joins) { $0.stretchTime(1) }
        case .nextLayout: .does("p", "other panels: all, load, memory, lists", help: .line("other panels; one by number"), label: "panels") { $0.showPreset(1) }
        case .previousLayout: .does("P", "the same the other way round", help: .joins) { $0.showPreset(-1) }
        case .showPanel: .does("v", "then its number: show or hide a panel", help: .joins) { $0.question = .panel }
        case .themes: .does("T", "choose a theme", help: .line("themes, the next; other glyphs"), label: "themes") { $0.themes.open() }
        case .nextTheme: .asks("t", "the next theme", help: .joins) { $0.useNextTheme() }
        case .glyphs: .asks("b", "dots, blocks or plain ASCII", help: .joins, label: "glyphs") { $0.useNextGlyphs() }
        case .keepScreen: .asks("w", "keep panels and time of the graphs for the next time", help: .line("keep panels; read settings")) { _ in .keepScreen }
        case .reload: .asks("^R", "read the configuration file again", help: .joins) { _ in .reload }
        case .mouse: .asks("M", "let go of the mouse, to select text; and take it again", help: .line("mouse off and on, to select")) { _ in .toggleMouse }
        case .copy: .asks("y", "the chosen row to the terminal's clipboard", help: .line("copy the chosen row")) { $0.copyRow() }
        case .export: .asks("e", "write the screen and its sample to files", help: .line("screen and sample to files"), label: "export") { _ in .export }
        case .forget: .does("c", "forget the past, on this screen; asks first", help: .line("forget the past, here")) { $0.askToForget() }
        case .redraw: .asks("^L", "draw every cell again", help: .line("draw again; suspend")) { _ in .redraw }
        case .suspend: .asks("^Z", "suspend, as any other program", help: .joins) { _ in .suspend }

        // Their help is that of the panels in which they do something.
        case .closeConnection: .does("X", "close the chosen connection; asks first") { $0.askToClose() }
        case .eventLevel: .does("f", "events: all, warnings too, errors only", label: "level") { $0.showNextEventLevel() }
        case .open: .does("enter", "open the row; go to the event's time; make it large", label: "more") { $0.open() }
        case .latency: .does("x", "the latency maps: response or service time") { $0.latency = $0.latency.other }
        case .left: .does("left h", "sort by the column before; back in time; in a replay: 10 s back") { $0.sideways(-1) }
        case .right: .does("right l", "sort by the next column; on in time; in a replay: 10 s on") { $0.sideways(1) }
        case .up: .does("up k", "a row up") { $0.step(-1) }
        case .down: .does("down j", "a row down") { $0.step(1) }
        case .pageUp: .does("page-up ^U", "five rows up") { $0.select($0.selection - Dashboard.page) }
        case .pageDown: .does("page-down ^D", "five rows down") { $0.select($0.selection + Dashboard.page) }
        case .first: .does("g home", "the first row") { $0.select(0) }
        case .last: .does("G end", "the last row") { $0.select(Int.max) }
        case .filter: .does("/", "filter the connections, or the events", label: "filter") { $0.beginFilter() }
        case .nextMatch: .does("n", "the next row that passes; in a replay: the next event") { $0.turn(1) }
        case .previousMatch: .does("N", "the row before that passes") { $0.turn(-1) }
        case .sortNext: .does("s", "sort by the next column", label: "sort") { $0.sortTable(1) }
        case .sortPrevious: .does("S", "sort by the column before") { $0.sortTable(-1) }
        case .sortReverse:
            .asks("r", "turn the order round; when the run's process has died: run it again", label: "run again") { $0.turnOrderRound() }
        }
    }

    private static let panelWords = "to that panel; again: make it large"

    /// Its effect, for people.
    package var words: String { row.words }

    /// The panel that it goes to.
    var panel: PanelKind? { rawValue.hasPrefix("panel-") ? rawValue.last?.wholeNumberValue.flatMap(PanelKind.init(rawValue:)) : nil }

    /// The help that holds in every panel: commands that share a line, and its words.
    static let helpLines: [(commands: [Command], words: String)] = allCases.reduce(into: []) { lines, command in
        switch command.row.help {
        case .line(let words): lines.append(([command], words))
        case .joins: lines[lines.count - 1].commands.append(command)
        case .none: break
        }
    }
}
