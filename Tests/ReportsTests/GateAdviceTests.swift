import Measurements
import Reports
import SampleSupport
import Testing

@Suite("Conditions that the summary proposes for what a run showed")
struct GateAdviceTests {
    private func text(
        _ words: String = "/usr/bin/highwater watch --load http://127.0.0.1:9000/ --fail-on 'watch.findings > 3' -- ./server", thresholds: [String] = [],
        change: (inout Sample) -> Void, finish: (inout Summary) -> Void = { _ in }
    ) throws -> String {
        var summary = Summary(.init(address: "./server 9000", load: .init(connections: 4, streams: 8, rate: 500, requests: nil), cpuCount: 2))
        var sample = unhurriedSample()
        sample.client?.requests.gaps = AnswerGapCounts()
        sample.client?.errors.abandoned = 0
        sample.watch?.longestTurn = LongestTurn()
        change(&sample)
        summary.circumstances.command = UserCommand(words.replacing("'", with: "").split(separator: " ").map(String.init))
        summary.add(sample)
        summary.thresholds = try thresholds.map { try Threshold(failingOn: $0).judge(summary) }
        finish(&summary)
        return summary.text
    }

    @Test("are the user's command with one option more for each fault, on a line of its own")
    func command() throws {
        let words = "/usr/bin/highwater watch --load http://127.0.0.1:9000/ --fail-on=watch.findings>3 -- ./server"
        let text = try text(words) {
            $0.client?.requests.failed = 3
            $0.client?.requests.gaps.count = 19
        }
        #expect(text.contains(
            "\nas a gate      this ends with exit code 99 where it shows again:\n  highwater watch --load http://127.0.0.1:9000/ '--fail-on=watch.findings>3' "
                + "--fail-on 'client.requests.failed > 0' --fail-on 'client.gaps.count > 9' -- ./server\n"), "\(text)")
    }

    @Test("allow half as many gaps as there were, or one half as long, and no less than the shortest that is noticed", arguments: [
        (3, 250, "client.gaps.count > 1"), (2, 900, "client.gaps.longest > 450ms"), (1, 120, "client.gaps.longest > 100ms"),
    ] as [(UInt64, UInt64, String)])
    func gaps(count: UInt64, longest: UInt64, condition: String) throws {
        let text = try text {
            $0.client?.requests.gaps.count = count
            $0.client?.requests.gaps.longestNanoseconds = longest * 1_000_000
        }
        #expect(text.contains("--fail-on '\(condition)' -- ./server\n"), "\(text)")
        let own = try Threshold(failingOn: condition).condition.fullText
        #expect(!own.isEmpty)
    }

    @Test("limit the longest turn of an event loop where that alone shows the pause")
    func turns() throws {
        func text(gaps: UInt64, _ thresholds: [String] = []) throws -> String {
            try self.text(thresholds: thresholds) {
                $0.client?.requests.gaps.count = gaps
                $0.watch = WatchSample()
                $0.watch?.longestTurn.everNanoseconds = 295_000_000
                $0.watch?.longestTurn.newNanoseconds = 295_000_000
            }
        }
        let condition = "watch.loop.longest_turn.max > 140ms"
        #expect(try text(gaps: 0).contains("--fail-on '\(condition)' -- ./server\n"))
        #expect(try !text(gaps: 3).contains(condition))
        #expect(try !text(gaps: 0, ["watch.loop.longest_turn.max > 1s"]).contains(condition))
    }

    @Test("limit the other causes of failures where requests are left early on purpose")
    func purpose() throws {
        let text = try text {
            $0.client?.errors = RequestErrorCounts()
            $0.client?.requests.failed = 60
            $0.client?.errors.abandoned = 40
            $0.client?.errors.aborted = 20
        }
        #expect(text.contains("--fail-on 'client.errors.aborted > 0' -- ./server\n") && !text.contains("requests.failed > 0"), "\(text)")
    }

    @Test("are options alone where a word of the command may be a secret")
    func secret() throws {
        let text = try text("highwater load http://me:secret@127.0.0.1/") { $0.client?.requests.failed = 3 }
        #expect(text.contains("as a gate      your command with this ends") && text.contains("\n  --fail-on 'client.requests.failed > 0'\n"), "\(text)")
    }

    @Test("are a whole command where its headers are no secrets", arguments: ["-H 'content-type:application/json'", "--header=Accept:text/html", "-Hcontent-type:text/plain"])
    func plainHeader(_ option: String) throws {
        let text = try text("highwater load \(option) http://127.0.0.1/") { $0.client?.requests.failed = 3 }
        #expect(text.contains("this ends with exit code 99 where it shows again:\n  highwater load \(option.replacing("'", with: "")) http://127.0.0.1/ --fail-on"), "\(text)")
    }

    @Test("are none where the run fails by itself, and it says so")
    func gateByItself() throws {
        func text(_ change: (inout Sample) -> Void) throws -> String { try self.text("highwater load http://127.0.0.1/", change: change).replacing(/\s+/, with: " ") }
        let words = "as a gate the same command as it is: where this shows again, it ends with exit code 99"
        #expect(try text {
            $0.client?.bodies.checked = 100
            $0.client?.bodies.swapped = 1
        }.contains(words))
        #expect(try text { $0.client?.connectionCounts.broken = 1_000_000 }.contains(words))
        #expect(try !text { $0.client?.requests.failed = 3 }.contains(words))
        let crash = try self.text(change: { $0.watch = WatchSample() }, finish: { $0.outcome = .crashed(signal: "SIGSEGV") })
        #expect(crash.replacing(/\s+/, with: " ").contains(words) && !crash.contains("--fail-on 'client"), "a watched server")
    }

    @Test("are none for a clean run, for what thresholds judge already, for requests left on purpose, and after a death")
    func relevance() throws {
        #expect(try !text { _ in }.contains("as a gate"))
        #expect(try !text(thresholds: ["client.requests.failed > 9"]) { $0.client?.requests.failed = 3 }.contains("as a gate"))
        #expect(try !text(thresholds: ["client.gaps.longest > 1s"]) { $0.client?.requests.gaps.count = 1 }.contains("as a gate"))
        #expect(try !text { $0.client?.requests.failed = 3; $0.client?.errors.abandoned = 3 }.contains("as a gate"))
        #expect(try !text(change: { $0.client?.requests.failed = 3; $0.watch = nil }, finish: { $0.outcome = .crashed(signal: "SIGSEGV") }).contains("as a gate"))
    }
}
