internal import Load
package import Measurements

/// Whether a run went well: for the thing under test, and for the run.
///
/// Requests that failed in part are no reason: how many may fail is what thresholds say. It has failed where nothing
/// succeeded, where the server was lost, and where an answer was wrong.
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
        /// A signal ended it before its time.
        case interrupted
        /// The body check found wrong answers.
        case wrongBodies = "wrong_bodies"
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
            case .unreachable, .interrupted, .nothingChecked, .nothingSucceeded, .thresholds: false
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
        if let text = RunResult.text(missed: thresholds.filter { !$0.hasPassed }.map { "\($0.check): \($0.valueText)" }, of: thresholds.count) {
            reasons.append(text)
        }
        self.init(reasons: reasons)
    }

    static func text(wrongBodies count: Double) -> String { "\(JSON.number(count).text) wrong bod\(count == 1 ? "y" : "ies")" }

    /// nil: none was missed.
    static func text(missed: [String], of count: Int) -> String? {
        guard !missed.isEmpty else { return nil }
        let named = missed.prefix(namedThresholdLimit).joined(separator: ", ")
        return "\(missed.count) of \(count) threshold\(count == 1 ? "" : "s") missed: \(named)"
            + (missed.count > namedThresholdLimit ? ", and \(Summary.counted(UInt64(missed.count - namedThresholdLimit), "more threshold"))" : "")
    }

    /// The summary lists all; the first line of it is to stay one.
    private static let namedThresholdLimit = 2
}

extension Summary {
    /// Whether the run went well so far.
    package var result: RunResult {
        let found: [RunResult.Fault?] = [
            fault(.recording, circumstances.recordingFault), fault(.loops, circumstances.loopFailures.first),
            fault(.death, deathText), fault(.brokenServer, brokenServer),
            fault(.unreachable, unreachable), fault(.interrupted, circumstances.signal.map { "ended by \($0) before its time" }),
            fault(.wrongBodies, wrongBodies), fault(.nothingChecked, uncheckedBodies), fault(.serverGone, goneServer),
            fault(.nothingSucceeded, nothingSucceeded), fault(.thresholds, missedThresholds),
        ]
        return RunResult(found.compactMap { $0 } + circumstances.partFaults.map { .init(cause: .part, text: $0) })
    }

    private func fault(_ cause: RunResult.Cause, _ text: String?) -> RunResult.Fault? { text.map { .init(cause: cause, text: $0) } }

    /// A finding or a crash in a server that is watched, unless a threshold says how many there may be.
    private var brokenServer: String? {
        func isJudged(_ name: String) -> Bool { thresholds.contains { $0.threshold.condition.figure.metric == name } }
        if !findings.isEmpty, !isJudged("watch.findings") {
            let distinct = distinctFindings
            return "\(Summary.counted(findingCount, "finding")) in the server: \(distinct[0].kind.rawValue)"
                + (distinct.count > 1 ? " and \(Summary.counted(UInt64(distinct.count - 1), "more bug"))" : "") + (distinct[0].isLatent ? ", harmless so far" : "")
        }
        guard !outcome.isDeath, let crashes = last.watch?.crashes, crashes > 0, !isJudged("watch.crashes") else { return nil }
        return "the server crashed" + (crashes == 1 ? "" : " \(crashes) times")
    }

    /// "the server crashed by SIGSEGV at 3.10s"; nil: what the run needs lives.
    var deathText: String? {
        guard outcome.isDeath else { return nil }
        let time = last.watch == nil ? circumstances.deathNanoseconds : goneNanoseconds ?? circumstances.deathNanoseconds
        return outcome.sentence(of: lostProcess) + (time.map { " at \(Figure.time(nanoseconds: $0))" } ?? "")
    }

    private var unreachable: String? {
        guard let client = last.client, client.connectionCounts.opened == 0, let reason = circumstances.connectFailure else { return nil }
        return "cannot connect to \(request.address): \(reason)"
    }

    private var wrongBodies: String? {
        guard let bodies = last.client?.bodies, bodies.wrong > 0 else { return nil }
        let kinds = BodyViolation.Kind.allCases.filter { $0 != .wrongStatus && bodies[$0] > 0 }.map { "\(bodies[$0]) \($0.rawValue)" }
        let wrong = bodies.wrong - bodies.wrongStatus
        let texts = (wrong > 0 ? [RunResult.text(wrongBodies: Double(wrong)) + " (\(kinds.joined(separator: ", ")))"] : [])
            + (bodies.wrongStatus > 0 ? ["\(Summary.counted(bodies.wrongStatus, "answer")) with another status than 200 (--body-check)"] : [])
        return texts.joined(separator: ", ")
    }

    private var uncheckedBodies: String? {
        guard request.load?.checksBodies == true, last.client?.bodies.checked == 0 else { return nil }
        return "no answer came that --body-check could look at; its server has to give predictable bodies, see 'highwater manual predictable-bodies'"
    }

    /// A scenario that has its server end wants it gone.
    private var goneServer: String? {
        // That it died says more.
        guard last.watch == nil || !outcome.isDeath else { return nil }
        guard endOfLoad?.client?.isCutOff == true, request.load?.endsServer == false else { return nil }
        return "the server was gone" + (goneNanoseconds.map { " at \(Figure.time(nanoseconds: $0))" } ?? "")
    }

    private var nothingSucceeded: String? {
        if request.load != nil, last.client == nil { return "nothing was measured" }
        // Connections that are closed on purpose say nothing of the server.
        guard let client = last.client, client.requests.started > 0, client.requests.succeeded == 0, client.errors.abandoned == 0
        else { return nil }
        let most = client.failures.of(.request).max { $0.count < $1.count }
        return "no request succeeded" + (most.map { ": \($0.count) of \(client.requests.done) \($0.reason)" } ?? "")
    }

    private var missedThresholds: String? {
        let missed = thresholds.filter { !$0.hasPassed }.map { "\($0.threshold.namedText): \($0.valueText)" }
        return RunResult.text(missed: missed, of: thresholds.count)
    }
}
