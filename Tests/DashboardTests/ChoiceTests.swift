import Dashboard
import Load
import Measurements
import Testing

@Suite("Panels, time and rows by key")
struct ChoiceTests {
    private func text(_ dashboard: Dashboard, _ width: Int = 120, _ height: Int = 40) -> String {
        let frame = dashboard.frame(width: width, height: height)
        return (0..<height).map { frame.row($0) }.joined(separator: "\n")
    }

    private func press(_ keys: String, on dashboard: inout Dashboard) {
        for scalar in keys.unicodeScalars { _ = dashboard.handle(.character(scalar)) }
    }

    private let titles = ["throughput", "latency", "connections", "pending", "arena", "caches", "events"]

    /// Panels by the names in their borders.
    private func panels(_ text: String) -> Set<String> {
        Set(titles.filter { title in text.split(separator: "\n").contains { $0.contains("\(title)┌") || $0.contains("\(title) writes┌") } })
    }

    @Test("p goes through the presets and back to all, P the other way", arguments: [(120, 40), (160, 48), (80, 24), (64, 18)])
    func presets(width: Int, height: Int) {
        var dashboard = Dashboard.synthetic(samples: 20)
        let all = text(dashboard, width, height)
        var seen: [Set<String>] = []
        for _ in 0..<4 {
            press("p", on: &dashboard)
            let now = text(dashboard, width, height)
            seen.append(panels(now))
            // No line of the screen is left over, and none is cut.
            for line in now.split(separator: "\n").dropFirst().dropLast() {
                #expect(line.first.map { "╭│╰".contains($0) } == true && line.last.map { "╮│╯".contains($0) } == true, "\(line)")
            }
        }
        // On a narrow screen the caches give way.
        let memory: Set = ["connections", "pending", "arena"]
        #expect(seen.prefix(3) == [["throughput", "latency", "events"], width < 72 ? memory : memory.union(["caches"]), ["connections", "events"]])
        // The footer still says which.
        #expect(text(dashboard, width, height).split(separator: "\n").dropLast() == all.split(separator: "\n").dropLast())
        press("P", on: &dashboard)
        #expect(panels(text(dashboard, width, height)) == ["connections", "events"])
    }

    @Test("v and a number hide a panel and show it again; its own number brings it back; the last one stays")
    func single() {
        var dashboard = Dashboard.synthetic(samples: 20)
        press("v", on: &dashboard)
        #expect(text(dashboard).contains("which panel"))
        press("3", on: &dashboard)
        #expect(!panels(text(dashboard)).contains("connections"))
        #expect(dashboard.focus == .throughput)
        press("v3", on: &dashboard)
        #expect(panels(text(dashboard)).contains("connections"))
        press("v33", on: &dashboard)
        #expect(panels(text(dashboard)).contains("connections") && dashboard.focus == .connections)
        press("v1v2v4v5v6v7v3", on: &dashboard)
        #expect(panels(text(dashboard)) == ["connections"])
        #expect(text(dashboard).contains("one panel stays"))
        press("vx", on: &dashboard)
        #expect(text(dashboard).contains("left as it is"))
    }

    @Test("{ and } change how much time a column holds, as far as there are choices")
    func time() {
        var dashboard = Dashboard.synthetic(samples: 100)
        let usual = text(dashboard)
        #expect(usual.contains("-15s") && usual.contains("-30s"))
        press("}", on: &dashboard)
        #expect(text(dashboard).contains("graphs: 2s a column"))
        #expect(text(dashboard).contains("-30s") && !text(dashboard).contains("-15s"))
        press("}}}}}", on: &dashboard)
        #expect(text(dashboard).contains("graphs: 10s a column"))
        press("{{{", on: &dashboard)
        #expect(text(dashboard).contains("graphs: 1s a column"))
        // Two samples a second cannot fill columns of a quarter of a second.
        press("{{{", on: &dashboard)
        #expect(text(dashboard).contains("graphs: 250ms a column, but samples come for 1s"))
    }

