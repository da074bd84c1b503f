import Dashboard
import Foundation
import Load
import Measurements
import Testing

/// Clicks, found by the words that they fall on.
@Suite("The mouse")
struct MouseTests {
    private func dashboard(_ width: Int = 120, _ height: Int = 40) -> Dashboard {
        var dashboard = Dashboard.synthetic(samples: 12)
        dashboard.size = (width, height)
        dashboard.themes = ThemeChoice(["auto", "dark", "light"], current: "dark")
        return dashboard
    }

    private func place(_ words: String, _ dashboard: Dashboard) throws -> (x: Int, y: Int) {
        let frame = dashboard.frame(width: dashboard.size.width, height: dashboard.size.height)
        for y in 0..<frame.height {
            if let range = frame.row(y).range(of: words) { return (frame.row(y).distance(from: frame.row(y).startIndex, to: range.lowerBound), y) }
        }
        throw Missing(words: words)
    }

    private struct Missing: Error { let words: String }

    @discardableResult
    private func click(_ words: String, _ dashboard: inout Dashboard, dx: Int = 0, dy: Int = 0, _ kind: Mouse.Kind = .press) throws -> Action? {
        let place = try place(words, dashboard)
        return dashboard.handle(.mouse(Mouse(kind, x: place.x + dx, y: place.y + dy)))
    }

    private func text(_ dashboard: Dashboard) -> String {
        let frame = dashboard.frame(width: dashboard.size.width, height: dashboard.size.height)
        return (0..<frame.height).map { frame.row($0) }.joined(separator: "\n")
    }

    @Test("a click goes to the panel it falls on, and on its border makes it large and small again", arguments: [
        ("throughput", PanelKind.throughput), ("latency", .latency), ("pending", .pending), ("arena┌", .arena), ("caches", .caches), ("events", .events),
    ])
    func panels(words: String, kind: PanelKind) throws {
        var dashboard = dashboard()
        try click(words, &dashboard, dy: 2)
        #expect(dashboard.focus == kind && dashboard.zoomed == nil)
        try click(words, &dashboard)
        #expect(dashboard.zoomed == kind)
        try click("esc back", &dashboard)
        #expect(dashboard.zoomed == nil && dashboard.focus == kind)
    }

    @Test("a click on a column's name sorts by it, again turns it round", arguments: [("req/s", ConnectionColumn.requests), ("peer", .peer), ("id ", .id)])
    func columns(words: String, column: ConnectionColumn) throws {
        var dashboard = dashboard()
        let header = try place("peer", dashboard).y
        let frame = dashboard.frame(width: 120, height: 40)
        let x = try #require(frame.row(header).range(of: words)).lowerBound
        let click = Mouse(.press, x: frame.row(header).distance(from: frame.row(header).startIndex, to: x), y: header)
        _ = dashboard.handle(.mouse(click))
        #expect(dashboard.table.order.column == column && !dashboard.table.order.isReversed)
        _ = dashboard.handle(.mouse(click))
        #expect(dashboard.table.order.column == column && dashboard.table.order.isReversed)
    }

    @Test("a click chooses the row under it, scrolled or not, and a second one opens it")
    func rows() throws {
        var dashboard = dashboard()
        try click("127.0.0.1:51783", &dashboard)
        #expect(text(dashboard).contains("▌     5 127.0.0.1:51784") || text(dashboard).contains("▌     4 127.0.0.1:51783"))
        #expect(text(dashboard).contains("127.0.0.1:51783") && dashboard.detail == nil)
        _ = dashboard.handle(.end)
        try click("127.0.0.1:51842", &dashboard)
        let chosen = try #require(text(dashboard).split(separator: "\n").first { $0.contains("│▌") })
        #expect(chosen.contains("127.0.0.1:51842"))
        try click("127.0.0.1:51842", &dashboard)
        #expect(dashboard.detail?.id == 63)
    }

    @Test("the wheel moves the list it is over, three rows a notch")
    func wheel() throws {
        var dashboard = dashboard()
        try click("peer", &dashboard, dy: 3, .wheelDown)
        #expect(dashboard.selection == 3)
        try click("peer", &dashboard, dy: 3, .wheelUp)
        try click("peer", &dashboard, dy: 3, .wheelUp)
        #expect(dashboard.selection == 0)
        try click("events", &dashboard, dy: 1, .wheelDown)
        #expect(dashboard.focus == .events && dashboard.selection == 3)
    }

    @Test("over a graph the wheel goes through time while the display is held, and never holds it")
    func wheelInTime() throws {
        var dashboard = dashboard()
        try click("throughput", &dashboard, dy: 3, .wheelUp)
        #expect(!dashboard.isPaused)
        _ = dashboard.handle(.character(" "))
        try click("throughput", &dashboard, dy: 3, .wheelUp)
        #expect(dashboard.shownSample?.sample.timeNanoseconds == 11 * SyntheticRun.intervalNanoseconds)
    }

    @Test("a click on a word of the footer is as good as its key")
    func footer() throws {
        var dashboard = dashboard(), live = dashboard
        // No keys for the load, so that there is room for those of the table.
        dashboard.run.control = nil
        #expect(try click("quit", &dashboard) == .quit)
        #expect(try click("load off", &live) == .change(.hold(true)))
        #expect(try click(" + -", &live, dx: 1) == .change(.rate(30_000)))
        try click("pause", &dashboard)
        #expect(dashboard.isPaused)
        try click("filter", &dashboard)
        #expect(dashboard.table.isTyping)
    }

    @Test("a click ends help; in the list of themes it shows the one it falls on, keeps it the second time, and beside it goes back")
    func overlays() throws {
        var dashboard = dashboard()
        _ = dashboard.handle(.character("?"))
        _ = dashboard.handle(.mouse(Mouse(.press, x: 0, y: 0)))
        #expect(!dashboard.showsHelp)
        _ = dashboard.handle(.character("T"))
        #expect(try click("light", &dashboard) == .showTheme("light"))
        #expect(try click("light", &dashboard) == .keepTheme("light"))
        _ = dashboard.handle(.character("T"))
        #expect(dashboard.handle(.mouse(Mouse(.press, x: 0, y: 0))) == .showTheme("dark"))
        #expect(dashboard.themes.picker == nil)
    }

    @Test("a click anywhere on any screen breaks nothing", arguments: [(120, 40), (80, 24), (60, 16), (46, 10), (20, 5), (3, 2), (1, 1)])
    func anywhere(width: Int, height: Int) {
        for (keys, hasServer) in [("", true), ("z", true), ("?", true), ("T", true), ("3", false)] {
            var start = Dashboard.synthetic(samples: 3, hasServer: hasServer)
            start.size = (width, height)
            start.themes = ThemeChoice(["a", "b"])
            for scalar in keys.unicodeScalars { _ = start.handle(.character(scalar)) }
            for y in stride(from: -1, through: height, by: max(1, height / 9)) {
                for x in stride(from: -1, through: width, by: max(1, width / 17)) {
                    for kind in [Mouse.Kind.press, .wheelUp, .wheelDown] {
                        var dashboard = start
                        _ = dashboard.handle(.mouse(Mouse(kind, x: x, y: y)))
                    }
                }
            }
        }
    }
}
