import Dashboard
import Measurements
import Testing

@Suite("Back and forth in time")
struct TimeMachineTests {
    private func text(_ dashboard: Dashboard) -> String {
        let frame = dashboard.frame(width: 120, height: 40)
        return (0..<40).map { frame.row($0) }.joined(separator: "\n")
    }

    /// All but the header, which says where one is.
    private func body(_ dashboard: Dashboard) -> [Substring] { Array(text(dashboard).split(separator: "\n").dropFirst()) }

    private func press(_ keys: Key..., on dashboard: inout Dashboard) {
        for key in keys { _ = dashboard.handle(key) }
    }

    @Test("every panel shows what it showed then, but for the order of its rows, which holds while the run goes on")
    func scrub() {
        var source = SyntheticRun(connections: 12)
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0).run)
        for _ in 0..<30 { dashboard.add(source.next()) }
        let then = body(dashboard)
        for _ in 0..<20 { dashboard.add(source.next()) }
        press(.character("<"), .character("<"), on: &dashboard)
        #expect(text(dashboard).contains("PAUSED -10s"))
        let now = body(dashboard)
        // The footer names other keys, and the highest rate is that of the whole run.
        for (old, new) in zip(then.dropLast(), now.dropLast()) where !old.contains("▲") {
            // The arenas' rows are at the right.
            let width = old.contains("│ #") ? 60 : 120
            #expect(old.prefix(width) == new.prefix(width))
        }
        press(.character(">"), .character(">"), on: &dashboard)
        #expect(text(dashboard).contains("PAUSED -0s"))
    }

    @Test("arrows and letters go one moment, and stop at both ends", arguments: [(Key.left, Key.right), (.character("h"), .character("l")), (.character(","), .character("."))])
    func ends(back: Key, forth: Key) {
        var dashboard = Dashboard.synthetic(samples: 9)
        press(.character("2"), .character(" "), back, back, on: &dashboard)
        #expect(text(dashboard).contains("PAUSED -1s"))
        for _ in 0..<30 { press(back, on: &dashboard) }
        #expect(text(dashboard).contains("PAUSED -4s"))
        press(forth, forth, on: &dashboard)
        #expect(text(dashboard).contains("PAUSED -3s"))
        for _ in 0..<30 { press(forth, on: &dashboard) }
        #expect(text(dashboard).contains("PAUSED -0s"))
    }

    @Test("back in time holds the display by itself, forth does not")
    func implied() {
        var dashboard = Dashboard.synthetic(samples: 9)
        press(.character("1"), .right, .character(">"), on: &dashboard)
        #expect(!dashboard.isPaused)
        press(.left, on: &dashboard)
        #expect(dashboard.isPaused)
        press(.escape, on: &dashboard)
        #expect(!dashboard.isPaused && !text(dashboard).contains("PAUSED"))
    }

    @Test("enter on an event goes to its moment; what came later is marked as that")
    func jump() {
        var dashboard = Dashboard.synthetic()
        // The newest but one happened after 31.1 of 65 seconds.
        press(.character("7"), .down, .enter, on: &dashboard)
        #expect(text(dashboard).contains("PAUSED -33s"))
        #expect(text(dashboard).contains("later client"))
        #expect(text(dashboard).contains("▌00:00:31.112 WARN"))
        press(.up, .enter, on: &dashboard)
        #expect(text(dashboard).contains("PAUSED -14s"))
        #expect(!text(dashboard).contains("later"))
    }

    @Test("an event that no sample knows of yet goes to the newest moment, one that is forgotten to the oldest")
    func jumpBeyond() {
        var source = SyntheticRun(connections: 2)
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0).run, capacity: 4)
        dashboard.add(Event(timeNanoseconds: 1, level: .info, source: "load", text: "begin"))
        for _ in 0..<9 { dashboard.add(source.next()) }
        dashboard.add(Event(timeNanoseconds: 99_000_000_000, level: .info, source: "load", text: "end"))
        press(.character("7"), .enter, on: &dashboard)
        #expect(text(dashboard).contains("PAUSED -0s"))
        press(.escape, .end, .enter, on: &dashboard)
        #expect(text(dashboard).contains("PAUSED -1s"))
    }

    @Test("before the first sample nothing can be scrubbed and nothing breaks")
    func empty() {
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0).run)
        dashboard.add(Event(timeNanoseconds: 1, level: .info, source: "load", text: "begin"))
        press(.character("7"), .enter, .left, .character("<"), .right, on: &dashboard)
        #expect(dashboard.isPaused)
        #expect(dashboard.frame(width: 120, height: 40).width == 120)
    }

    @Test("the newest event stands on top, and those of one moment in the order in which they were told")
    func order() {
        var dashboard = Dashboard.synthetic(samples: 3)
        for (time, text) in [(5, "before"), (9, "died"), (9, "it said"), (9, "here")] as [(UInt64, String)] {
            dashboard.add(Event(timeNanoseconds: 10_000_000_000 + time, level: .error, source: "worker", text: text))
        }
        press(.character("7"), .character("z"), on: &dashboard)
        let told = body(dashboard).compactMap { line in ["before", "died", "it said", "here"].first { line.contains("worker  \($0)") } }
        #expect(told == ["died", "it said", "here", "before"], "\(text(dashboard))")
    }

    @Test("events are marked in their column of the graphs, by a letter")
    func marks() {
        var dashboard = Dashboard.synthetic(samples: 20)
        dashboard.add(Event(timeNanoseconds: 4_900_000_000, level: .error, source: "server", text: "x"))
        let frame = dashboard.frame(width: 120, height: 40)
        let marked = (25..<35).filter { y in frame.row(y).contains("E") }
        // Throughput and latency, each on its top row.
        #expect(marked.count == 2)
    }
}
