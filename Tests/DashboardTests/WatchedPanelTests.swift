import Dashboard
import Load
import Measurements
import Testing

@Suite("Panels of a server that is watched") struct WatchedPanelTests {
    private func dashboard(_ unknown: UnknownFigures, hasClients: Bool = false) -> Dashboard {
        var run = RunDescription(
            address: "./server 9000", protocolName: "watched", load: LoadState(), loadText: "", hasServer: true, hasClients: hasClients)
        run.isWatched = true
        run.state = .running
        var dashboard = Dashboard(run: run)
        for tick in 1...10 { dashboard.add(sample(UInt64(tick), unknown)) }
        return dashboard
    }

    private func sample(_ tick: UInt64, _ unknown: UnknownFigures) -> Sample {
        var server = ServerSample()
        server.connectionCounts.open = 3
        server.connectionCounts.accepted = 68
        server.receivedBytes = tick * 1_000
        server.sentBytes = tick * 1_000_000
        server.loops.count = 1
        server.loops.allocations = tick * 500
        server.loops.lagNanoseconds = 7_000_000
        server.writes.pending = 1
        server.writes.pendingBytes = 2_803_712
        server.writes.oldestAgeNanoseconds = 90_000_000
        server.writes.pendingBytesByAge[7] = 2_803_712
        for id in 1...3 {
            var row = ConnectionSample()
            row.id = UInt64(id)
            row.peer = "127.0.0.1:5395\(id)"
            row.state = id == 2 ? .waiting : .running
            row.pendingBytes = id == 2 ? 2_803_712 : 0
            row.oldestAgeNanoseconds = 90_000_000
            row.kernel = ConnectionSample.KernelView()
            row.kernel?.windowLimitedShare = id == 2 ? 0.97 : 0
            row.kernel?.roundTripNanoseconds = 41_000
            server.connections.append(row)
        }
        var watch = WatchSample()
        watch.processes = 1
        watch.heapBytes = 5_242_880
        watch.residentBytes = 12_582_912
        watch.readySocketsMost = 1024
        watch.findings = 2
        watch.turns = tick * 100
        var sample = Sample(
            timeNanoseconds: tick * 500_000_000, intervalNanoseconds: 500_000_000, server: server, client: nil, process: ProcessSample())
        sample.watch = watch
        sample.unknown = unknown.union([.http, .arenas, .failedHandshakes])
        return sample
    }

    @Test("say why the heap is not known: without a probe in the server, or with one that sees no malloc")
    func heapNote() {
        let outside = rows(dashboard([.heap, .allocations, .findings])).joined(), probed = rows(dashboard([.heap, .allocations])).joined()
        #expect(outside.contains("not visible from outside") && !probed.contains("not visible from outside"))
        #expect(probed.contains("no call of glibc's malloc is seen"), "\(probed)")
    }

    @Test("leave out the caches of our own clients, unless the user chooses panels")
    func caches() {
        let watched = dashboard([]).run
        #expect(PanelChoice.usual(watched).hidden == [.caches])
        var own = watched
        own.isWatched = false
        #expect(PanelChoice.usual(own).hidden.isEmpty)
    }

    private func rows(_ dashboard: Dashboard, width: Int = 160, height: Int = 48) -> [String] {
        let frame = dashboard.frame(width: width, height: height)
        return (0..<height).map { frame.row($0) }
    }

    @Test("show memory in the place of arenas, and findings")
    func memory() {
        let text = rows(dashboard([])).joined(separator: "\n")
        #expect(text.contains("memory") && !text.contains("arena"), "\(text)")
        #expect(text.contains("heap 5.00 MiB") && text.contains("resident 12.0 MiB") && text.contains("FINDINGS 2"))
        #expect(text.contains("most 1024") && text.contains("turn 7.00ms"), "\(text)")
    }

    @Test("draw a dash for what the source cannot know, and no 0")
    func unknown() {
        let text = rows(dashboard([.acceptances, .traffic, .writeCounts, .handshakes, .loops, .allocations, .heap, .findings])).joined(separator: "\n")
        #expect(text.contains("heap -") && text.contains("busy -") && text.contains("- req/s") && text.contains("accepted -"), "\(text)")
        #expect(!text.contains("FINDINGS") && !text.contains("refused") && !text.contains("0 req/s"), "\(text)")
        #expect(text.contains("in the kernel") && text.contains("never sent"), "\(text)")
    }

    @Test("say how old the kernel's view is where it is read less often, and keep the rates of its rows until the next reading")
    func readTime() {
        var dashboard = dashboard([.findings])
        #expect(!rows(dashboard).contains { $0.contains(" ago") })
        for tick in UInt64(11)...18 {
            var sample = sample(tick, [.findings])
            // Read for each fourth sample.
            sample.watch?.kernel.ageNanoseconds = tick % 4 * 500_000_000
            for index in 0..<3 { sample.server?.connections[index].sentBytes = (tick - tick % 4) * 1_048_576 }
            dashboard.add(sample)
        }
        let text = rows(dashboard)
        #expect(text.contains { $0.contains("read 1.00s ago  by trouble") } && text.contains { $0.contains("in the kernel, 1.00s ago") }, "\(text)")
        // 1 MiB for each half of a second.
        #expect(text.contains { $0.contains("127.0.0.1:53952") && $0.contains("2.00M") }, "\(text)")
    }

    @Test("have the kernel's columns and no column for requests or arenas; sorting goes through these")
    func columns() throws {
        var dashboard = dashboard([])
        let head = try #require(rows(dashboard).first { $0.contains("rtt") })
        #expect(head.contains("by peer") && head.contains("in kernel") && !head.contains("streams") && !head.contains("req/s") && !head.contains("used"))
        for column in [ConnectionColumn.id, .peer, .state, .requestBytes, .responseBytes, .pending, .age, .kernel, .window, .roundTrip] {
            _ = dashboard.handle(.right)
            #expect(dashboard.table.order.column == column)
        }
        #expect(rows(dashboard).contains { $0.contains("127.0.0.1:53952") && $0.contains("97%") })
    }

