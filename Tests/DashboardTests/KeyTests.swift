import Dashboard
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
        (.character("Q"), .quitAndLeaveScreen), (.character("+"), .changeLoad(steps: 1)),
        (.character("-"), .changeLoad(steps: -1)), (.character("0"), .togglePauseLoad),
        (.character("D"), .startSlowReader), (.control("z"), .suspend), (.control("l"), .redraw),
    ])
    func actions(key: Key, action: Action) {
        var dashboard = Dashboard.synthetic(samples: 2)
        #expect(dashboard.handle(key) == action)
    }

    @Test("load keys do nothing where there are no clients", arguments: [Key.character("+"), .character("-"), .character("0")])
    func noLoad(key: Key) {
        var dashboard = Dashboard.synthetic(samples: 2, hasClients: false)
        #expect(dashboard.handle(key) == nil)
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

    @Test("b changes to plain ASCII and back")
    func glyphs() {
        var dashboard = Dashboard.synthetic(samples: 3)
        _ = dashboard.handle(.character("b"))
        #expect(text(dashboard).unicodeScalars.allSatisfy { $0.isASCII })
        _ = dashboard.handle(.character("b"))
        #expect(text(dashboard).contains("╭"))
    }
}
