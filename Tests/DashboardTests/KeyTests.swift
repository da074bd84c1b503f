import Dashboard
import Load
import Measurements
import Testing

@Suite("Keys on the dashboard")
struct KeyTests {
    private func text(_ dashboard: Dashboard, _ width: Int = 120, _ height: Int = 40) -> String {
        let frame = dashboard.frame(width: width, height: height)
        return (0..<height).map { frame.row($0) }.joined(separator: "\n")
    }

    @Test("what only the program can do is answered as an action", arguments: [
        (Key.character("q"), Action.quit), (.control("c"), .quit), (.hangup, .quit), (.control("\\"), .quit),
        (.character("Q"), .quitAndLeaveScreen), (.character("+"), .change(.rate(30_000))),
        (.character("-"), .change(.rate(15_000))), (.character("0"), .change(.hold(true))), (.character("R"), .change(.reconnectAll)),
        (.character("C"), .change(.cacheScope(.shared))), (.character("W"), .change(.writePolicy(.copy))),
        (.character("D"), .change(.slowReader(seconds: 10))), (.control("z"), .suspend), (.control("l"), .redraw),
    ])
    func actions(key: Key, action: Action) {
        var dashboard = Dashboard.synthetic(samples: 2)
        dashboard.takeChanges(writePolicy: .lease)
        #expect(dashboard.handle(key) == action)
    }

    @Test("load keys do nothing where there are no clients", arguments: [Key.character("+"), .character("-"), .character("0")])
    func noLoad(key: Key) {
        var dashboard = Dashboard.synthetic(samples: 2, hasClients: false)
        dashboard.takeChanges()
        #expect(dashboard.handle(key) == nil)
    }

    @Test("a replay, and a run that has died or ends, are told no change", arguments: [Key.character("+"), .character("0"), .character("D"), .character("W")])
    func noChange(key: Key) {
        var dashboard = Dashboard.synthetic(samples: 2)
        dashboard.run.control = nil
        #expect(dashboard.handle(key) == nil)
        dashboard.takeChanges(writePolicy: .lease)
        for state in [RunDescription.State.draining, .dead, .ended] {
            dashboard.run.state = state
            #expect(dashboard.handle(key) == nil && dashboard.notice == nil)
        }
    }

    @Test("space holds the display while samples go on, and says how far behind it is")
    func pause() {
        var source = SyntheticRun()
        var dashboard = Dashboard.synthetic(samples: 0)
        for _ in 0..<10 { dashboard.add(source.next()) }
        _ = dashboard.handle(.character(" "))
        let before = text(dashboard)
        for _ in 0..<24 { dashboard.add(source.next()) }
        let after = text(dashboard)
        #expect(after.contains("PAUSED -12s"))
        #expect(before.split(separator: "\n").dropFirst() == after.split(separator: "\n").dropFirst())
        #expect(dashboard.history.count == 34)
        _ = dashboard.handle(.character(" "))
        #expect(!text(dashboard).contains("PAUSED"))
    }

