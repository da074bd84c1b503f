internal import Measurements

/// The first line of a summary: a word, and what stands behind it for a run that has not failed.
struct SummaryHeadline {
    let summary: Summary

    /// A run with failed requests has not failed by itself, and is not plainly ok. Requests that were left early on purpose
    /// say nothing of the server.
    var word: String {
        guard summary.result.isOK, let client = summary.last.client, client.requests.done > 0 else { return summary.result.word }
        return client.requests.failed > client.errors.abandoned ? SummaryHeadline.notAllOK : summary.result.word
    }

    /// The word for a run that has not failed, with requests that have.
    static let notAllOK = "not all ok"

    /// "15 of 1400 requests failed, 1.1%"
    static func failures(_ failed: Double, of done: Double) -> String {
        "\(JSON.number(failed).text) of \(Figure.counted(done, "request")) failed, \(Figure.percent(failed / done))"
    }

    /// Metrics whose limits say how many requests may fail.
    static let failureMetrics = ["client.requests.failed", "client.requests.failed_share", "client.requests.succeeded", "client.requests.succeeded_rate"]

    /// What went well.
    var achievement: String {
        guard let client = summary.last.client else {
            guard summary.last.server != nil else { return "nothing was measured" }
            return "\(summary.last.watch == nil ? "served" : "watched") \(summary.request.address) for \(summary.durationText)" + longTurn + growth
        }
        let requests = client.requests
        guard requests.done > 0 else { return "no request was done" }
        if requests.failed > 0, requests.failed == client.errors.abandoned {
            let rest = requests.done - requests.failed, left = "\(Figure.counted(requests.failed, "was", "were")) left early on purpose"
            return (rest == 0 ? "no request was to succeed: \(left)" : "\(rest == 1 ? "the other request" : "all \(rest) other requests") succeeded: \(left)") + pauses + growth + doubt
        }
        guard requests.failed == 0 else {
            return "\(SummaryHeadline.failures(Double(requests.failed), of: Double(requests.done))); \(toleration)" + pauses + growth
        }
        let broken = client.connectionCounts.broken
        let other = client.statuses.redirection + client.statuses.clientError + client.statuses.serverError
        let all = requests.done == 1 ? "the request succeeded" : "all \(requests.done) requests succeeded"
        return all + (other > 0 ? ", of which \(Figure.counted(other, "was", "were")) not answered 2xx" : "")
            + (broken > 0 ? ", but the server broke the protocol on \(Figure.counted(broken, "connection"))" : "") + pauses + growth + doubt
    }

    /// All is well, of what was tried.
    private var doubt: String { WaitingAdvice(summary: summary).doubt.map { "; \($0)" } ?? "" }

    /// A run is ok though its answers paused, and that is what its reader may look for.
    private var pauses: String {
        let count = RunGaps(summary: summary).count
        return count == 0 ? longTurn : "; answers paused \(Figure.times(count)) (gaps)"
    }

    /// The same seen from within the server, whether or not an answer was due.
    private var longTurn: String {
        guard summary.last.watch != nil, summary.last.knows(.loopDetails), let seconds = summary.number("watch.loop.longest_turn"),
            Metric.nanoseconds(seconds) >= AnswerGap.leastNanoseconds
        else { return "" }
        let period = summary.gauges.longTurns.period.map { ", about every \(Figure.time(nanoseconds: $0))" } ?? ""
        return "; its event loop served no connection for \(Figure.time(nanoseconds: Metric.nanoseconds(seconds)))\(period) (event loops)"
    }

    /// Memory of a server that is watched grew: no fault by itself, and what its reader may look for.
    private var growth: String {
        guard let range = summary.range(of: "watch.memory.resident"), range.first > 0,
            range.last >= SummaryHeadline.growthFactor * range.first, range.last - range.first >= SummaryHeadline.growthBytes
        else { return "" }
        return "; memory grew from \(Figure.bytes(range.first)) to \(Figure.bytes(range.last))"
    }

    private static let growthFactor = 1.5
    private static let growthBytes = 16.0 * 1_048_576

    /// Why failed requests do not make the run a failure.
    private var toleration: String {
        let isLimited = summary.thresholds.contains { $0.isJudged && SummaryHeadline.failureMetrics.contains($0.threshold.condition.figure.metric) }
        return isLimited ? "as many as the thresholds allow" : "no threshold limits them, so the exit code is 0"
    }
}
