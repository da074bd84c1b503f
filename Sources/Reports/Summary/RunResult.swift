internal import Load
package import Measurements

/// Whether a run went well: for the thing under test, and for the run.
///
/// Requests that failed in part are no reason: how many may fail is what thresholds say. It has failed where nothing
/// succeeded, where the server was lost, where an answer was wrong, and where most connections broke the protocol.
package struct RunResult: Sendable, Equatable {
    /// The kinds of reasons, in the order in which they decide about the exit code.
    package enum Cause: String, Sendable {
        /// The recording could not be written to its end.
        case recording
        /// Loops of ours could not run.
        case loops
        /// The process of the run, or the server that it started, is dead.
        case death
        /// Writes of the server that is watched were broken, or it crashed.
        case brokenServer = "broken_server"
        /// No connection was ever made.
        case unreachable
        /// To one server of several no connection was ever made.
        case unreachableServer = "unreachable_server"
        /// A signal ended it before its time.
        case interrupted
        /// The body check found wrong answers.
        case wrongBodies = "wrong_bodies"
        /// The server broke the protocol on most of its connections.
        case brokenProtocol = "broken_protocol"
        /// No answer came that the body check could look at.
        case nothingChecked = "nothing_checked"
        /// The server was lost, and had not come back at the end.
        case serverGone = "server_gone"
        case nothingSucceeded = "nothing_succeeded"
        case thresholds
        /// A part of a merged run has failed.
        case part

        /// Once there, whatever comes later in the run. A server that is gone may come back, but is a fault until then.
        package var isFinal: Bool {
            switch self {
            case .recording, .loops, .death, .brokenServer, .wrongBodies, .serverGone, .part: true
            case .unreachable, .unreachableServer, .interrupted, .brokenProtocol, .nothingChecked, .nothingSucceeded, .thresholds: false
            }
        }
    }

    /// One reason, in words.
    package struct Fault: Sendable, Equatable {
        package let cause: Cause
        package let text: String
    }

    /// The one that decides about the exit code comes first. Of a recording: those whose cause this version knows.
    package let faults: [Fault]
    /// Why it has failed, in words. Empty: it went well.
    package let reasons: [String]

    package var isOK: Bool { reasons.isEmpty }
    package var word: String { RunResult.word(isOK: isOK) }

    /// The word of a result everywhere.
    package static func word(isOK: Bool) -> String { isOK ? "ok" : "FAILED" }

    init(_ faults: [Fault]) {
        self.faults = faults
        reasons = faults.map(\.text)
    }

    private init(reasons: [String], causes: [Cause?] = []) {
        faults = zip(causes, reasons).compactMap { cause, text in cause.map { Fault(cause: $0, text: text) } }
        self.reasons = reasons
    }

    /// `ok`, or `FAILED: the server was gone at 2.00s; 233 wrong bodies`.
    package var text: String { isOK ? word : "\(word): \(reasons.joined(separator: "; "))" }

    var json: JSON {
        .object([
            .init("ok", .bool(isOK)), .init("reasons", .array(reasons.map { .string($0) })),
            .init("causes", .array(faults.map { .string($0.cause.rawValue) })),
        ])
    }

    /// As the summary of a recording has it. One that says "ok", or is of before it said either, is believed as far as
    /// its own numbers allow.
    package init(recorded summary: JSON) {
        if case .bool(false)? = summary[path: "result.ok"] {
            let reasons = summary[path: "result.reasons"]?.strings ?? []
            let causes = summary[path: "result.causes"]?.strings.map { Cause(rawValue: $0) } ?? []
            self.init(reasons: reasons.isEmpty ? ["for no reason that the recording has"] : reasons, causes: causes)
            return
        }
        func count(_ path: String) -> Double { summary[path: path]?.number ?? 0 }
        var reasons: [String] = []
        if let outcome = summary["outcome"]?.string, outcome != Outcome.ended.text { reasons.append("the run \(outcome)") }
        let wrong = ["corrupted", "swapped", "truncated", "wrong_length", "wrong_status"].reduce(0) { $0 + count("client.bodies.\($1)") }
        if wrong > 0 { reasons.append(RunResult.text(wrongBodies: wrong)) }
        if count("client.requests.started") > 0, count("client.requests.succeeded") == 0, count("client.errors.abandoned") == 0 {
            reasons.append("no request succeeded")
        }
        let thresholds = JudgedThreshold.all(in: summary)
        let missed = thresholds.filter { !$0.hasPassed }.map { (metric: String($0.check.prefix { $0 != " " }), text: $0.text) }
        if let text = RunResult.text(missed: missed, of: thresholds.count, isExplained: !reasons.isEmpty) { reasons.append(text) }
        self.init(reasons: reasons)
    }

    static func text(wrongBodies count: Double) -> String { Figure.counted(count, "wrong body", "wrong bodies") }

    /// How many thresholds were missed; nil: none was. One fault misses several: those that are named are of different
    /// metrics.
    ///
    /// - Parameter isExplained: what is wrong has been said before; no threshold is named.
    static func text(missed: [(metric: String, text: String)], of count: Int, isExplained: Bool) -> String? {
        guard !missed.isEmpty else { return nil }
        var named: [(metric: String, text: String)] = []
        for threshold in missed where named.count < namedThresholdLimit && !isExplained && !named.contains(where: { $0.metric == threshold.metric }) {
            named.append(threshold)
        }
        let rest = missed.count - named.count
        return "\(missed.count) of \(Figure.counted(count, "threshold")) missed"
            + (named.isEmpty ? "" : ": " + named.map(\.text).joined(separator: ", ") + (rest > 0 ? ", and \(Figure.counted(rest, "more threshold"))" : ""))
    }

    /// The summary lists all; its first line is to stay short.
    private static let namedThresholdLimit = 2
}

extension Summary {
    /// The results of those thresholds that limit one of these metrics.
    func thresholds(on metrics: [String]) -> [ThresholdResult] { thresholds.filter { metrics.contains($0.threshold.condition.figure.metric) } }

    /// Whether the run went well so far.
    package var result: RunResult { ResultJudge(summary: self).result }

    /// "the server crashed by SIGSEGV at 3.10s"; nil: what the run needs lives.
    var deathText: String? {
        guard outcome.isDeath else { return nil }
        let time = last.watch == nil ? circumstances.deathNanoseconds : goneNanoseconds ?? circumstances.deathNanoseconds
        return outcome.sentence(of: lostProcess) + (time.map { " at \(Figure.time(nanoseconds: $0))" } ?? "")
    }
}
