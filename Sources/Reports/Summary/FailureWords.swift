internal import Measurements

/// A failure in words: with what the run as a whole says of it.
struct FailureWords {
    let summary: Summary

    /// Reason, kinds of request, and the first of them.
    func text(of failure: FailureCount) -> String {
        let kinds = FailingKinds(failure: failure, requests: summary.requests).text
        var clauses = kinds.map { [$0] } ?? []
        if failure.afterAnswers > 0 {
            let count = failure.afterAnswers >= failure.count ? "" : "\(failure.afterAnswers) of them "
            // An end of the connection's own would meet all kinds of request.
            let explanation = kinds == nil && summary.deathText == nil ? ", which the server may end after a time or a number of requests" : ""
            clauses.append("\(count)behind answers to others on the connection\(explanation)")
        }
        var advised = failure
        if let advice = adviceOnTLS(failure) { advised.reason += "; \(advice)" }
        return advised.text(clauses)
    }

    /// A server that speaks TLS ends connections in the clear without a word: advice where no byte has come from this server.
    func adviceOnTLS(_ failure: FailureCount) -> String? {
        let received = summary.lastWhole?.client?.receivedBytes ?? 0
        guard failure.isSilentEnd, received == 0, summary.deathText == nil, let target = summary.request.load?.target, target.contains("http://"), !target.contains("https://") else { return nil }
        return "if the server speaks TLS on this port, write https://"
    }
}
