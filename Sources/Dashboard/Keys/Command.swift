/// What a key can be bound to. The names are those of the configuration file.
package enum Command: String, CaseIterable, Sendable {
    case quit
    case quitAndLeave = "quit-and-leave"
    case help, back, suspend, redraw, export, mouse, glyphs
    case themes
    case nextTheme = "next-theme"
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
    case shorterTime = "shorter-time"
    case longerTime = "longer-time"
    case nextLayout = "next-layout"
    case previousLayout = "previous-layout"
    case showPanel = "show-panel"
    case keepScreen = "keep-screen"
    case reload
    case copy
    case closeConnection = "close-connection"
    case forget
    case eventLevel = "event-level"
    case shorterInterval = "shorter-interval"
    case longerInterval = "longer-interval"
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
    case zoom, open
    /// Response or service time on the maps.
    case latency
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

    /// What it does, for the configuration file and the help.
    package var words: String {
        switch self {
        case .quit: "quit: drain, restore, sum up"
        case .quitAndLeave: "quit, and leave the last screen"
        case .help: "what keys, letters and colours mean"
        case .back: "back: help, row, filter, zoom, pause"
        case .suspend: "suspend, as any other program"
        case .redraw: "draw everything anew"
        case .export: "write the screen and its sample to files"
        case .mouse: "let go of the mouse, to select text; and take it again"
        case .glyphs: "dots, blocks or plain ASCII"
        case .themes: "choose a theme"
        case .nextTheme: "the next theme"
        case .pause: "hold the display, not the run; in a replay: stop and play"
        case .momentBack: "one sample back"
        case .momentForth: "one sample on; in a replay: the next one"
        case .leapBack: "ten samples back; in a replay: slower"
        case .leapForth: "ten samples on; in a replay: faster"
        case .toStart: "in a replay: to its start"
        case .toEnd: "in a replay: to its end"
        case .loadUp: "more load, of what load-knob chose"
        case .loadDown: "less load"
        case .loadQuantity: "what more and less load change: connections, streams, rate, bodies"
        case .writePolicy: "another write policy, for the server's new connections"
        case .cacheScope: "another cache scope, for the clients' new connections"
        case .reconnectAll: "reconnect all clients"
        case .loadPause: "load off and on"
        case .slowReader: "a client joins that reads at a trickle, for ten seconds"
        case .shorterTime: "graphs over less time"
        case .longerTime: "graphs over more time"
        case .nextLayout: "other panels: all, load, memory, lists"
        case .previousLayout: "the same the other way round"
        case .showPanel: "then its number: show or hide a panel"
        case .keepScreen: "keep panels and time of the graphs for the next time"
        case .reload: "read the configuration file again"
        case .copy: "the chosen row to the terminal's clipboard"
        case .closeConnection: "close the chosen connection; asks first"
        case .forget: "forget what was, on this screen; asks first"
        case .eventLevel: "events: all, warnings too, errors only"
        case .shorterInterval: "samples more often"
        case .longerInterval: "samples less often"
        case .nextPanel: "to the next panel"
        case .previousPanel: "to the panel before"
        case .focusLeft: "to the panel on the left"
        case .focusDown: "to the panel below"
        case .focusUp: "to the panel above"
        case .focusRight: "to the panel on the right"
        case .panel1, .panel2, .panel3, .panel4, .panel5, .panel6, .panel7: "to that panel; again: make it large"
        case .zoom: "this panel alone, and back"
        case .open: "open the row; go to the event's time; make it large"
        case .latency: "the latency maps: response or service time"
        case .left: "sort by the column before; back in time; in a replay: 10 s back"
        case .right: "sort by the next column; on in time; in a replay: 10 s on"
        case .up: "a row up"
        case .down: "a row down"
        case .pageUp: "five rows up"
        case .pageDown: "five rows down"
        case .first: "the first row"
        case .last: "the last row"
        case .filter: "filter the connections, or the events"
        case .nextMatch: "the next row that passes; in a replay: the next event"
        case .previousMatch: "the row before that passes"
        case .sortNext: "sort by the next column"
        case .sortPrevious: "sort by the column before"
        case .sortReverse: "turn the order round; when the run's process has died: run it again"
        }
    }

    /// What it is bound to where nobody says otherwise; the first is the one that is shown.
    var standardKeys: [Key] {
        switch self {
        case .quit: [.character("q"), .control("c"), .control("\\")]
        case .quitAndLeave: [.character("Q")]
        case .help: [.character("?"), .function(1)]
        case .back: [.escape]
        case .suspend: [.control("z")]
        case .redraw: [.control("l")]
        case .export: [.character("e")]
        case .mouse: [.character("M")]
        case .glyphs: [.character("b")]
        case .themes: [.character("T")]
        case .nextTheme: [.character("t")]
        case .pause: [.character(" ")]
        case .momentBack: [.character(",")]
        case .momentForth: [.character(".")]
        case .leapBack: [.character("<")]
        case .leapForth: [.character(">")]
        case .toStart: [.character("(")]
        case .toEnd: [.character(")")]
        case .loadUp: [.character("+"), .character("=")]
        case .loadDown: [.character("-"), .character("_")]
        case .loadPause: [.character("0")]
        case .loadQuantity: [.character("m")]
        case .writePolicy: [.character("W")]
        case .cacheScope: [.character("C")]
        case .reconnectAll: [.character("R")]
        case .slowReader: [.character("D")]
        case .shorterTime: [.character("{")]
        case .longerTime: [.character("}")]
        case .nextLayout: [.character("p")]
        case .previousLayout: [.character("P")]
        case .showPanel: [.character("v")]
        case .keepScreen: [.character("w")]
        case .reload: [.control("r")]
        case .copy: [.character("y")]
        case .closeConnection: [.character("X")]
        case .forget: [.character("c")]
        case .eventLevel: [.character("f")]
        case .shorterInterval: [.character("[")]
        case .longerInterval: [.character("]")]
        case .nextPanel: [.tab]
        case .previousPanel: [.backTab]
        case .focusLeft: [.character("H")]
        case .focusDown: [.character("J")]
        case .focusUp: [.character("K")]
        case .focusRight: [.character("L")]
        case .panel1: [.character("1")]
        case .panel2: [.character("2")]
        case .panel3: [.character("3")]
        case .panel4: [.character("4")]
        case .panel5: [.character("5")]
        case .panel6: [.character("6")]
        case .panel7: [.character("7")]
        case .zoom: [.character("z")]
        case .open: [.enter]
        case .latency: [.character("x")]
        case .left: [.left, .character("h")]
        case .right: [.right, .character("l")]
        case .up: [.up, .character("k")]
        case .down: [.down, .character("j")]
        case .pageUp: [.pageUp, .control("u")]
        case .pageDown: [.pageDown, .control("d")]
        case .first: [.character("g"), .home]
        case .last: [.character("G"), .end]
        case .filter: [.character("/")]
        case .nextMatch: [.character("n")]
        case .previousMatch: [.character("N")]
        case .sortNext: [.character("s")]
        case .sortPrevious: [.character("S")]
        case .sortReverse: [.character("r")]
        }
    }
}
