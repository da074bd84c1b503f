import Measurements
import Reports
import SampleSupport
import Testing

@Suite("Gaps in the answers, in the summary")
struct AnswerGapListTests {
    private func text(_ gaps: [(end: Double, duration: Double)], requests: UInt64 = 20, warmupSeconds: Double? = nil) -> String {
        var summary = Summary(.init(address: "", load: .init(connections: 20, streams: 1, rate: nil, requests: nil), cpuCount: 2))
        for gap in gaps {
            summary.add(Event(
                timeNanoseconds: UInt64(gap.end * 1e9), level: .warning, source: "client", text: "",
                answerGap: AnswerGap(durationNanoseconds: UInt64(gap.duration * 1e9), requestCount: requests)))
        }
        if let warmupSeconds {
            var sample = Sample(
                timeNanoseconds: UInt64(warmupSeconds * 1e9), intervalNanoseconds: 1_000_000_000, server: nil, client: ClientSample(),
                process: ProcessSample())
            sample.isWarmup = true
            summary.add(sample)
        }
        return summary.text.replacing(/\s+/, with: " ")
    }

    @Test("leave out those of the warm-up")
    func warmup() {
        let text = text([(1.3, 0.3), (3.3, 0.3)], warmupSeconds: 2)
        #expect(text.contains("gaps no answer came for 300ms while 20 requests were in flight, from 3.00s on"), "\(text)")
    }


    @Test("say when they began, and how often where they recur")
    func period() {
        let text = text([(3.35, 0.25), (6.46, 0.26), (9.55, 0.25), (12.65, 0.252)])
        #expect(
            text.contains(
                "gaps no answer came for 250ms or longer, 4 times, though requests were in flight: at 3.10s, 6.20s, 9.30s, 12.4s, about every 3.10s; 260ms at most"),
            "\(text)")
    }

    @Test("name no period where the times between them differ, or where there are only two")
    func irregular() {
        #expect(!text([(1.2, 0.2), (2.2, 0.2), (9.2, 0.2)]).contains("about every"))
        #expect(!text([(1.2, 0.2), (4.2, 0.2)]).contains("about every"))
    }

    @Test("are one where several loops noticed the same, with the requests of all")
    func loops() {
        let text = text([(3.25, 0.25), (3.26, 0.2), (3.24, 0.22)])
        #expect(text.contains("gaps no answer came for 260ms while 60 requests were in flight, from 3.00s on"), "\(text)")
    }

    @Test("are no part of a summary without any")
    func none() {
        #expect(!text([]).contains("no answer came"))
    }
}

@Suite("The user's command with other options")
struct UserCommandTests {
    private func advice(_ words: String, program: String = "./server", change: (inout Summary) -> Void = { _ in }) -> String {
        var request = Summary.Request(address: "./server 9000", load: .init(connections: 4, streams: 1, rate: 500, requests: nil), cpuCount: 2)
        request.program = program
        var summary = Summary(request), sample = watchedSample()
        sample.watch?.crashes = 0
        sample.watch?.findings = 0
        sample.watch?.cutWrites = 0
        sample.server?.writes.direct = 100
        sample.server?.writes.queued = 0
        sample.server?.sentBytes = 416_300
        sample.client?.slowReaders = SlowReaderSample()
        sample.client?.requests.failed = 0
        sample.client?.bodies = BodyCheckCounts()
        summary.circumstances.command = UserCommand(words.split(separator: " ").map(String.init))
        summary.add(sample)
        change(&summary)
        return summary.text
    }

    @Test("stands on a line of its own before the server's command, and replaces what the user wrote", arguments: [
        "-q 500", "-q500", "--rate=500", "--rate 500", "-m 2", "--streams=2 -q 1",
    ])
    func line(given: String) {
        let text = advice("/usr/bin/highwater watch --load http://127.0.0.1:9000/ -c 4 \(given) -- ./server -m 3 it's")
        #expect(
            text.contains(
                "\n  highwater watch --load http://127.0.0.1:9000/ -c 4 --h1 -m 64 --send-buffer 4KiB -- ./server -m 3 'it'\\''s'\n"), "\(text)")
    }

    @Test("is not shown where a word may be a secret: the options are", arguments: ["-H authorization:x", "--header=cookie:y", "http://me:secret@127.0.0.1/"])
    func secret(word: String) {
        let text = advice("highwater watch \(word) --load http://127.0.0.1:9000/ -- ./server")
        #expect(!text.contains("  highwater watch"), "\(text)")
        #expect(text.replacing(/\s+/, with: " ").contains("With --h1 -m 64 --send-buffer 4KiB and without -q they would wait."), "\(text)")
    }

    @Test("is no advice for a run that failed or had failures, for a scenario, or for a runtime that keeps its own bytes")
    func relevance() {
        let words = "highwater watch --load http://127.0.0.1:9000/ -- ./server"
        #expect(advice(words).contains("to try more"))
        #expect(!advice(words, program: "/usr/bin/node").contains("to try more") && !advice(words, program: "python3.11").contains("to try more"))
        #expect(!advice(words) { $0.outcome = .crashed(signal: "SIGSEGV") }.contains("to try more"))
    }
}
