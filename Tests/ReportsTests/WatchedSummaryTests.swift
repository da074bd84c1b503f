import Measurements
import Recording
import Reports
import SampleSupport
import Testing

@Suite("The summary of a server that is watched")
struct WatchedSummaryTests {
    private func summary(_ findings: [BrokenWrite] = [], unknown: UnknownFigures = []) -> Summary {
        var summary = Summary(.init(address: "./server 9000", load: nil, cpuCount: 2))
        var sample = watchedSample()
        sample.client = nil
        sample.watch?.crashes = 0
        sample.unknown.formUnion(unknown)
        summary.add(sample)
        for finding in findings { summary.add(finding) }
        return summary
    }

    @Test("has each bug once, with both places and how often it was found")
    func findings() {
        var other = brokenWrite, again = brokenWrite
        other.writePlaces = ["elsewhere server.c:9 (server)"]
        again.count = 80_211
        let text = summary([brokenWrite, other, again]).text
        #expect(text.contains("found 80212 times, harmful; the first time\n  request changed under a pending write"), "\(text)")
        #expect(text.contains("found once, harmful\n  request changed") && text.contains("    respond server.c:306 (server)") && text.contains("elsewhere server.c:9"))
        #expect(text.contains("80213 findings in the server"), "\(text)")
        let json = summary([brokenWrite, other, again]).json
        guard case .array(let list)? = json["findings"] else { return #expect(Bool(false), "no findings") }
        #expect(list.count == 2 && list[0]["count"]?.number == 80_212 && list[0]["kind"]?.string == brokenWrite.kind.rawValue)
    }

    @Test("has the newest count of a finding, which comes with the samples, and its number")
    func counts() {
        var summary = summary(), found = brokenWrite, sample = watchedSample()
        (found.number, found.count) = (3, 2)
        sample.watch?.crashes = 0
        summary.add(found)
        for count: UInt64 in [2, 40, 80_212] {
            sample.watch?.findings = count
            sample.findingCounts = [FindingCount(number: 3, count: count)]
            summary.add(sample)
        }
        #expect(summary.text.contains("finding 1: found 80212 times, harmful; the first time") && summary.text.contains("80212 findings in the server"), "\(summary.text)")
        guard case .array(let list)? = summary.json["findings"] else { return #expect(Bool(false), "no findings") }
        #expect(list.map { $0["count"]?.number } == [80_212])
    }

    @Test("has harmful findings before those that are latent, and names a harmful one first")
    func harmfulFirst() throws {
        var latent = brokenWrite
        latent.kind = .bytesFreed
        latent.isLatent = true
        let text = summary([latent, brokenWrite]).text
        let harmful = try #require(text.firstRange(of: "found once, harmful")), harmless = try #require(text.firstRange(of: "found once, latent"))
        #expect(harmful.lowerBound < harmless.lowerBound && text.contains("in the server: request changed"), "\(text)")
        #expect(summary([latent]).text.replacing(/\s+/, with: " ").contains("bytes freed under a pending write, harmless so far"))
    }

    @Test("is not plainly ok where an event loop stood still, load or not, and says that memory shrank")
    func longTurn() throws {
        func text(_ turnMilliseconds: UInt64, unknown: UnknownFigures = []) -> String {
            var summary = Summary(.init(address: "./server 9000", load: nil, cpuCount: 2))
            for (seconds, megabytes) in [(1, 80), (2, 72)] {
                var sample = unhurriedSample()
                sample.timeNanoseconds = UInt64(seconds) * 1_000_000_000
                sample.client = nil
                sample.unknown.formUnion(unknown)
                sample.watch?.longestTurn.everNanoseconds = turnMilliseconds * 1_000_000
                sample.watch?.residentBytes = megabytes << 20
                summary.add(sample)
            }
            return summary.text.replacing(/\s+/, with: " ")
        }
        #expect(text(250).hasPrefix("ok watched ./server 9000 for 2.00s; its event loop served no connection for 250ms (event loops) server"), "\(text(250))")
        #expect(text(99).hasPrefix("ok watched ./server 9000 for 2.00s server") && !text(250, unknown: .loopDetails).contains("served no"))
        #expect(text(99).contains("memory 80.0MiB at first, 72.0MiB at the end (it shrank)"), "\(text(99))")
    }

    @Test("says how much of the longest turn was waiting for a processor, and blames no server for a busy machine", arguments: [
        (480, "longest turn 504ms (480ms of it waiting for a processor)", ""), (60, "longest turn 504ms (60.0ms of it waiting for a processor)", "; its event loop served no"),
        (50, "longest turn 504ms, ", "; its event loop served no"), (0, "longest turn 504ms, ", "; its event loop served no"),
    ] as [(UInt64, String, String)])
    func waitingTurns(_ waited: UInt64, _ words: String, _ headline: String) {
        var summary = Summary(.init(address: "./server 9000", load: nil, cpuCount: 2)), sample = unhurriedSample()
        sample.client = nil
        sample.timeNanoseconds = 2_000_000_000
        sample.watch?.longestTurn = LongestTurn(everNanoseconds: 504_000_000, everWaitedNanoseconds: waited * 1_000_000)
        summary.add(sample)
        let text = summary.text.replacing(/\s+/, with: " ")
        #expect(text.contains(words) && text.contains("watched ./server 9000 for 2.00s\(headline)"), "\(text)")
        #expect(text.contains("event loop served") == !headline.isEmpty, "\(text)")
    }

    @Test("has the wait of the longest turn of a part, and not that of the run's longest")
    func waitingTurnOfPart() {
        var summary = Summary(.init(address: "./server 9000", load: nil, cpuCount: 2)), sample = unhurriedSample()
        sample.client = nil
        sample.isWarmup = true
        sample.watch?.longestTurn = LongestTurn(everNanoseconds: 504_000_000, newNanoseconds: 504_000_000)
        summary.add(sample)
        sample.isWarmup = false
        for (turn, waited) in [(20, 0), (200, 150), (30, 0)] as [(UInt64, UInt64)] {
            sample.timeNanoseconds += 1_000_000_000
            sample.watch?.longestTurn.newNanoseconds = turn * 1_000_000
            sample.watch?.longestTurn.newWaitedNanoseconds = waited * 1_000_000
            summary.add(sample)
        }
        #expect(summary.text.replacing(/\s+/, with: " ").contains("longest turn 200ms (150ms of it waiting for a processor)"), "\(summary.text)")
    }

    @Test("says of a loop without a load and without a connection that it was held up")
    func unusedLoop() {
        var summary = Summary(.init(address: "./server 9000", load: nil, cpuCount: 2)), sample = unhurriedSample()
        sample.client = nil
        sample.server?.connectionCounts.open = 0
        sample.watch?.longestTurn.everNanoseconds = 250_000_000
        summary.add(sample)
        #expect(summary.text.replacing(/\s+/, with: " ").contains("; its event loop was held up for 250ms (event loops)"), "\(summary.text)")
    }

    @Test("says in which samples an event loop stood still, and whether that recurs", arguments: [
        ([3, 6, 9], "longest turn 180ms, 100ms or longer in 3 of 10 samples: at 3.00s, 6.00s, 9.00s of the run, about every 3.00s", ", about every 3.00s"),
        ([1, 2, 9], "100ms or longer in 3 of 10 samples: at 1.00s, 2.00s, 9.00s of the run", ""), ([], "longest turn 180ms", ""),
    ] as [([Int], String, String)])
    func recurringTurns(_ long: [Int], _ words: String, _ headline: String) {
        var summary = Summary(.init(address: "./server 9000", load: nil, cpuCount: 2))
        for second in 1...10 {
            var sample = unhurriedSample()
            sample.timeNanoseconds = UInt64(second) * 1_000_000_000
            sample.intervalNanoseconds = 1_000_000_000
            sample.client = nil
            sample.watch?.longestTurn.everNanoseconds = 180_000_000
            sample.watch?.longestTurn.newNanoseconds = long.contains(second) ? 180_000_000 : 20_000_000
            summary.add(sample)
        }
        let text = summary.text.replacing(/\s+/, with: " ")
        #expect(text.contains(words) && text.contains("served no connection for 180ms\(headline) (event loops)"), "\(text)")
        #expect(text.contains("about every") == !headline.isEmpty && text.contains("or longer in") == !long.isEmpty, "\(text)")
    }

    private func clean(streams: Int, rate: Double?, sendBuffer: Int? = nil, change: (inout Sample) -> Void = { _ in }) -> String {
        var request = Summary.Request(address: "./server 9000", load: .init(connections: 4, streams: streams, rate: rate, requests: nil), cpuCount: 2)
        request.sendBufferByteCount = sendBuffer
        var summary = Summary(request), sample = unhurriedSample()
        change(&sample)
        summary.add(sample)
        return summary.text.replacing(/\s+/, with: " ")
    }

    @Test("tells two findings that are each other's other way round as probably one bug")
    func mirrors() {
        var front = brokenWrite, item = brokenWrite, freed = brokenWrite
        (front.kind, item.kind, freed.kind) = (.bytesChanged, .bytesChanged, .bytesFreed)
        (front.number, item.number) = (1, 2)
        (front.writePlaces, front.foundPlaces) = (["answer feed.c:76 (feed)"], ["answer feed.c:77 (feed)"])
        (item.writePlaces, item.foundPlaces) = (front.foundPlaces, front.writePlaces)
        let text = summary([front, item]).text
        #expect(text.replacing(/\s+/, with: " ").contains("bytes changed under a pending write, in 2 places (probably one bug)"), "\(text)")
        #expect(text.contains("\n  probably the bug of finding 1: both write the same memory\n") && !text.contains("more bug"), "\(text)")
        let more = summary([front, item, freed]).text.replacing(/\s+/, with: " ")
        #expect(more.contains("bytes changed under a pending write and 1 more bug, in 3 places"), "\(more)")
    }

    @Test("says that little was tried where no write had to wait, and what the run shows would try more")
    func advice() {
        let words = "no write had to wait: the socket took each at once"
        let scheduled = clean(streams: 1, rate: 500)
        #expect(scheduled.contains(words) && scheduled.contains("4.07KiB on average"), "\(scheduled)")
        #expect(scheduled.contains("With --h1 -m 64 --send-buffer 4KiB --slow-readers 3 --early-close 5% and without -q they would wait."), "\(scheduled)")
        let pipelined = clean(streams: 64, rate: nil, sendBuffer: 2_048)
        #expect(pipelined.contains(words) && !pipelined.contains("With --") && !pipelined.contains("--h1") && pipelined.contains("Ask for larger answers."), "\(pipelined)")
        let slow = clean(streams: 1, rate: nil) { $0.client?.slowReaders.open = 3 }
        #expect(slow.contains("answers of that size fit into the send buffer of a slow reader's socket"), "\(slow)")
        let waited = clean(streams: 1, rate: nil) { $0.server?.writes.queued = 1 }
        let unknown = clean(streams: 1, rate: nil) { $0.unknown.insert(.findings) }
        #expect(!waited.contains(words) && !unknown.contains(words))
        // Answers that waited, each alone on its connection: the bugs of a second one had no chance either.
        #expect(waited.contains("each connection had one request at a time") && waited.contains("With --h1 -m 64 it would."), "\(waited)")
        let ahead = clean(streams: 64, rate: nil) { $0.server?.writes.queued = 1 }
        #expect(!ahead.contains("to try more"), "\(ahead)")
        // The first line is no clean bill then.
        #expect(scheduled.contains("; but no write had to wait, so none could be changed too early (to try more) load"), "\(scheduled)")
        #expect(waited.contains("; but no answer met one that still waited (to try more) load"), "\(waited)")
        #expect(!ahead.contains("; but no") && !unknown.contains("; but no"))
    }

    @Test("says that what was found was harmless where no write had to wait, and that answers were not looked into")
    func latentAdvice() {
        var request = Summary.Request(address: "./server 9000", load: .init(connections: 4, streams: 1, rate: nil, requests: nil), cpuCount: 2)
        request.sendBufferByteCount = nil
        var summary = Summary(request), latent = brokenWrite, sample = unhurriedSample()
        latent.isLatent = true
        sample.client?.expectations = .init()
        sample.client?.bodies = .init()
        summary.add(sample)
        summary.add(latent)
        let text = summary.text.replacing(/\s+/, with: " ")
        #expect(text.contains("So what was found has done no harm yet.") && !text.contains("had no chance"), "\(text)")
        #expect(text.contains("ok says that an answer had its status and its length"), "\(text)")
    }

    @Test("says that its latency is that of a short send buffer")
    func sendBuffer() {
        let words = "latency includes what --send-buffer 2KiB makes the server wait"
        func text(_ size: Int?) -> String {
            clean(streams: 64, rate: nil, sendBuffer: size) { sample in
                sample.client?.serviceTime.record(nanoseconds: 1_000_000)
            }
        }
        #expect(text(2_048).contains(words) && !text(nil).contains("latency includes"), "\(text(2_048))")
    }

    @Test("says nothing of what the source could not know")
    func unknown() {
        let text = summary().text
        #expect(text.hasPrefix("ok             watched ./server 9000 for"), "\(text)")
        #expect(!text.contains("requests") && !text.contains("arena") && !text.contains("heap") && text.contains("accepted"))
        let outside = summary(unknown: [.acceptances, .loops, .findings, .writeCounts, .traffic, .handshakes]).text.replacing(/\s+/, with: " ")
        #expect(!outside.contains("accepted") && !outside.contains("event loops") && !outside.contains("findings") && !outside.contains("received"), "\(outside)")
        #expect(outside.contains("connections at most") && outside.contains("not acknowledged at most"))
    }

    @Test("tells of memory that grew first, and how much for each request", arguments: [54.0, 76, 90])
    func memory(end: Double) {
        var summary = Summary(.init(address: "./server 9000", load: .init(connections: 4, streams: 1, rate: nil, requests: nil), cpuCount: 2))
        for (index, mebibytes) in [54, 54 + (end - 54) / 2, end].enumerated() {
            var sample = watchedSample()
            sample.timeNanoseconds = UInt64(index + 1) * 1_000_000_000
            var client = ClientSample()
            (client.requests.done, client.requests.succeeded) = (UInt64(index + 1) * 1_000, UInt64(index + 1) * 1_000)
            sample.client = client
            sample.watch?.crashes = 0
            sample.watch?.residentBytes = Int(mebibytes * 1_048_576)
            summary.add(sample)
        }
        let text = summary.text.replacing(/\s+/, with: " ")
        #expect(text.contains("memory grew from 54.0MiB to 90.0MiB") == (end == 90), "\(text)")
        #expect(text.contains("more for each request") == (end > 54), "\(text)")
    }

    @Test("has no 0 for what no sample saw of a server that died at once")
    func diedAtOnce() {
        var summary = Summary(.init(address: "./server 9000", load: nil, cpuCount: 2))
        var sample = watchedSample()
        sample.client = nil
        sample.timeNanoseconds = 1_000_000_000
        sample.server = ServerSample()
        sample.server?.connectionCounts.accepted = 18
        sample.watch = WatchSample()
        sample.watch?.turns = 3
        sample.unknown.insert(.residentMemory)
        summary.add(sample)
        let text = summary.text.replacing(/\s+/, with: " ")
        #expect(text.contains("server 18 accepted") && !text.contains("0 connections") && !text.contains("0ns") && !text.contains("0 looks"), "\(text)")
        #expect(!text.contains("kernel") && !text.contains(" 0 at most") && text.contains("event loops 3 turns"), "\(text)")
        #expect(text.contains("checks none: no write was seen"), "\(text)")
        #expect(summary.json[path: "watch.kernel.round_trip.max"] == nil)
    }

    @Test("says that nothing was checked where no write had to wait, and the looks where some did")
    func checks() {
        func text(_ change: (inout Sample) -> Void) -> String {
            var summary = Summary(.init(address: "./server 9000", load: nil, cpuCount: 2)), sample = unhurriedSample()
            sample.client = nil
            sample.watch?.auditChecks = 0
            sample.watch?.continuityChecks = 0
            change(&sample)
            summary.add(sample)
            return summary.text.replacing(/\s+/, with: " ")
        }
        #expect(text { _ in }.contains("checks none: no write had to wait"))
        let cut = text {
            $0.watch?.continuityChecks = 12
            $0.server?.writes.queued = 1
        }
        #expect(cut.contains("checks 12 looks at the rest of writes cut short, 0 findings"), "\(cut)")
        let looked = text {
            $0.watch?.auditChecks = 2
            $0.server?.writes.queued = 1
        }
        #expect(looked.contains("checks 2 looks at pending writes, 0 findings") && !looked.contains("cut one"), "\(looked)")
    }

    @Test("counts bugs apart from findings, of a whole run")
    func bugs() throws {
        var other = brokenWrite
        other.writePlaces = ["elsewhere server.c:9 (server)"]
        #expect(try Threshold(parsing: "watch.bugs == 2").judge(summary([brokenWrite, brokenWrite, other])).hasPassed)
        #expect(summary(unknown: .findings).derived("watch.bugs") == nil)
    }

    @Test("says how its memory grew from the first sample to the last")
    func growth() {
        var summary = Summary(.init(address: "./server 9000", load: nil, cpuCount: 2))
        for (second, mebibytes) in [54, 70, 64].enumerated() {
            var sample = watchedSample()
            sample.client = nil
            sample.timeNanoseconds = UInt64(second + 1) * 1_000_000_000
            sample.watch?.residentBytes = mebibytes << 20
            summary.add(sample)
        }
        var end = watchedSample()
        end.client = nil
        end.timeNanoseconds = 4_000_000_000
        end.watch?.residentBytes = 0
        end.unknown.insert(.residentMemory)
        summary.add(end)
        let text = summary.text.split { $0.isWhitespace }.joined(separator: " ")
        #expect(text.contains("memory 54.0MiB at first, 64.0MiB at the end, 70.0MiB at most"), "\(text)")
    }

    @Test("fails a threshold on what was not measured")
    func threshold() throws {
        let threshold = try Threshold(parsing: "server.requests.active.max < 1000000000", phase: nil)
        let result = threshold.judge(summary())
        #expect(!result.hasPassed && result.valueText == "nothing was measured")
        #expect(try Threshold(parsing: "watch.findings < 1000000", phase: nil).judge(summary()).hasPassed)
    }

    @Test("names the server where it died")
    func death() {
        var summary = summary()
        summary.outcome = .crashed(signal: "SIGSEGV")
        #expect(summary.text.hasPrefix("FAILED         the server crashed by SIGSEGV\n"))
        summary.circumstances.deathNanoseconds = 3_100_000_000
        #expect(summary.text.hasPrefix("FAILED         the server crashed by SIGSEGV at 3.10s\n"))
        summary.outcome = .killed(signal: "SIGKILL")
        #expect(summary.text.hasPrefix("FAILED         the server was killed by SIGKILL at 3.10s\n"))
        summary.outcome = .exited(code: 3)
        #expect(!summary.text.contains("\ncause "), "\(summary.text)")
    }

    @Test("has the place of a crash, as the events told it, without the frames of libraries")
    func crashPlace() {
        var summary = summary()
        summary.outcome = .crashed(signal: "SIGSEGV")
        func tell(_ texts: [String], at time: UInt64) {
            for text in texts { summary.add(Event(timeNanoseconds: time, level: .error, source: "server", text: text)) }
        }
        tell(["server (7) crashed by SIGSEGV at 0x8 on thread server", "#0 respond server.c:306 (server)", "#1 uv_run+0x11c (libuv.so.1.0.0)"], at: 5)
        // Of the crash of another process no place is mixed in.
        tell(["#2 other server.c:1 (server)", "#0 later server.c:2 (server)"], at: 6)
        #expect(summary.text.hasPrefix("FAILED         the server crashed by SIGSEGV\ncrashed at     respond server.c:306 (server)\n               … 1 frame of libuv\n"), "\(summary.text)")
        #expect(!summary.text.contains("other server.c") && !summary.text.contains("later server.c"))
    }

    @Test("says what a signal means that servers die of by mistake")
    func explanation() {
        var summary = summary()
        summary.outcome = .killed(signal: "SIGPIPE")
        summary.circumstances.deathNanoseconds = 3_100_000_000
        #expect(summary.text.hasPrefix("FAILED         the server was killed by SIGPIPE at 3.10s\ncause          it wrote to a connection that its client had closed;"), "\(summary.text)")
        #expect(summary.text.replacing(/\s+/, with: " ").contains("signal(SIGPIPE, SIG_IGN)") && summary.text.contains("MSG_NOSIGNAL"))
    }

    @Test("names --trap, with the command, where it would name the culprit, and only then")
    func trap() {
        func text(_ byteCount: UInt64, isLatent: Bool = false, traps: Bool = false, trap: BrokenWrite.Trap? = nil) -> String {
            var finding = brokenWrite
            (finding.kind, finding.byteCount, finding.isLatent, finding.trap) = (.bytesChanged, byteCount, isLatent, trap)
            var request = Summary.Request(address: "./server 9000", load: nil, cpuCount: 2)
            request.traps = traps
            var summary = Summary(request)
            summary.circumstances.command = UserCommand(["highwater", "watch", "--h1", "--", "./server", "9000"])
            summary.add(watchedSample())
            summary.add(finding)
            return summary.text
        }
        #expect(text(65_604).contains("names the instruction that changes the bytes:\n  highwater watch --h1 --trap -- ./server 9000\n"), "\(text(65_604))")
        #expect(text(8_190).replacing(/\s+/, with: " ").contains("ask for answers of 16 KiB or more") && !text(8_190).contains("highwater watch"), "\(text(8_190))")
        #expect(text(65_604, trap: .impossible).contains("--trap") && !text(65_604, trap: .impossible).contains("highwater watch"))
        #expect(text(8_190, trap: .possible).contains("\n  highwater watch --h1 --trap -- ./server 9000\n"))
        #expect(!text(65_604, traps: true).contains("--trap") && !text(65_604, isLatent: true).contains("--trap"))
    }
}