    @Test("show the last finding as the debugger would, beside the pending writes")
    func evidence() {
        var finding = BrokenWrite()
        finding.kind = .requestChanged
        finding.expectedRequest.callback = 0x1234
        finding.writePlaces = ["respond server.c:306 (server)"]
        finding.foundPlaces = ["reset server.c:304 (server)"]
        var dashboard = dashboard([])
        dashboard.add(Event(timeNanoseconds: 900_000_000, level: .error, source: "finding", text: finding.sentence, brokenWrite: finding))
        _ = dashboard.handle(.character("4"))
        _ = dashboard.handle(.enter)
        let rows = rows(dashboard)
        for line in finding.lines { #expect(rows.contains { $0.contains(line) }, "\(line)") }
    }

    @Test("have the count of a finding from each sample, also where its event was forgotten")
    func countedFinding() throws {
        var finding = BrokenWrite(), dashboard = dashboard([])
        finding.number = 1
        dashboard.run.intervalMilliseconds = 500
        func found(_ count: UInt64, tick: UInt64) -> Sample {
            var sample = sample(tick, [])
            sample.watch?.findings = count
            sample.findingCounts = [FindingCount(number: 1, count: count)]
            return sample
        }
        dashboard.add(found(1, tick: 11))
        dashboard.add(Event(timeNanoseconds: 900_000_000, level: .error, source: "finding", text: finding.sentence, brokenWrite: finding))
        dashboard.add(found(3, tick: 12))
        #expect(rows(dashboard).contains { $0.contains("3 times: bytes changed under a pending write") }, "\(rows(dashboard))")
        dashboard.add(found(1_017, tick: 13))
        #expect(dashboard.events.map(\.brokenWrite?.count) == [1_017])
        // What is found from then on stands there again.
        for key in ["c", "y"] as [Unicode.Scalar] { _ = dashboard.handle(.character(key)) }
        try #require(dashboard.events.isEmpty)
        dashboard.add(found(1_020, tick: 14))
        #expect(dashboard.events.map(\.brokenWrite?.count) == [3] && dashboard.events[0].timeNanoseconds == 7_000_000_000)
    }

    @Test("count a bug in one row of the events, and Enter there shows all of it, with its count")
    func openedFinding() {
        var finding = BrokenWrite()
        finding.peer = "127.0.0.1:53956"
        (finding.byteCount, finding.changeOffset) = (4_163, 67)
        finding.expectedBytes = Array("AAAA".utf8)
        finding.foundBytes = Array("BBBB".utf8)
        finding.writePlaces = ["render shop.c:54 (shop)"]
        finding.foundPlaces = ["on_read shop.c:73 (shop)"]
        let first = Event(timeNanoseconds: 900_000_000, level: .error, source: "finding", text: finding.sentence, brokenWrite: finding)
        var dashboard = dashboard([])
        dashboard.add(first)
        for time in 1...20 {
            finding.count = 5
            dashboard.add(Event(timeNanoseconds: 900_000_000 + UInt64(time), level: .error, source: "finding", text: finding.sentence, brokenWrite: finding))
        }
        #expect(dashboard.events.count == 1)
        while dashboard.focus != .events { _ = dashboard.handle(.tab) }
        #expect(rows(dashboard).contains { $0.contains("101 times: bytes changed under a pending write") }, "\(rows(dashboard))")
        _ = dashboard.handle(.enter)
        let text = rows(dashboard, width: 120, height: 40).joined(separator: "\n")
        for words in ["101 times", "127.0.0.1:53956", "expected  41 41 41 41", "found     42 42 42 42", "render shop.c:54", "on_read shop.c:73"] {
            #expect(text.contains(words), "\(words) in \(text)")
        }
        _ = dashboard.handle(.escape)
        #expect(dashboard.zoomed == nil && rows(dashboard).contains { $0.contains("101 times") })
        _ = dashboard.handle(.enter)
        _ = dashboard.handle(.enter)
        #expect(dashboard.isPaused && dashboard.zoomed == nil, "the second Enter goes to its moment")
    }

    @Test("say why a connection waits: its peer, or its send buffer")
    func waiting() {
        var dashboard = dashboard([])
        _ = dashboard.handle(.enter)
        #expect(rows(dashboard).contains { $0.contains("waiting: the peer does not read") })
        for tick in 11...12 {
            var sample = sample(UInt64(tick), [])
            sample.server?.connections[1].kernel?.windowLimitedShare = 0
            dashboard.add(sample)
        }
        #expect(rows(dashboard).contains { $0.contains("waiting: the socket's send buffer is full") }, "\(rows(dashboard))")
    }

    @Test("fit at every size", arguments: [(160, 48), (80, 24), (40, 12), (24, 6), (20, 2)])
    func sizes(width: Int, height: Int) {
        for hasClients in [false, true] {
            for unknown in [[], UnknownFigures(rawValue: .max)] {
                for row in rows(dashboard(unknown, hasClients: hasClients), width: width, height: height) {
                    #expect(row.columns == width)
                }
            }
        }
    }

    @Test("have a page of memory over time with the screen to itself")
    func zoom() {
        var dashboard = dashboard([])
        _ = dashboard.handle(.character("5"))
        _ = dashboard.handle(.enter)
        let text = rows(dashboard).joined(separator: "\n")
        #expect(text.contains("turn       7.00ms") && text.contains("malloc/s") && text.contains("loops busy"), "\(text)")
    }
}
