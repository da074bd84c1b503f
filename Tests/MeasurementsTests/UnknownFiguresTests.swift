import Measurements
import SampleSupport
import Testing

@Suite("Figures that a source cannot know")
struct UnknownFiguresTests {
    private static let groups: [(UnknownFigures, String)] = [
        (.httpDetails, "server.requests.started"), (.statuses, "server.responses.2xx"), (.httpDetails, "server.connections.open_http2"),
        (.requests, "server.requests.completed"), (.readPauses, "server.reads.pauses"), (.openConnections, "server.connections.open_high_water"),
        (.pendingBytes, "server.writes.pending_bytes"), (.pendingAges, "server.writes.oldest_age"),
        (.acceptances, "server.connections.accepted"), (.traffic, "server.bytes.sent"), (.writeCounts, "server.writes.queued"),
        (.writeCounts, "watch.writes.cut"), (.handshakes, "server.tls.resumed"), (.failedHandshakes, "server.tls.failed"),
        (.arenas, "server.arena.leases"), (.loopLag, "server.loop.lag"), (.loopDetails, "watch.loop.ready_most"), (.intervalTurns, "watch.loop.longest_turn_in_interval"), (.cpu, "server.loop.cpu"),
        (.residentMemory, "watch.memory.resident"), (.processDetails, "watch.threads"), (.allocations, "server.loop.allocations"), (.heap, "watch.heap.live_bytes"),
        (.kernel, "watch.kernel.queued_bytes"), (.findings, "watch.findings"),
    ]

    @Test("are absent, and the others are there", arguments: UnknownFiguresTests.groups)
    func absent(figures: UnknownFigures, name: String) throws {
        var sample = distinctSample(isWatched: true)
        let metric = try #require(Metric.named(name))
        #expect(metric.number(of: sample) != nil)
        sample.unknown = figures
        #expect(metric.number(of: sample) == nil)
        for (_, other) in UnknownFiguresTests.groups.filter({ $0.0 != figures }) {
            #expect(Metric.named(other)?.number(of: sample) != nil, "\(other)")
        }
    }

    @Test("are the server's: of the clients only gaps, which older recordings lack, and none of our process")
    func clients() {
        var sample = distinctSample(isWatched: true)
        sample.unknown = UnknownFigures(rawValue: .max)
        for metric in Metric.all where !metric.name.hasPrefix("server.") && !metric.name.hasPrefix("watch.") {
            #expect((metric.read(sample) == nil) == metric.name.hasPrefix("client.gaps."), "\(metric.name)")
        }
        sample.unknown = .ofServer
        #expect(Metric.named("client.gaps.count")?.number(of: sample) != nil)
        sample.unknown = UnknownFigures(rawValue: .max)
        let known = Metric.all.filter { ($0.name.hasPrefix("server.") || $0.name.hasPrefix("watch.")) && $0.read(sample) != nil }.map(\.name)
        #expect(known.isEmpty)
    }

    @Test("have a word each, and words of a later version are left out")
    func names() {
        #expect(UnknownFigures(names: UnknownFigures.all.names) == .all)
        // One word for several kinds: that of earlier versions.
        #expect(UnknownFigures.http.names == ["http"] && UnknownFigures(names: ["http"]) == .http)
        let partial: UnknownFigures = [.statuses, .httpDetails]
        #expect(partial.names == ["statuses", "http_details"] && UnknownFigures(names: partial.names) == partial)
        #expect(UnknownFigures(names: ["heap", "dreams"]) == .heap)
    }
}

