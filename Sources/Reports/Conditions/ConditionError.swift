internal import Measurements

/// An error in the text of a condition.
package enum ConditionError: Error, Equatable {
    case noRelation
    case noFigure
    /// A colon without a phase before it.
    case noPhase
    /// The phase stands in the text, and is given beside it too.
    case phaseTwice
    /// No such metric; with the nearest name.
    case unknownMetric(String, nearest: String?)
    /// The metric has no such aggregate; with those that it has.
    case unknownAggregate(String, metric: String, possible: [String])
    /// A metric with several values needs an aggregate.
    case missingAggregate(metric: String, possible: [String])
    /// The metric is not counted for each kind of request.
    case notByRequest(String)
    case noLimit
    /// The limit is no number with the figure's unit; with examples.
    case limit(String, examples: String)
    /// A per cent that is no number.
    case change(String)
    /// A rate of at most one request a second, which is meant as a share: k6's `rate>0.95`.
    case shareAsRate(String)
    /// A share of more than all: `failed_share < 5` is never false.
    case shareAboveAll(String)
    /// A change from another run, where there is only one.
    case noBase(String)
}

extension ConditionError: CustomStringConvertible {
    /// What is wrong, and what would be right.
    package var description: String {
        switch self {
        case .noRelation: "no relation; write 'client.response_time.p99 < 25ms' with < <= > >= == or !="
        case .noFigure: "no metric before the relation; 'highwater metrics' lists them"
        case .noPhase: "no phase before the colon; write 'steady: client.response_time.p99 < 25ms', or leave the colon out"
        case .phaseTwice: "the phase is named twice; leave it out of the condition itself"
        case .unknownMetric(let name, let nearest):
            "unknown metric '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "; 'highwater metrics' lists them")
        case .unknownAggregate(let word, let metric, let possible):
            possible.isEmpty
                ? "'\(metric)' is one number, and has no '.\(word)'"
                : "'\(metric)' has no '.\(word)'; it has \(possible.map { "." + $0 }.joined(separator: " "))"
        case .missingAggregate(let metric, let possible):
            "'\(metric)' has many values; say which: \(possible.map { "." + $0 }.joined(separator: " "))"
        case .notByRequest(let metric):
            "'\(metric)' is not counted by request; there are \(RunFigure.namesByRequest.map { String($0.dropFirst("client.".count)) }.joined(separator: ", "))"
        case .noLimit: "no limit after the relation"
        case .limit(let text, let examples): "'\(text.quotable)' is not a value of this metric; write \(examples)"
        case .change(let text): "'\(text.quotable)' is not a change; write +10% or -5%"
        case .shareAsRate(let limit):
            "'rate' is requests a second, and \(limit) of them is hardly meant; for a share of the requests write "
                + "'client.requests.failed_share < 5%', for a rate \(limit)/s"
        case .shareAboveAll(let limit): "'\(limit)' is more than all of them: a share is 0 to 1; write 0.05 or 5%"
        case .noBase(let text): "'\(text.quotable)' is a change, and a threshold has no other run to compare with; write a value, as in '< 25ms'"
        }
    }
}
