internal import Measurements
internal import Recording

extension Summary {
    /// Each bug that was found, as it was the first time: harmful ones before those that are latent, and else in the order
    /// in which they came.
    var distinctFindings: [BrokenWrite] { findings.harmfulFirst }

    /// The same as a recording has them, each with how often it was found.
    var findingsJSON: JSON {
        .array(distinctFindings.map { finding in
            var json = finding.json
            json.set(.number(Double(finding.count)), atPath: "count")
            return json
        })
    }

    /// Times that a promise was broken, as the probe counts them. Beyond its room for bugs it counts on.
    var findingCount: UInt64 { max(last.watch?.findings ?? 0, findings.reduce(0) { $0 &+ $1.count }) }

    /// The process that is meant where the run lost one.
    var lostProcess: String { last.watch == nil ? "the worker process" : "the server" }

    fileprivate func bytes(_ count: UInt64) -> String { Figure.bytes(Double(count)) }

    /// Of memory that grew; nil: it did not, or by too few requests to say.
    fileprivate var growthPerRequest: String? {
        guard let range = range(of: "watch.memory.resident"), range.last > 1.1 * range.first, (last.client?.requests.done ?? 0) >= 1_000,
            let growth = derived("watch.memory.growth_per_request"), growth >= 1
        else { return nil }
        return "\(Figure.bytes(growth)) more for each request"
    }

    /// Why it is not known whether memory goes on to grow, and what would tell it.
    var memoryDoubt: String {
        guard gauges.memory.isUneven, let range = range(of: "watch.memory.resident") else {
            return "the load was too short to tell; \(MemoryTrends.demandText)"
        }
        return "memory grew from \(Figure.bytes(range.first)) to \(Figure.bytes(range.last)) in steps, as that of a healthy program may as well: "
            + "not judged; \(MemoryTrends.moreText)" + (runsNode ? ", for Node with --max-semi-space-size=4" : "")
    }

    private var runsNode: Bool { request.program?.split(separator: "/").last.map { ["node", "nodejs"].contains($0) } ?? false }

    /// "memory 54.0MiB at first, 64.2MiB at the end, 66.0MiB at most": whether it leaks is seen from the first two.
    /// nil: no sample had it.
    fileprivate func growth(of name: String, _ noun: String) -> String? {
        guard let range = range(of: name) else { return nil }
        let first = Figure.bytes(range.first), last = Figure.bytes(range.last), most = Figure.bytes(range.highest)
        // A process that has ended has none.
        guard range.last > 0 || range.first == 0 else { return "\(noun) \(first) at first, \(most) at most" }
        return first == last && last == most ? "\(noun) \(most)" : "\(noun) \(first) at first, \(last) at the end" + (range.last < range.first ? " (it shrank)" : "") + (last == most ? "" : ", \(most) at most")
    }
}

/// Figures of a watched server as far as a sample saw them: 0 of what none saw would be wrong.
private struct SeenFigures {
    let summary: Summary

    /// "3 connections at most"; nothing where no sample saw any.
    ///
    /// - Parameter noun: of one; nil: the number alone.
    func atMost(_ gauge: String, _ noun: String? = nil, _ words: String = "at most") -> [String] {
        guard let most = summary.maximum(of: gauge), most > 0 else { return [] }
        return [(noun.map { Figure.counted(most, $0) } ?? JSON.number(most).text) + " " + words]
    }

    /// "20.0MiB at most", of a gauge that holds the most since the start. Where the warm-up had more: as samples saw it.
    func most(of name: String, _ text: (Double) -> String) -> [String] {
        summary.number(name).map { ["\(text($0)) at most" + (summary.gauges.limit(of: name) == nil ? "" : " at samples")] } ?? []
    }

    /// "oldest 12.0ms"; nothing where no write is known to have waited.
    var oldestWait: [String] {
        let name = summary.last.knows(.writeCounts) ? "watch.writes.longest_wait" : "server.writes.oldest_age"
        guard summary.last.knows(.writeCounts) || summary.last.knows(.pendingAges), let seconds = summary.maximum(of: name), seconds > 0 else { return [] }
        let isSampled = name == "server.writes.oldest_age" || summary.gauges.limit(of: name) != nil
        return ["oldest \(Figure.time(nanoseconds: Metric.nanoseconds(seconds)))" + (isSampled ? " at samples" : "")]
    }
}

