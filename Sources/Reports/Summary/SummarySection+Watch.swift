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

    /// "memory 54.0MiB at first, 64.2MiB at the end, 66.0MiB at most": whether it leaks is seen from the first two.
    /// nil: no sample had it.
    fileprivate func growth(of name: String, _ noun: String) -> String? {
        guard let range = range(of: name) else { return nil }
        let first = Figure.bytes(range.first), last = Figure.bytes(range.last), most = Figure.bytes(range.highest)
        return first == last && last == most ? "\(noun) \(most)" : "\(noun) \(first) at first, \(last) at the end" + (last == most ? "" : ", \(most) at most")
    }

    fileprivate func time(_ name: String) -> String { Figure.time(nanoseconds: Metric.nanoseconds(maximum(of: name) ?? 0)) }
}

extension SummarySection {
    /// A server that is watched: what its source can know.
    static let watched = SummarySection { summary, page in
        guard let watch = summary.last.watch, let server = summary.last.server else { return }
        page.row(
            "server",
            (summary.last.knows(.openConnections) ? ["\(JSON.number(summary.maximum(of: "server.connections.open") ?? 0).text) connections at most"] : [])
                + (summary.last.knows(.acceptances) ? ["\(server.connectionCounts.accepted) accepted"] : [])
                + (summary.last.knows(.requests) ? ["\(server.requests.completed) requests"] : [])
                + (summary.last.knows(.traffic) ? ["\(summary.bytes(server.receivedBytes)) received", "\(summary.bytes(server.sentBytes)) sent"] : [])
                + (summary.last.knows(.handshakes) && (server.tls.isUsed || page.isVerbose)
                    ? ["\(server.tls.handshakes) TLS handshakes", "\(server.tls.resumedHandshakes) resumed"] : []))
        page.row(
            "pending writes",
            (summary.last.knows(.pendingBytes) ? ["\(Figure.bytes(summary.maximum(of: "server.writes.pending_bytes_high_water") ?? 0)) at most"] : [])
                + (summary.last.knows(.writeCounts)
                    ? ["oldest \(Figure.time(nanoseconds: watch.longestWaitNanoseconds))"]
                    : summary.last.knows(.pendingAges) ? ["oldest \(summary.time("server.writes.oldest_age")) at samples"] : [])
                + (summary.last.knows(.writeCounts) ? ["\(server.writes.direct) direct", "\(server.writes.queued) queued", "\(watch.cutWrites) cut short"] : []))
        if summary.last.knows(.kernel) {
            page.row("kernel", [
                "\(Figure.bytes(summary.maximum(of: "watch.kernel.queued_bytes") ?? 0)) not acknowledged at most",
                "\(JSON.number(summary.maximum(of: "watch.kernel.window_limited") ?? 0).text) held by the peer's window at most",
                "round trip up to \(summary.time("watch.kernel.round_trip"))",
            ])
        }
        if summary.last.knows(.loopDetails) {
            page.row("event loops", [
                "\(JSON.number(summary.maximum(of: "server.loop.count") ?? 0).text) at most", "\(watch.turns) turns",
                "longest \(Figure.time(nanoseconds: watch.longestTurnNanoseconds))", "\(watch.readySocketsMost) descriptors ready at once at most (connections, and the loop's own: listening sockets, timers, wake-ups)",
            ])
        }
        page.row(
            "processes",
            (summary.last.knows(.processDetails) ? ["\(JSON.number(summary.maximum(of: "watch.processes") ?? 0).text) at most"] : [])
                + (summary.derived("watch.utilization").map { ["\(Figure.percent($0)) of a core"] } ?? [])
                + [summary.growth(of: "watch.memory.resident", "memory"), summary.growth(of: "watch.heap.live_bytes", "heap")].compactMap(\.self))
        if summary.last.knows(.findings) {
            page.row("checks", [
                "\(Figure.counted(watch.auditChecks, "look")) at pending writes", "\(watch.continuityChecks) at what follows a cut one",
                Figure.counted(summary.findingCount, "finding"),
            ])
        }
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
        let sizes = summary.findings.filter { $0.kind == .bytesChanged && !$0.isLatent }.map(\.byteCount)
        guard let most = sizes.max(), !summary.request.traps else { return }
        let isScenario = summary.request.load?.phases.isEmpty == false
        let words = (isScenario ? "'trap: true' under the scenario's 'server'" : "--trap") + " names the instruction that changes the bytes"
        page.line("")
        guard most >= trappedByteCount else { return page.row("to see more", [words + ", where pages of memory lie wholly within them: ask for answers of 16 KiB or more"]) }
        let command = isScenario ? nil : summary.circumstances.command?.line(setting: [.trap])
        page.row("to see more", [words + (command == nil ? "" : ":")])
        if let command { page.line("  " + command) }
    }

    /// Bytes of which a page lies wholly within, wherever they begin.
    private static let trappedByteCount: UInt64 = 2 * 4_096 - 1

    /// Each bug once, with both places.
    static let findings = SummarySection { summary, page in
        for finding in summary.distinctFindings {
            page.line("")
            let number = finding.number.map { "finding \($0): " } ?? ""
            let times = finding.count == 1 ? "found once" : "found \(finding.count) times"
            page.line("\(number)\(times), \(finding.isLatent ? "latent" : "harmful")" + (finding.count == 1 ? "" : "; the first time"))
            for line in finding.lines(isVerbose: page.isVerbose) { page.line("  " + line) }
        }
    }
}
