import Dashboard
import Foundation
import Measurements
import Testing

@Suite("The table of connections")
struct ConnectionTableTests {
    private func text(_ dashboard: Dashboard, _ width: Int = 120, _ height: Int = 40) -> String {
        let frame = dashboard.frame(width: width, height: height)
        return (0..<height).map { frame.row($0) }.joined(separator: "\n")
    }

    private func type(_ text: String, on dashboard: inout Dashboard) {
        for scalar in text.unicodeScalars { _ = dashboard.handle(.character(scalar)) }
    }

    private func row(
        _ id: UInt64, peer: String = "127.0.0.1:51822", state: ConnectionSample.State = .running,
        version: ConnectionSample.Version = .http2, pending: Int = 0, age: UInt64 = 0
    ) -> ConnectionRow {
        ConnectionRow(
            sample: ConnectionSample(
                id: id, loop: 0, peer: peer, state: state, version: version, streams: 1, requests: 0, receivedBytes: 0,
                sentBytes: 0, pendingBytes: pending, oldestAgeNanoseconds: age, arenaUsedBytes: 0, arenaReservedBytes: 0,
                arenaHighWaterBytes: 0, ageNanoseconds: 0),
            requestRate: 12_000, requestByteRate: 0, responseByteRate: 0)
    }

    @Test("a filter means what it says", arguments: [
        ("", true), ("51822", true), ("99", false), ("!99", true), ("!51822", false), ("17", true), ("pend>64k", true),
        ("pend>=65537", true), ("pend>65537", false), ("pend<64KiB", false), ("!pend<64k", true), ("age>10ms", true),
        ("age>1s", false), ("age<=0.02s", true), ("state:W", true), ("state:w", true), ("state:R", false), ("proto:h2", true),
        ("!proto:h2", false), ("peer:127.0", true), ("req>10k", true), ("req=12k", true), ("id:17", true), ("id:18", false),
        ("state:W pend>64k 51822", true), ("state:W pend>64k nobody", false), ("127.0.0.1:51822", true), (" ", true),
    ])
    func filters(text: String, passes: Bool) throws {
        let waiting = row(17, state: .waiting, pending: 65_537, age: 20_000_000)
        #expect(try ConnectionFilter(text).passes(waiting) == passes)
    }

    @Test("what a filter cannot mean is said", arguments: [
        ("!", ConnectionFilterError.nothingAfterNot), ("foo>3", .unknownField("foo")), ("pend>", .noValue(field: "pend")),
        ("pend>=", .noValue(field: "pend")), ("state:", .noValue(field: "state")), ("pend>64x", .notAFigure("64x", kind: .bytes)),
        ("pend>1.", .notAFigure("1.", kind: .bytes)), ("age>10", .notAFigure("10", kind: .time)), ("strm>-1", .notAFigure("-1", kind: .count)),
        ("state:Z", .unknownState("Z")), ("proto:h3", .unknownProtocol("h3")), ("ok foo:1", .unknownField("foo")),
    ])
    func errors(text: String, error: ConnectionFilterError) {
        #expect(throws: error) { _ = try ConnectionFilter(text) }
    }

    @Test("a connection that a recording has twice is shown twice")
    func twins() {
        var dashboard = Dashboard.synthetic(samples: 1)
        var source = SyntheticRun()
        var sample = source.next()
        let twin = sample.server?.connections.first ?? ConnectionSample()
        sample.server?.connections = [twin, twin]
        for second in 1...5 {
            sample.timeNanoseconds = UInt64(second) * 1_000_000_000
            dashboard.add(sample)
        }
        #expect(text(dashboard).components(separatedBy: "127.0.0.1:").count - 1 >= 3, "\(text(dashboard))")
    }

    @Test("the filter works while it is typed, and an error stands beside it while the last good one goes on")
    func typing() {
        var dashboard = Dashboard.synthetic(samples: 20)
        type("/proto:h1", on: &dashboard)
        #expect(text(dashboard).contains("8 of 64"))
        type(" pend>6z", on: &dashboard)
        #expect(text(dashboard).contains("\"6z\" is no size"))
        #expect(text(dashboard).contains("h1") && !text(dashboard).contains(" h2 "))
        #expect(dashboard.table.isTyping)
        _ = dashboard.handle(.enter)
        #expect(dashboard.table.isTyping)
        for _ in 0..<8 { _ = dashboard.handle(.backspace) }
        _ = dashboard.handle(.enter)
        #expect(!dashboard.table.isTyping && dashboard.table.filterText == "proto:h1")
        // Letters are keys again; one Esc takes the filter away, and not more.
        _ = dashboard.handle(.character("z"))
        #expect(dashboard.zoomed == .connections)
        _ = dashboard.handle(.escape)
        #expect(dashboard.table.filterText.isEmpty && dashboard.zoomed == .connections)
    }