extension SummarySection {
    /// A server that is watched: what its source can know.
    static let watched = SummarySection { summary, page in
        guard let watch = summary.last.watch, let server = summary.last.server else { return }
        let seen = SeenFigures(summary: summary)
        page.row(
            "server",
            (summary.last.knows(.openConnections) ? seen.atMost("server.connections.open", "connection") : [])
                + (summary.last.knows(.acceptances) ? ["\(server.connectionCounts.accepted) accepted"] : [])
                + (summary.last.knows(.requests) ? [Figure.counted(server.requests.completed, "request")] : [])
                + (summary.last.knows(.traffic) ? ["\(summary.bytes(server.receivedBytes)) received", "\(summary.bytes(server.sentBytes)) sent"] : [])
                + (summary.last.knows(.handshakes) && (server.tls.isUsed || page.isVerbose)
                    ? [Figure.counted(server.tls.handshakes, "TLS handshake"), "\(server.tls.resumedHandshakes) resumed"] : []))
        page.row(
            "pending writes",
            (summary.last.knows(.pendingBytes) ? seen.most(of: "server.writes.pending_bytes_high_water") { Figure.bytes($0) } : [])
                + seen.oldestWait
                + (summary.last.knows(.writeCounts) ? ["\(server.writes.direct) direct", "\(server.writes.queued) queued", "\(watch.cutWrites) cut short"] : []))
        // Without a connection in any sample the kernel told nothing.
        if summary.last.knows(.kernel), summary.maximum(of: "server.connections.open") ?? 0 > 0 {
            page.row("kernel", [
                "\(Figure.bytes(summary.maximum(of: "watch.kernel.queued_bytes") ?? 0)) written and not acknowledged at most"
            ] + seen.atMost("watch.kernel.window_limited", "connection", "held up by a client's window at most") + (summary.maximum(of: "watch.kernel.round_trip").map { ["round trip up to \(Figure.time(nanoseconds: Metric.nanoseconds($0)))"] } ?? []))
        }
        if summary.last.knows(.loopDetails) {
            page.row(
                "event loops",
                seen.atMost("server.loop.count") + [Figure.counted(watch.turns, "turn")]
                    + [TurnOfRun(summary)?.text, summary.gauges.longTurns.text].compactMap(\.self)
                    + seen.atMost("watch.loop.ready_most", "descriptor", "ready at once"))
        }
        page.row(
            "processes",
            (summary.last.knows(.processDetails) ? seen.atMost("watch.processes") : [])
                + (summary.derived("watch.utilization").map { ["\(Figure.percent($0)) of a core"] } ?? [])
                + [summary.growth(of: "watch.memory.resident", "memory"), summary.growthPerRequest, summary.growth(of: "watch.heap.live_bytes", "heap")].compactMap(\.self))
        if summary.last.knows(.findings) {
            let checks = (watch.auditChecks > 0 ? ["\(Figure.counted(watch.auditChecks, "look")) at pending writes"] : [])
                + (watch.continuityChecks == 0 ? []
                    : [watch.auditChecks > 0 ? "\(watch.continuityChecks) at the rest of those cut short"
                        : "\(Figure.counted(watch.continuityChecks, "look")) at the rest of writes cut short"])
            let none = server.writes.direct &+ server.writes.queued == 0 ? "none: no write was seen" : server.writes.queued == 0 ? "none: no write had to wait" : "none"
            page.row("checks", (checks.isEmpty ? [none] : checks)
                + (checks.isEmpty && summary.findingCount == 0 ? [] : [Figure.counted(summary.findingCount, "finding")]))
        }
    }

    /// That memory grew to the end: a leak that the user did not look for.
    static let memoryGrowth = SummarySection { summary, page in
        guard let (noun, growth) = summary.gauges.memory.growth else {
            guard summary.gauges.memory.bytesPerRequest == nil, summary.growthPerRequest != nil else { return }
            return page.row("growing memory", ["not known whether it goes on: \(summary.memoryDoubt)"])
        }
        page.row("growing memory", [
            "\(noun) grew evenly by \(Figure.bytes(growth.bytesPerRequest)) a request, \(Figure.bytes(growth.bytes)) in "
                + "\(Figure.time(nanoseconds: Metric.nanoseconds(growth.end - growth.start))), and still at the end of the load: "
                + "a leak, or a cache without a limit",
        ])
    }

    /// How to try more, where little was tried: last, so that the command can be pasted.
    static let advice = SummarySection { summary, page in
        guard let advice = WaitingAdvice(summary: summary).advice else { return }
        page.line("")
        page.row("to try more", [advice.text])
        if let command = advice.command { page.line("  " + command) }
    }

    /// How to name the instruction that changes the bytes of a write, which a look at them later cannot.
    static let trapAdvice = SummarySection { summary, page in
        let changes = summary.findings.filter { $0.kind == .bytesChanged && !$0.isLatent }
        guard !changes.isEmpty, !summary.request.traps else { return }
        let isScenario = summary.request.name != nil
        let words = (isScenario ? "'trap: true' under the scenario's 'server'" : "--trap") + " names the instruction that changes the bytes"
        page.line("")
        guard changes.contains(where: canBeTrapped) else { return page.row("to see more", [words + ", where pages of memory lie wholly within them: ask for answers of 16 KiB or more"]) }
        let command = isScenario ? nil : summary.circumstances.command?.line(setting: [.trap])
        page.row("to see more", [words + (command == nil ? "" : ":")])
        if let command { page.line("  " + command) }
    }

    /// A recording of before knows the size of the write alone: of 8191 bytes a page lies wholly within, wherever they begin.
    private static func canBeTrapped(_ change: BrokenWrite) -> Bool { change.trap.map { $0 == .possible } ?? (change.byteCount >= 2 * 4_096 - 1) }

    /// Each bug once, with both places.
    static let findings = SummarySection { summary, page in
        let findings = summary.distinctFindings
        for (index, finding) in findings.enumerated() {
            page.line("")
            let number = finding.number.map { "finding \($0): " } ?? ""
            let times = "found \(Figure.times(finding.count))"
            page.line("\(number)\(times), \(finding.isLatent ? "latent" : "harmful")" + (finding.count == 1 ? "" : "; the first time"))
            if let other = findings.prefix(index).first(where: { $0.isProbablySameBug(as: finding) }) {
                page.line("  probably the bug of " + (other.number.map { "finding \($0)" } ?? "a finding above") + ": both write the same memory")
            }
            for line in finding.lines(isVerbose: page.isVerbose) { page.line("  " + line) }
        }
    }
}