    @Test("a pause outlives the ring that it was taken from")
    func longPause() {
        var source = SyntheticRun(connections: 3)
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0).run, capacity: 4)
        for _ in 0..<4 { dashboard.add(source.next()) }
        _ = dashboard.handle(.character(" "))
        let before = text(dashboard)
        for _ in 0..<9 { dashboard.add(source.next()) }
        #expect(before.split(separator: "\n").dropFirst() == text(dashboard).split(separator: "\n").dropFirst())
    }

    @Test("Esc goes back one step at a time and never out: help, zoom, pause")
    func escape() {
        var dashboard = Dashboard.synthetic(samples: 3)
        for key: Key in [.character(" "), .character("z"), .character("?")] { _ = dashboard.handle(key) }
        #expect(dashboard.isPaused && dashboard.zoomed == .connections && dashboard.showsHelp)
        #expect(dashboard.handle(.escape) == nil)
        #expect(dashboard.isPaused && dashboard.zoomed == .connections && !dashboard.showsHelp)
        #expect(dashboard.handle(.escape) == nil)
        #expect(dashboard.isPaused && dashboard.zoomed == nil)
        #expect(dashboard.handle(.escape) == nil)
        #expect(!dashboard.isPaused)
        #expect(dashboard.handle(.escape) == nil)
    }

    @Test("a digit goes to its panel, again makes it large")
    func digits() {
        var dashboard = Dashboard.synthetic(samples: 3)
        _ = dashboard.handle(.character("5"))
        #expect(dashboard.focus == .arena && dashboard.zoomed == nil)
        _ = dashboard.handle(.character("5"))
        #expect(dashboard.zoomed == .arena)
        _ = dashboard.handle(.tab)
        #expect(dashboard.zoomed == .caches)
    }

    @Test("tab goes round all panels, shift-tab back")
    func tab() {
        var dashboard = Dashboard.synthetic(samples: 1)
        for _ in PanelKind.allCases { _ = dashboard.handle(.tab) }
        #expect(dashboard.focus == .connections)
        _ = dashboard.handle(.backTab)
        #expect(dashboard.focus == .latency)
    }

    @Test("help covers the keys that it explains, but q still quits")
    func help() {
        var dashboard = Dashboard.synthetic(samples: 1)
        _ = dashboard.handle(.character("?"))
        #expect(text(dashboard).contains("hold the display"))
        #expect(dashboard.handle(.character("+")) == nil)
        #expect(!dashboard.showsHelp)
        _ = dashboard.handle(.function(1))
        #expect(dashboard.handle(.character("q")) == .quit)
    }

    @Test("the list scrolls to its last row and no further")
    func scroll() {
        var dashboard = Dashboard.synthetic(samples: 3)
        _ = dashboard.handle(.end)
        #expect(text(dashboard).contains("▌    64"))
        for _ in 0..<3 { _ = dashboard.handle(.down) }
        #expect(text(dashboard).contains("▌    64"))
        for _ in 0..<100 { _ = dashboard.handle(.up) }
        #expect(!text(dashboard).contains("▌    64"))
    }

    @Test("b goes from dots to blocks to plain ASCII and back, and says so")
    func glyphs() {
        var dashboard = Dashboard.synthetic(samples: 3)
        func isBraille() -> Bool { text(dashboard).unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) } }
        #expect(isBraille())
        #expect(dashboard.handle(.character("b")) == .keepGlyphs(.block))
        #expect(!isBraille() && text(dashboard).contains("╭") && text(dashboard).contains("glyphs: block"))
        #expect(dashboard.handle(.character("b")) == .keepGlyphs(.ascii))
        #expect(text(dashboard).unicodeScalars.allSatisfy { $0.isASCII })
        #expect(dashboard.handle(.character("b")) == .keepGlyphs(.braille))
        #expect(isBraille())
    }

    @Test("H J K L go to the panel on that side, and stay where there is none", arguments: [
        ("L", [PanelKind.caches, .caches]), ("H", [.connections]), ("K", [.pending, .pending]), ("J", [.throughput, .events, .events]),
        ("KL", [.pending, .arena]), ("JL", [.throughput, .latency]), ("LJ", [.caches, .latency]), ("KLJ", [.pending, .arena, .caches]),
    ])
    func directions(keys: String, panels: [PanelKind]) {
        var dashboard = Dashboard.synthetic(samples: 1)
        dashboard.size = (120, 40)
        let scalars = Array(keys.unicodeScalars)
        for (index, panel) in panels.enumerated() {
            _ = dashboard.handle(.character(scalars[min(index, scalars.count - 1)]))
            #expect(dashboard.focus == panel)
        }
    }

    @Test("the theme picker shows each theme it goes to, keeps one with enter and goes back with esc")
    func picker() {
        var dashboard = Dashboard.synthetic(samples: 2)
        #expect(dashboard.handle(.character("T")) == nil && dashboard.themes.picker == nil)
        dashboard.themes = ThemeChoice(["auto", "dark", "light", "ember"], current: "dark")
        #expect(dashboard.handle(.character("T")) == nil && dashboard.themes.picker != nil)
        #expect(text(dashboard).contains("▌ dark"))
        #expect(dashboard.handle(.down) == .showTheme("light"))
        #expect(dashboard.handle(.character("j")) == .showTheme("ember"))
        #expect(dashboard.handle(.character("j")) == .showTheme("ember"))
        #expect(dashboard.handle(.escape) == .showTheme("dark") && dashboard.themes.picker == nil)
        _ = dashboard.handle(.character("T"))
        #expect(dashboard.handle(.up) == .showTheme("auto"))
        #expect(dashboard.handle(.enter) == .keepTheme("auto") && dashboard.themes.picker == nil)
        _ = dashboard.handle(.character("T"))
        dashboard.takeChanges()
        #expect(dashboard.handle(.character("+")) == .keepTheme("dark"))
        _ = dashboard.handle(.character("T"))
        #expect(dashboard.handle(.character("q")) == .quit)
    }

    @Test("t goes to the next theme, and round")
    func nextTheme() {
        var dashboard = Dashboard.synthetic(samples: 1)
        dashboard.themes = ThemeChoice(["auto", "dark"], current: "auto")
        #expect(dashboard.handle(.character("t")) == .keepTheme("dark"))
        dashboard.themes.current = "dark"
        #expect(dashboard.handle(.character("t")) == .keepTheme("auto"))
    }

    @Test("help begins with what the focused panel's keys do, and shows keys as they are bound")
    func panelHelp() throws {
        var dashboard = Dashboard.synthetic(samples: 2)
        dashboard.keys = try Settings(text: "[keys]\nzoom = x\nfilter =\n").keys
        for (kind, words) in [(PanelKind.connections, "turn the order round"), (.events, "to the moment of the event"), (.arena, "back and forth in time")] {
            while dashboard.focus != kind { _ = dashboard.handle(.tab) }
            _ = dashboard.handle(.character("?"))
            #expect(text(dashboard, 80, 24).contains(words))
            #expect(text(dashboard, 80, 24).contains("x esc"))
            _ = dashboard.handle(.escape)
        }
        #expect(text(dashboard).contains(" x zoom"))
    }

    @Test("help has the keys of every command, on a screen that is high enough: those of all panels, or of the panels where they do something")
    func wholeHelp() throws {
        var shown: Set<Command> = []
        for kind in PanelKind.allCases {
            var dashboard = Dashboard.synthetic(samples: 2)
            while dashboard.focus != kind { _ = dashboard.handle(.tab) }
            _ = dashboard.handle(.character("?"))
            let text = text(dashboard, 120, 80)
            for command in Command.allCases {
                let key = try #require(KeyMap.standard.keys(of: command).first)
                let labels = [Key.up: "↑", .down: "↓", .left: "←", .right: "→"]
                if text.split(separator: "\n").contains(where: { $0.prefix(40).split(whereSeparator: { " │–".contains($0) }).contains { $0 == labels[key] ?? key.name } }) {
                    shown.insert(command)
                }
            }
        }
        // Named with others of their kind, or the keys of a replay.
        let others: Set<Command> = [
            .help, .previousPanel, .focusLeft, .focusDown, .focusUp, .focusRight, .panel2, .panel3, .panel4, .panel5, .panel6,
            .pageUp, .pageDown, .toStart, .toEnd,
        ]
        #expect(Set(Command.allCases).subtracting(shown).isSubset(of: others), "\(Set(Command.allCases).subtracting(shown).subtracting(others))")
    }

    @Test("a replay offers what works there, in the footer and in the help, and nothing that would change a run")
    func replayKeys() throws {
        var dashboard = Dashboard.synthetic(samples: 2)
        #expect(text(dashboard, 200, 24).contains("+ - rate") && !text(dashboard, 200, 24).contains("speed"))
        dashboard.run.isReplay = true
        dashboard.run.control = nil
        dashboard.run.intervalMilliseconds = nil
        let footer = text(dashboard, 200, 24)
        #expect(footer.contains("space stop  ← → 10 s  ( ) ends  n next event  < > speed") && !footer.contains("+ -"), "\(footer)")
        _ = dashboard.handle(.character("?"))
        let help = text(dashboard, 120, 80)
        for words in ["stop, and play on", "to the start, to the end", "to the next event", "slower, faster"] { #expect(help.contains(words)) }
        for words in ["more load", "write policy", "reconnect", "slow reader", "samples more often", "forget", "hold the display"] {
            #expect(!help.contains(words), "\(words)")
        }
    }

    @Test("what the screen shows can be had as a sample: whole while it is the newest, else as much as is kept")
    func shownSample() throws {
        var source = SyntheticRun()
        var dashboard = Dashboard.synthetic(samples: 0)
        #expect(dashboard.shownSample == nil)
        var samples: [Sample] = []
        for _ in 0..<5 {
            var sample = source.next()
            (sample.phase, sample.isWarmup, sample.parts) = ("climb", true, PartsSample())
            samples.append(sample)
            dashboard.add(sample)
        }
        let newest = try #require(dashboard.shownSample)
        #expect(newest.isWhole && newest.sample.timeNanoseconds == samples[4].timeNanoseconds && newest.sample.client?.responseTime.count == samples[4].client?.responseTime.count)
        _ = dashboard.handle(.character(","))
        let (past, isWhole) = try #require(dashboard.shownSample)
        #expect(!isWhole && past.timeNanoseconds == samples[3].timeNanoseconds && past.server?.sentBytes == samples[3].server?.sentBytes)
        #expect(past.server?.connections.isEmpty == false)
        #expect(past.phase == "climb" && past.isWarmup && past.parts != nil)
    }
}