    @Test("a column that is full never changes: between two columns the map changes in its last one only")
    func columns() {
        var source = SyntheticRun()
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0).run)
        for _ in 0..<140 { dashboard.add(source.next()) }
        func map() -> (labels: [String], cells: [[Unicode.Scalar]]) {
            let frame = dashboard.frame(width: 120, height: 40)
            let rows = 29..<33
            return (rows.map { y in String(frame.row(y).dropFirst(60).prefix(9)) }, rows.map { y in (69..<119).map { frame[$0, y].scalar } })
        }
        var compared = 0
        for _ in 0..<20 {
            dashboard.add(source.next())
            let half = map()
            dashboard.add(source.next())
            let full = map()
            // Another scale is another map.
            guard half.labels == full.labels else { continue }
            compared += 1
            // The samples of a cell come at 0.5 s and the full second that begins the next: one step to the left, or none.
            let still = zip(half.cells, full.cells).allSatisfy { $0.dropLast(2) == $1.dropLast(2) }
            let moved = zip(half.cells, full.cells).allSatisfy { $0.dropFirst().dropLast(1) == $1.dropLast(2) }
            #expect(still || moved)
        }
        #expect(compared > 5)
    }

    @Test("X asks, y closes the chosen connection, any other key leaves it")
    func closing() throws {
        var dashboard = Dashboard.synthetic(samples: 20)
        dashboard.run.intervalMilliseconds = 500
        dashboard.takeChanges(writePolicy: .lease)
        press("jX", on: &dashboard)
        #expect(text(dashboard).contains("close connection"))
        #expect(dashboard.command(for: .character("q")) == nil)
        press("n", on: &dashboard)
        #expect(text(dashboard).contains("left as it is"))
        press("X", on: &dashboard)
        guard case .change(.closeConnection(let connection))? = dashboard.handle(.character("y")) else {
            Issue.record("no connection was closed")
            return
        }
        let rows = try #require(dashboard.history.last?.rows)
        #expect(rows[1].identity == connection)
        // Of a replay nothing can be closed.
        dashboard.run.intervalMilliseconds = nil
        press("X", on: &dashboard)
        #expect(dashboard.handle(.character("y")) != .change(.closeConnection(connection)))
    }

    @Test("y copies the chosen row in words")
    func copying() throws {
        var dashboard = Dashboard.synthetic(samples: 20)
        guard case .copy(let words)? = dashboard.handle(.character("y")) else {
            Issue.record("nothing was copied")
            return
        }
        let row = try #require(dashboard.history.last?.rows.first).sample
        #expect(words.contains(row.peer) && words.contains("\(row.pendingBytes) bytes pending"))
        press("1", on: &dashboard)
        #expect(dashboard.handle(.character("y")) == nil)
    }

    @Test("c forgets what was when one says yes, and rates go on from there")
    func forgetting() throws {
        var source = SyntheticRun()
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0).run)
        dashboard.run.intervalMilliseconds = 500
        for _ in 0..<30 { dashboard.add(source.next()) }
        press("cx", on: &dashboard)
        #expect(dashboard.history.count == 30)
        press("cy", on: &dashboard)
        #expect(dashboard.history.count == 1 && dashboard.events.isEmpty)
        var other = dashboard
        let next = source.next()
        other.add(next)
        let moment = try #require(other.history.last)
        #expect(moment.rates.requests > 0 && moment.rates.requests < 60_000)
        #expect(other.history.count == 2 && other.history.added == 31)
    }

    @Test("f shows events from a level on, / those with the words, and Esc all of them")
    func events() {
        var dashboard = Dashboard.synthetic(samples: 3)
        _ = dashboard.handle(.character("7"))
        for (second, level) in [Event.Level.info, .warning, .error, .info].enumerated() {
            dashboard.add(Event(timeNanoseconds: UInt64(second) * 300_000_000, level: level, source: "load", text: "thing number \(second)"))
        }
        func shown() -> [Int] { (0..<4).filter { text(dashboard, 120, 60).contains("thing number \($0)") } }
        press("f", on: &dashboard)
        #expect(shown() == [1, 2])
        #expect(text(dashboard, 120, 60).contains("warn+"))
        press("f", on: &dashboard)
        #expect(shown() == [2])
        press("f/number 3", on: &dashboard)
        #expect(text(dashboard, 120, 60).contains("/number 3"))
        _ = dashboard.handle(.enter)
        #expect(shown() == [3])
        // Enter jumps to the one that is listed.
        _ = dashboard.handle(.enter)
        #expect(dashboard.isPaused)
        _ = dashboard.handle(.escape)
        #expect(shown() == [0, 1, 2, 3])
        press("/!number 3", on: &dashboard)
        #expect(text(dashboard, 120, 60).contains("none of") || shown().isEmpty)
        _ = dashboard.handle(.escape)
        #expect(shown() == [0, 1, 2, 3])
    }

    @Test("help that is longer than the screen scrolls to its last line, and another key leaves it")
    func help() {
        var dashboard = Dashboard.synthetic(samples: 3)
        dashboard.size = (80, 24)
        press("?", on: &dashboard)
        #expect(text(dashboard, 80, 24).contains("lines more"))
        #expect(!text(dashboard, 80, 24).contains("draw again"))
        for _ in 0..<40 { _ = dashboard.handle(.down) }
        #expect(text(dashboard, 80, 24).contains("draw again"))
        press("x", on: &dashboard)
        #expect(!dashboard.showsHelp)
    }

    @Test("panels and time are settings too, and the file that is printed says them")
    func settings() throws {
        let settings = try Settings(text: "panels = 134\ncolumn = 5s\n")
        #expect(settings.panels?.name == "134" && settings.timeBase?.name == "5s")
        #expect(try Settings(text: settings.text) == settings)
        #expect(throws: SettingsError.self) { try Settings(text: "panels = 9\n") }
        #expect(throws: SettingsError.self) { try Settings(text: "column = 3s\n") }
        #expect(try Settings(text: "panels = memory\n").panels == PanelChoice("3456"))
    }
}