@Suite("The evidence of a finding")
struct BrokenWriteTests {
    @Test("shows what was expected beside what was found, and both places")
    func lines() {
        #expect(brokenWrite.lines == [
            "request changed under a pending write: 6000041 bytes to 127.0.0.1:53956",
            "  pending for 0.213 ms",
            "  (uv_write_t) 0x7fe19d6012f0 {",
            "    cb     = 0x0  // should be 0x56416edc24e0",
            "    handle = 0x56416edc0010",
            "    nbufs  = 0  // should be 1",
            "  }",
            "  bytes differ from +17 of 6000041",
            "    expected  61 61 61 61                                      aaaa",
            "    found     62 62 62 62                                      bbbb",
            "  handed over at",
            "    respond server.c:306 (server)",
            "    main server.c:12 (server)",
            "  noticed at",
            "    reset server.c:304 (server)",
        ])
    }

    @Test("folds frames of libraries, and has each with --verbose")
    func folded() {
        var finding = brokenWrite
        finding.kind = .deadStack
        let below = ["uv__io_poll+0x2a0 (libuv.so.1.0.0)", "uv_run+0x11c (libuv.so.1.0.0)"]
        let start = ["__libc_start_main+0x85 (libc.so.6)", "_start+0x21 (server)"]
        finding.writePlaces = ["respond server.c:306 (server)"] + below + ["main server.c:12 (server)"] + start
        finding.foundPlaces = []
        #expect(finding.lines.suffix(5) == [
            "  handed over at", "    respond server.c:306 (server)", "    … 2 frames of libuv", "    main server.c:12 (server)", "    … 2 frames of libc",
        ])
        #expect(finding.lines(isVerbose: true).suffix(7) == ["  handed over at"] + finding.writePlaces.map { "    \($0)" })
    }

    @Test("has one stack where the same code hands the bytes over and notices that they changed")
    func oneStack() {
        var finding = brokenWrite
        finding.kind = .bytesChanged
        finding.foundPlaces = finding.writePlaces
        #expect(finding.lines.suffix(4) == [
            "  handed over at", "    respond server.c:306 (server)", "    main server.c:12 (server)",
            "  noticed when this line ran again: code that ran before it changed the bytes",
        ])
    }

    @Test("says whose write had the same memory, where that is known", arguments: [true, false])
    func handedAgain(isOnSameConnection: Bool) {
        var finding = brokenWrite
        (finding.kind, finding.memory.again) = (.bytesChanged, .init(place: "send server.c:68 (server)", isOnSameConnection: isOnSameConnection))
        let connection = isOnSameConnection ? "the same connection" : "another connection"
        #expect(finding.lines.suffix(2) == ["  the same memory was handed over again, on \(connection), at", "    send server.c:68 (server)"])
        finding.foundPlaces = finding.writePlaces
        #expect(finding.lines.suffix(3).first?.hasPrefix("  noticed when this line ran again") == true, "\(finding.lines)")
    }

    @Test("says what became of the rest's memory, as far as it is known", arguments: BrokenWrite.NextWrite.allCases, [true, false])
    func rest(nextWrite: BrokenWrite.NextWrite, isFreed: Bool) {
        var finding = brokenWrite
        (finding.kind, finding.isLatent) = (.remainderLost, false)
        (finding.memory.nextWrite, finding.memory.isNotFreed) = (nextWrite, !isFreed)
        if isFreed { finding.memory.freedPlaces = ["render tiles.c:39 (tiles)", "malloc+0x1 (libc.so.6)"] }
        let text = finding.lines.joined(separator: "\n")
        #expect(text.contains("\n  freed at\n    render tiles.c:39 (tiles)\n    … 1 frame of libc\n  next write at\n") == isFreed, "\(text)")
        #expect(text.contains(", their memory was freed before\n") == (isFreed && nextWrite == .inPlace), "\(text)")
        #expect(text.contains("not freed: ") == (!isFreed && nextWrite != .passedOver), "\(text)")
        #expect(text.contains("the result of send() was ignored") == (nextWrite == .passedOver || isFreed && nextWrite == .elsewhere), "\(text)")
        #expect(finding.lines.dropFirst().allSatisfy { $0.count <= 78 }, "\(text)")
        // libuv heeds it.
        finding.foundPlaces = ["uv__write+0x1f (libuv.so.1.0.0)"]
        #expect(!finding.lines.contains { $0.contains("send()") }, "\(finding.lines)")
    }

    @Test("says why --trap named no instruction, of bytes that changed, and that alone", arguments: BrokenWrite.Trap.allCases)
    func trapRefusal(trap: BrokenWrite.Trap) {
        var finding = brokenWrite
        finding.trap = trap
        #expect(!finding.lines.contains { $0.contains("--trap") })
        finding.kind = .bytesChanged
        let lines = finding.lines.filter { $0.hasPrefix("  --trap missed it: ") }
        #expect(lines.count == ([.possible, .impossible].contains(trap) ? 0 : 1) && lines.allSatisfy { $0.count <= 78 }, "\(lines)")
    }

    @Test("says where bytes differ that are not kept, and which are about to be overwritten")
    func unkept() {
        var finding = brokenWrite
        finding.kind = .bytesChanged
        finding.changeOffset = nil
        #expect(finding.lines.contains("  bytes differ behind the first 1024, which are kept of each write that waits"), "\(finding.lines)")
        #expect(finding.lines.contains("  noticed at (code that ran before this line changed the bytes)"))
        finding.kind = .caughtWriting
        finding.changeOffset = 48
        finding.foundBytes = []
        #expect(finding.lines.contains("  about to be overwritten from +48 of 6000041, the first whole page of them") && finding.lines.contains { $0.hasPrefix("    bytes     61 61") }, "\(finding.lines)")
    }

    @Test("is of the same bug wherever a change was noticed, and of another where other code frees")
    func bugs() {
        var one = brokenWrite, other = brokenWrite
        other.foundPlaces = ["elsewhere server.c:9 (server)"]
        other.writePlaces.insert("uv_write+0x10 (libuv.so.1.0.0)", at: 0)
        #expect(one.isSameBug(as: other))
        one.kind = .remainderLost
        other.kind = .remainderLost
        other.writePlaces = ["uv_run+0x11c (libuv.so.1.0.0)", "main server.c:12 (server)"]
        #expect(one.isSameBug(as: other), "an event loop cut it again")
        one.kind = .bytesFreed
        other.kind = .bytesFreed
        #expect(!one.isSameBug(as: other))
        other = one
        other.isLatent = true
        #expect(!one.isSameBug(as: other))
    }

    @Test("is of the bug whose consequence it is: libuv's loop came upon memory that other code had freed")
    func consequences() {
        let loop = ["uv_run+0x11c (libuv.so.1.0.0)", "main server.c:12 (server)"]
        var freed = brokenWrite, noticed = brokenWrite, pointer = brokenWrite
        (freed.kind, noticed.kind, pointer.kind) = (.bytesFreed, .bytesFreed, .badPointer)
        noticed.foundPlaces = loop
        (pointer.writePlaces, pointer.foundPlaces) = ([], loop)
        for order in [[freed, noticed, pointer], [noticed, pointer, freed], [pointer, freed, noticed], [pointer, noticed, freed]] {
            var found = FoundBugs()
            for finding in order { _ = found.note(finding) }
            #expect(found.bugs.count == 1 && found.bugs[0].kind == .bytesFreed && found.bugs[0].foundPlaces == freed.foundPlaces)
            #expect(found.bugs[0].count == 3 && found.bugs[0].consequences.contains(.badPointer))
            #expect(found.bugs[0].lines.suffix(2) == ["  came of it: write from a bad pointer: the send failed, and", "    the client never got the rest of the answer"])
        }
        noticed.writePlaces = ["other server.c:7 (server)"]
        #expect(!noticed.isSameBug(as: freed), "of another write")
        pointer.foundPlaces = ["other server.c:7 (server)"]
        #expect(!pointer.isSameBug(as: freed), "handed over by the program")
    }

    @Test("is probably the bug of another where each was noticed when the other's bytes were handed over")
    func mirrors() {
        var front = brokenWrite, item = brokenWrite
        (front.kind, item.kind) = (.bytesChanged, .bytesChanged)
        front.writePlaces = ["answer feed.c:76 (feed)"]
        item.writePlaces = ["uv_write+0x10 (libuv.so.1.0.0)", "answer feed.c:77 (feed)"]
        (front.foundPlaces, item.foundPlaces) = (item.writePlaces, front.writePlaces)
        #expect(front.isProbablySameBug(as: item) && item.isProbablySameBug(as: front))
        // Of three routes each may be found at the next one.
        item.foundPlaces = ["answer feed.c:78 (feed)"]
        #expect(!front.isProbablySameBug(as: item))
        front.memory.again = .init(place: "answer feed.c:77 (feed)", isOnSameConnection: true)
        #expect(front.isProbablySameBug(as: item) && item.isProbablySameBug(as: front))
        item.kind = .bytesFreed
        #expect(!front.isProbablySameBug(as: item))
        // With --trap: the instruction, of the same write.
        item.kind = .caughtWriting
        #expect(!front.isProbablySameBug(as: item))
        item.writePlaces = front.writePlaces
        #expect(front.isProbablySameBug(as: item))
    }

    @Test("says what is harmless for now, and what is gone")
    func explanations() {
        var finding = brokenWrite
        finding.kind = .bytesFreed
        finding.isLatent = true
        #expect(finding.sentence == "bytes freed under a pending write: 6000041 bytes to 127.0.0.1:53956, harmless only because the socket took all bytes at once")
        finding.memory.isUnmapped = true
        finding.peer = ""
        #expect(finding.sentence == "bytes freed under a pending write: 6000041 bytes on descriptor 9, their memory is not mapped any more")
    }
}