    @Test("pasted text is typed into a filter in one line, and elsewhere does nothing")
    func paste() throws {
        var dashboard = Dashboard.synthetic(samples: 20)
        #expect(dashboard.handle(.paste("q")) == nil && !dashboard.table.isTyping)
        _ = dashboard.handle(.character("/"))
        #expect(dashboard.handle(.paste("proto:h1\nq")) == nil)
        #expect(dashboard.table.isTyping && dashboard.table.filterText == "proto:h1 q")
        _ = dashboard.handle(.enter)
        _ = dashboard.handle(.character("X"))
        #expect(dashboard.handle(.paste("y")) == nil)
    }

    @Test("Esc while typing brings the old filter back, and q is a letter")
    func abandon() {
        var dashboard = Dashboard.synthetic(samples: 3)
        type("/state:R", on: &dashboard)
        _ = dashboard.handle(.enter)
        type("/q", on: &dashboard)
        #expect(dashboard.table.filterText == "state:Rq")
        _ = dashboard.handle(.escape)
        #expect(dashboard.table.filterText == "state:R" && !dashboard.table.isTyping)
        type("/", on: &dashboard)
        #expect(dashboard.handle(.control("c")) == .quit)
    }

    @Test("a filter that nothing passes says so, and keeps its keys")
    func none() {
        var dashboard = Dashboard.synthetic(samples: 3)
        type("/nobody", on: &dashboard)
        _ = dashboard.handle(.enter)
        #expect(text(dashboard).contains("none of 64 passes"))
        for key: Key in [.character("n"), .character("N"), .enter, .down, .end] { #expect(dashboard.handle(key) == nil) }
    }

    @Test("n and N go round the rows that pass")
    func turn() {
        var dashboard = Dashboard.synthetic(samples: 3)
        type("/id<=2", on: &dashboard)
        _ = dashboard.handle(.enter)
        type("s", on: &dashboard)
        #expect(text(dashboard).contains("▌     1"))
        type("n", on: &dashboard)
        #expect(text(dashboard).contains("▌     2"))
        type("n", on: &dashboard)
        #expect(text(dashboard).contains("▌     1"))
        type("N", on: &dashboard)
        #expect(text(dashboard).contains("▌     2"))
    }

    @Test("s and the arrows go through all columns and back to trouble, each sorted as it should")
    func order() {
        var dashboard = Dashboard.synthetic(samples: 20)
        for column in [ConnectionColumn.id, .peer, .state, .version, .streams, .requests, .requestBytes, .responseBytes, .pending, .age, .arena, .used] {
            _ = dashboard.handle(.right)
            #expect(dashboard.table.order.column == column)
        }
        type("s", on: &dashboard)
        #expect(dashboard.table.order.column == nil)
        type("S", on: &dashboard)
        #expect(dashboard.table.order.column == .used)
        for _ in 0..<11 { _ = dashboard.handle(.left) }
        #expect(dashboard.table.order.column == .id && text(dashboard).contains("▌     1"))
        type("r", on: &dashboard)
        #expect(text(dashboard).contains("▌    64"))
    }

    @Test("the column that sorts stays on a narrow screen, and is named in ASCII too")
    func narrow() {
        var dashboard = Dashboard.synthetic(samples: 3)
        type("S", on: &dashboard)
        #expect(text(dashboard, 60, 16).contains("used▾"))
        type("bb", on: &dashboard)
        #expect(text(dashboard, 60, 16).contains("usedv"))
    }

    @Test("enter shows one connection alone, arrows the next; Esc goes back to the table")
    func detail() {
        var dashboard = Dashboard.synthetic(samples: 130)
        type("s", on: &dashboard)
        _ = dashboard.handle(.down)
        _ = dashboard.handle(.enter)
        #expect(text(dashboard).contains("#2  127.0.0.1:51781"))
        _ = dashboard.handle(.down)
        #expect(text(dashboard).contains("#3  127.0.0.1:51782"))
        // In time it stays the same connection.
        _ = dashboard.handle(.left)
        #expect(dashboard.isPaused)
        _ = dashboard.handle(.escape)
        #expect(dashboard.detail == nil && dashboard.isPaused)
    }

    @Test("the line over time knows calm connections too, ten minutes back")
    func traces() {
        var dashboard = Dashboard.synthetic(samples: 40)
        type("s", on: &dashboard)
        _ = dashboard.handle(.enter)
        let frame = dashboard.frame(width: 100, height: 30)
        // Used arena bytes are never nothing: forty moments are twenty columns of dots.
        let columns = (0..<100).filter { x in (20..<29).contains { (0x2801...0x28FF).contains(frame[x, $0].scalar.value) } }
        #expect(columns.count >= 20)
    }

    /// A dashboard of three connections, of which another one waits most in each sample.
    private func restless(_ ticks: Range<Int>, _ dashboard: inout Dashboard) {
        for tick in ticks {
            var server = ServerSample()
            server.loops.count = 1
            server.connections = (1...3).map { id in
                var sample = row(UInt64(id), pending: 1_000 * ((id + tick) % 3), age: 1_000_000).sample
                sample.peer = "peer-\(id)"
                return sample
            }
            server.connectionCounts.open = 3
            dashboard.add(Sample(
                timeNanoseconds: UInt64(tick) * 500_000_000, intervalNanoseconds: 500_000_000, server: server, client: nil, process: ProcessSample()))
        }
    }

    private func order(_ dashboard: Dashboard) -> [String] {
        text(dashboard).split(separator: "\n").compactMap { line in ["peer-1", "peer-2", "peer-3"].first { line.contains($0) } }
    }

    @Test("rows hold their order for two seconds, and then have the new one")
    func held() {
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0).run)
        restless(1..<2, &dashboard)
        let first = order(dashboard)
        #expect(first == ["peer-1", "peer-3", "peer-2"])
        for tick in 2..<5 {
            restless(tick..<tick + 1, &dashboard)
            #expect(order(dashboard) == first, "\(tick)")
        }
        restless(5..<6, &dashboard)
        #expect(order(dashboard) == ["peer-3", "peer-2", "peer-1"])
        // Another order is wanted at once.
        type("ss", on: &dashboard)
        #expect(order(dashboard) == ["peer-1", "peer-2", "peer-3"])
    }

    @Test("the row that was chosen keeps its place, and stays chosen")
    func pinned() {
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0).run)
        restless(1..<2, &dashboard)
        _ = dashboard.handle(.down)
        #expect(order(dashboard) == ["peer-1", "peer-3", "peer-2"] && text(dashboard).contains("▌     3"))
        restless(2..<6, &dashboard)
        // By trouble it would be on top.
        #expect(order(dashboard) == ["peer-2", "peer-3", "peer-1"] && text(dashboard).contains("▌     3"))
        _ = dashboard.handle(.home)
        restless(6..<11, &dashboard)
        #expect(text(dashboard).contains("▌     \(order(dashboard)[0].suffix(1))"))
    }

    @Test("of a server of which nothing is known the table has the clients' connections, and one line says why the rest is empty")
    func clients() throws {
        var source = SyntheticRun(hasServer: false)
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0, hasServer: false).run)
        for tick in 1...3 {
            var sample = source.next()
            sample.client?.connections = (1...3).map { id in
                var row = row(UInt64(id), peer: "192.0.2.7:80").sample
                (row.sentBytes, row.receivedBytes) = (UInt64(tick) * 1_024, UInt64(tick) * 1_048_576)
                row.oldestRequestNanoseconds = id == 2 ? 80_000_000 : 1_000
                return row
            }
            sample.client?.connectionCounts.open = 3
            dashboard.add(sample)
        }
        let rows = text(dashboard, 160, 48).split(separator: "\n")
        let head = try #require(rows.first { $0.contains("req B/s") })
        #expect(head.contains("res B/s") && head.contains("waits") && !head.contains("used"))
        let first = try #require(rows.first { $0.contains("192.0.2.7:80") })
        // In trouble is the one whose request waits longest; requests are what a client has sent.
        #expect(first.contains("▌     2") && first.contains("80.0ms") && first.contains("2.00K") && first.contains("2.00M"), "\(first)")
        #expect(rows.contains { $0.contains("3 open") && $0.contains("64 opened") })
        #expect(text(dashboard).components(separatedBy: "not visible from outside").count == 2)
        _ = dashboard.handle(.enter)
        #expect(text(dashboard).contains("waits") && !text(dashboard).contains("held"))
        #expect(dashboard.shownSample?.sample.client?.connections.count == 3)
    }

    @Test("ten thousand connections are sorted and drawn in a moment, even in debug")
    func many() {
        var source = SyntheticRun(connections: 10_000)
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0).run)
        dashboard.add(source.next())
        type("ssssss", on: &dashboard)
        let time = ContinuousClock().measure { _ = dashboard.frame(width: 160, height: 48) }
        #expect(time < .milliseconds(400))
    }
}
