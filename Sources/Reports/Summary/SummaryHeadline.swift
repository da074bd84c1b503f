internal import Measurements

/// The first line of a summary: a word, and what stands behind it for a run that has not failed.
struct SummaryHeadline {
    let summary: Summary

    /// A run with failed requests, or in which the server broke the protocol, has not failed by itself, and is not plainly ok.
    /// Requests that were left early on purpose say nothing of the server.
    var word: String {
        guard summary.result.isOK, let client = summary.last.client, client.requests.done > 0 else { return summary.result.word }
        let isFaulty = client.ownFailures > 0 || client.connectionCounts.broken > 0
        return isFaulty ? SummaryHeadline.notAllOK : summary.result.word
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
        if requests.failed > 0, client.ownFailures == 0 {
            let rest = requests.done - requests.failed, left = "\(Figure.counted(requests.failed, "was", "were")) left early on purpose"
            return (rest == 0 ? "no request was to succeed: \(left)" : "\(rest == 1 ? "the other request" : "all \(rest) other requests") succeeded: \(left)") + (broken.isEmpty ? "" : "; \(broken)") + pauses + growth + doubt
        }
        guard requests.failed == 0 else {
            return "\(SummaryHeadline.failures(Double(requests.failed), of: Double(requests.done))); \(toleration(SummaryHeadline.failureMetrics, "them"))"
                + (broken.isEmpty ? "" : "; \(broken)") + pauses + growth
        }
        let other = client.statuses.redirection + client.statuses.clientError + client.statuses.serverError
        let all = (requests.done == 1 ? "the request succeeded" : "all \(requests.done) requests succeeded") + shortfall
        return all + (other > 0 ? ", of which \(Figure.counted(other, "was", "were")) not answered 2xx" : "")
            + (broken.isEmpty ? "" : ", but \(broken); \(toleration(["client.connections.broken"], "that"))") + pauses + growth + doubt
    }

    /// Of a load that was sent as far as the server let it. Empty where that was most of it.
    private var shortfall: String {
        guard summary.request.load?.isOpen == true, let requests = summary.last.client?.requests,
            Double(requests.done) < SummaryHeadline.mostShare * Double(requests.scheduled)
        else { return "" }
        return ", of \(requests.scheduled) that were due"
    }

    private static let mostShare = 0.9

    /// Bytes that no request asked for are no failed request.
    private var broken: String {
        let count = summary.last.client?.connectionCounts.broken ?? 0
        return count == 0 ? "" : SummaryHeadline.broken(count)
    }

    /// "the server broke the protocol on 2 connections", "... on 40 of 41 connections"
    ///
    /// - Parameter all: connections, where that many are told; those that broke are all of them where there are no more.
    static func broken(_ connections: UInt64, of all: UInt64 = 0) -> String {
        "the server broke the protocol on " + (all > connections ? "\(connections) of " : "") + Figure.counted(max(all, connections), "connection")
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
        guard let turn = TurnOfRun(summary), turn.isPause else { return "" }
        let isUnused = summary.request.load == nil && summary.maximum(of: "server.connections.open") ?? 0 == 0
        return "; its event loop \(isUnused ? "was held up" : "served no connection") for \(Figure.time(nanoseconds: turn.nanoseconds))\(summary.gauges.longTurns.rhythm) (event loops)"
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

    /// Why failures of which these metrics tell do not make the run a failure.
    private func toleration(_ metrics: [String], _ failures: String) -> String {
        let isLimited = summary.thresholds(on: metrics).contains(where: \.isJudged)
        return isLimited ? "as many as the thresholds allow" : "no threshold limits \(failures), so the exit code is 0"
    }
}
