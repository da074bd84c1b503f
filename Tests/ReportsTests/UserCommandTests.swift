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
}
