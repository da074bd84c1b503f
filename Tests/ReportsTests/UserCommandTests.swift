import Measurements
import Reports
import SampleSupport
import Testing

@Suite("The user's command with other options")
struct UserCommandTests {
    private func advice(_ words: String, program: String = "./server", change: (inout Summary) -> Void = { _ in }) -> String {
        var request = Summary.Request(address: "./server 9000", load: .init(connections: 4, streams: 1, rate: 500, requests: nil), cpuCount: 2)
        request.program = program
        var summary = Summary(request), sample = unhurriedSample()
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
                "\n  highwater watch --load http://127.0.0.1:9000/ -c 4 --h1 -m 64 --send-buffer 4KiB --slow-readers 3 --early-close 5% -- ./server -m 3 'it'\\''s'\n"), "\(text)")
    }

    @Test("is not shown where a word may be a secret: the options are", arguments: ["-H authorization:x", "-Hx-api-key:z", "--header=cookie:y", "-H accept:a -H authorization:x", "http://me:secret@127.0.0.1/"])
    func secret(word: String) {
        let text = advice("highwater watch \(word) --load http://127.0.0.1:9000/ -- ./server")
        #expect(!text.contains("  highwater watch"), "\(text)")
        #expect(text.replacing(/\s+/, with: " ").contains("With --h1 -m 64 --send-buffer 4KiB --slow-readers 3 --early-close 5% and without -q they would wait."), "\(text)")
    }

    @Test("is no advice for a run that failed or had failures, for a scenario, or for a runtime that keeps its own bytes")
    func relevance() {
        let words = "highwater watch --load http://127.0.0.1:9000/ -- ./server"
        #expect(advice(words).contains("to try more"))
        #expect(!advice(words, program: "/usr/bin/node").contains("to try more") && !advice(words, program: "python3.11").contains("to try more"))
        #expect(!advice(words) { $0.outcome = .crashed(signal: "SIGSEGV") }.contains("to try more"))
    }

    /// - Parameter queued: writes that waited for their socket.
    private func fewRequests(_ urls: [String], streams: Int = 64, queued: UInt64 = 9, change: (inout Summary) -> Void = { _ in }) -> String {
        var request = Summary.Request(address: "./server 9000", load: .init(connections: 4, streams: streams, rate: nil, requests: nil), cpuCount: 2)
        request.load?.fixedURLs = urls
        var summary = Summary(request), sample = unhurriedSample()
        sample.server?.writes.queued = queued
        summary.add(sample)
        change(&summary)
        return summary.text.replacing(/\s+/, with: " ")
    }

    @Test("asks for many different requests where writes waited, but one or two were asked for", arguments: [
        ("http://127.0.0.1:9000/tile/5/1", "http://127.0.0.1:9000/tile/5/{{random.int 0 1000}}"),
        ("http://127.0.0.1:9000/4194304.bin?a=b", "http://127.0.0.1:9000/{{random.int 0 4194304}}.bin?a=b"),
    ])
    func manyRequests(url: String, varied: String) {
        let one = fewRequests([url]), two = fewRequests([url, "http://127.0.0.1:9000/"])
        #expect(one.contains("to try more asked for 1 URL alone; a cache shows its bugs only with many: --load '\(varied)'"), "\(one)")
        #expect(two.contains("asked for 2 URLs alone; a cache shows its bugs only with many: --load '\(varied)'"), "\(two)")
        let without = fewRequests(["http://127.0.0.1:9000/index"])
        #expect(without.contains("only with many, as {{random.int 0 1000}} in a URL makes them"), "\(without)")
    }

    @Test("does not ask for them where many were asked for, or other advice says more")
    func enoughRequests() {
        let url = "http://127.0.0.1:9000/tile/5", words = "a cache shows"
        #expect(fewRequests([url]).contains(words))
        #expect(!fewRequests([]).contains(words) && !fewRequests([url, url, url]).contains(words))
        #expect(!fewRequests([url], streams: 1).contains(words) && !fewRequests([url], queued: 0).contains(words))
        #expect(!fewRequests([url]) { $0.add(brokenWrite) }.contains(words))
        #expect(!fewRequests([url]) { $0.outcome = .crashed(signal: "SIGSEGV") }.contains(words))
    }

    @Test("takes a plan's requests for fixed where none has a value of its own", arguments: [("/tile/1", 1), ("/tile/{{seq}}", 0)])
    func fixedURLs(path: String, count: Int) throws {
        let plan = try JSON(parsing: Array(#"{"client":{"connections":1,"target":"127.0.0.1:9000","request_kinds":[{"path":"\#(path)"}]}}"#.utf8))
        #expect(Summary.Load(plan: plan)?.fixedURLs == (count == 0 ? [] : ["http://127.0.0.1:9000\(path)"]))
    }
}
