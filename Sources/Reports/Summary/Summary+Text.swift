internal import Measurements

extension Summary {
    /// For people, 80 columns wide, in the tradition of h2load and oha.
    package var text: String {
        var page = SummaryPage()
        if outcome.isDeath { page.lines.append("outcome: \(lostProcess) \(outcome.text)") }
        if last.client != nil { writeClient(to: &page) }
        if let watch = last.watch, let server = last.server { writeWatched(server, watch, to: &page) }
        else if let server = last.server { writeServer(server, to: &page) }
        if last.client == nil && last.server == nil { page.lines.append("nothing was measured") }
        writeCosts(to: &page)
        writeFindings(to: &page)
        writeThresholds(to: &page)
        if request.load != nil { writeVerdict(to: &page) }
        return page.lines.joined(separator: "\n") + "\n"
    }

    /// Wrong answers that the text shows; the recording has those of each loop.
    private static let shownViolationLimit = 8

    var durationText: String { Figure.fixed(loadSeconds ?? 0, decimals: 2) + "s" }

    private func writeClient(to page: inout SummaryPage) {
        guard let client = last.client else { return }
        let rate = derived("client.requests.rate") ?? 0
        let byteRate = derived("client.bytes.received_rate") ?? 0
        page.lines.append("finished in \(durationText), \(Figure.fixed(rate, decimals: 2)) req/s, \(Figure.bytes(byteRate))/s")
        if let load = request.load {
            let kind = load.phases.isEmpty
                ? load.rate.map { "open, \(JSON.number($0).text) req/s asked" } ?? "closed" : "\(load.phases.count) phases"
            page.write("load", [kind, "\(load.connections) connections x \(load.streams) streams", "to \(request.address)"])
        }
        writeWarmup(to: &page)
        if let items = endOfLoad?.client?.cutOffItems { page.write("server gone", items) }
        let total = derived("client.requests.total") ?? 0
        page.write(
            "requests",
            [
                "\(JSON.number(total).text) total", "\(client.requests.started) started", "\(client.requests.done) done",
                "\(client.requests.succeeded) succeeded", "\(client.requests.failed) failed",
                "\(client.requests.errored) errored", "\(client.requests.timedOut) timeout",
            ])
        if client.requests.retried > 0 || client.circuits.openings > 0 {
            page.write("policies", ["\(client.requests.retried) retried", "circuit breakers opened \(client.circuits.openings == 1 ? "once" : "\(client.circuits.openings) times")"])
        }
        page.write("status codes", client.statuses.items)
        page.write("errors", client.errors.items)
        for row in client.failureRows { page.write(row.label, row.items) }
        writeExpectations(client.expectations, to: &page)
        writeBodies(client.bodies, to: &page)
        page.write("traffic", client.trafficItems)
        page.write(
            "connections",
            [
                "\(client.connectionCounts.opened) opened", "\(client.connectionCounts.failed) failed",
                "\(client.connectionCounts.reconnects) reconnects", "\(client.connectionCounts.openHighWater) open at most",
            ] + (client.connectionCounts.renewed > 0 ? ["\(client.connectionCounts.renewed) renewed"] : []))
        if client.tls.isUsed { page.write("TLS", client.tls.items) }
        page.lines.append("")
        writeLatencies(to: &page)
        writePhases(to: &page)
        page.lines.append("")
        if client.caches.sessions.lookups > 0 { page.write("TLS sessions", items(of: client.caches.sessions, "client.cache.tls")) }
        page.write("string cache", items(of: client.caches.strings, "client.cache.strings"))
        page.write("buffer cache", items(of: client.caches.buffers, "client.cache.buffers"))
    }

    private func writeExpectations(_ counts: ExpectationCounts, to page: inout SummaryPage) {
        guard counts.checked > 0 else { return }
        page.write(
            "expected",
            ["\(counts.checked - counts.unexpected) of \(counts.checked) answers"]
                + (counts.unexpected == 0
                    ? []
                    : [
                        "\(counts.status) of another status", "\(counts.header) of other headers", "\(counts.length) of another length",
                        "\(counts.checksum) of another checksum",
                    ]))
    }

    /// The warm-up, and its requests that are counted nevertheless: without them the totals do not add up.
    private func writeWarmup(to page: inout SummaryPage) {
        guard startNanoseconds > 0 else { return }
        page.write(
            "warm-up",
            ["\(Figure.fixed(Metric.seconds(startNanoseconds), decimals: 2))s before that, left out"]
                + (carriedRequests > 0 ? ["\(carriedRequests) request\(carriedRequests == 1 ? "" : "s") begun in it and done since"] : [])
                + (lateRequests > 0 ? ["\(lateRequests) due in it and started since"] : []))
    }

    /// `4000 completed (1 begun in the warm-up)`
    private func completedText(_ count: UInt64, carried: UInt64) -> String {
        "\(count) completed" + (carried > 0 ? " (\(carried) begun in the warm-up)" : "")
    }

    private func writeBodies(_ counts: BodyCheckCounts, to page: inout SummaryPage) {
        guard counts.checked > 0 else { return }
        page.write(
            "bodies",
            [
                "\(counts.checked) checked", "\(counts.corrupted) corrupted", "\(counts.swapped) swapped",
                "\(counts.truncated) truncated", "\(counts.wrongLength) of wrong length", "\(counts.wrongStatus) of wrong status",
            ])
        for violation in bodyViolations.prefix(Summary.shownViolationLimit) { page.write("  wrong", violation.items) }
    }

    private func items(of cache: CacheSample, _ name: String) -> [String] {
        guard let hitRate = cache.hitRate else { return ["not used"] }
        return [
            "\(Figure.percent(hitRate)) hits", "\(cache.lookups) look-ups",
            "\(maximumText("\(name).entries")) entries", "\(Figure.bytes(maximum(of: "\(name).bytes") ?? 0)) at most",
            "\(cache.evictions) evictions",
        ] + (cache.waitedNanoseconds > 0 ? ["waited \(Figure.time(nanoseconds: cache.waitedNanoseconds)) for the lock"] : [])
    }

    private func writeLatencies(to page: inout SummaryPage) {
        let heads = ["min"] + LatencyHistogram.percentiles.map { $0.name.replacing("_", with: ".") } + ["max"]
        page.lines.append(SummaryPage.row("latency", heads))
        for (name, histogram) in [("service", serviceTime), ("response", responseTime), ("sent late", scheduleDelay)] {
            let values = [histogram.lowestNanoseconds]
                + histogram.valuesAtPercentiles(LatencyHistogram.percentiles.map(\.percent))
                + [histogram.highestRecordedNanoseconds]
            page.lines.append(SummaryPage.row(name, values.map { $0.map(Figure.time(nanoseconds:)) ?? "-" }))
        }
        if let text = last.client?.unansweredText { page.lines.append(text) }
        if let resolution = coarseResolutionNanoseconds {
            page.write("resolution", ["response times are no finer than \(Figure.time(nanoseconds: resolution))", "for requests were sent so late"])
        }
    }

    private func writeServer(_ server: ServerSample, to page: inout SummaryPage) {
        if last.client == nil {
            let rate = derived("server.requests.rate") ?? 0
            let byteRate = derived("server.bytes.sent_rate") ?? 0
            page.lines.append(
                "served \(request.address) for \(durationText), \(Figure.fixed(rate, decimals: 2)) req/s, \(Figure.bytes(byteRate))/s")
            page.write("status codes", server.statuses.items)
        }
        page.write(
            "server",
            [
                "\(server.requests.started) requests started", completedText(server.requests.completed, carried: carriedServerRequests),
                "\(server.connectionCounts.accepted) connections accepted", "\(server.connectionCounts.refused) refused",
                "\(server.protocolErrors) protocol errors", "\(server.timeouts) timeouts",
            ])
        if last.client == nil, server.tls.isUsed { page.write("TLS", server.tls.items) }
        page.write(
            "pending writes",
            [
                "\(Figure.bytes(Double(server.writes.pendingBytesHighWater))) at most",
                "\(server.writes.pending) left", "\(server.writes.direct) direct", "\(server.writes.queued) queued",
                "\(server.readPauses) read pauses",
            ])
        let arena = server.arena
        page.write(
            "arena",
            [
                "\(Figure.bytes(Double(arena.reservedBytesHighWater))) reserved at most",
                "\(arena.inUseHighWater) in use at most", "\(arena.inUse) left",
                "\(Figure.bytes(Double(arena.exchangeBytesHighWater))) for one exchange at most",
                "\(arena.taken) taken" + (arena.taken == 0 ? "" : " (\(Figure.percent(Double(arena.reused) / Double(arena.taken))) warm)"),
            ])
    }

    private func writeCosts(to page: inout SummaryPage) {
        var items: [String] = []
        if let share = derived("client.loop.utilization") { items.append("clients \(Figure.percent(share)) of a core a loop") }
        if let share = derived("server.loop.utilization") { items.append("server \(Figure.percent(share))") }
        items.append("memory \(Figure.bytes(maximum(of: "process.memory.resident") ?? 0)) at most")
        page.write("cost", items)
    }

    private func writeVerdict(to page: inout SummaryPage) {
        let verdict = verdict
        page.lines.append("")
        var items: [String] = [verdict.isTrustworthy ? "yes" : "no"]
        if request.load?.isOpen != true {
            items.append("closed load: its rate is what the answers allowed")
        } else {
            items.append("\(last.client?.requests.scheduled ?? 0) asked")
        }
        items.append("\(last.client?.requests.started ?? 0) fired")
        items.append(completedText(last.client?.requests.answered ?? 0, carried: carriedRequests))
        items.append("\(JSON.number(derived("client.requests.dropped") ?? 0).text) dropped")
        page.write("trustworthy", items)
        for reason in verdict.reasons { page.write("  because", [reason]) }
    }

    private func writePhases(to page: inout SummaryPage) {
        guard !phases.isEmpty else { return }
        page.lines.append("")
        page.lines.append(SummaryPage.row("phase", ["req/s", "asked", "failed", "p50", "p99", "p99.9", "max"]))
        for phase in phases {
            let run = phase.summary
            let times = run.responseTime.valuesAtPercentiles([50, 99, 99.9]) + [run.responseTime.highestRecordedNanoseconds]
            let cells = [
                Figure.fixed(run.derived("client.requests.rate") ?? 0, decimals: 0),
                run.derived("client.requests.asked_rate").map { Figure.fixed($0, decimals: 0) } ?? "-",
                JSON.number(run.number("client.requests.failed") ?? 0).text,
            ]
            page.lines.append(SummaryPage.row(String(phase.name.prefix(10)), cells + times.map { $0.map(Figure.time(nanoseconds:)) ?? "-" }))
        }
    }

    private func writeThresholds(to page: inout SummaryPage) {
        guard !thresholds.isEmpty else { return }
        let passed = thresholds.filter(\.hasPassed).count
        let isPartial = thresholds.contains(where: \.isPartial)
        page.lines.append("")
        page.write("thresholds", ["\(passed) of \(thresholds.count) passed" + (isPartial ? " (partial: the run was cut short)" : "")])
        for result in thresholds {
            let text = result.threshold.namedText + ":"
            let mark = result.hasPassed ? "  passed  " : "  FAILED  "
            // The value on a line of its own when it does not fit.
            if mark.count + text.count + 1 + result.valueText.count <= SummaryPage.width {
                page.lines.append(mark + text + " " + result.valueText)
            } else {
                page.lines.append(mark + text)
                page.lines.append("          " + result.valueText)
            }
        }
    }

    private func maximumText(_ name: String) -> String { JSON.number(maximum(of: name) ?? 0).text }
}

extension StatusCounts {
    fileprivate var items: [String] {
        (informational > 0 ? ["\(informational) 1xx"] : [])
            + ["\(success) 2xx", "\(redirection) 3xx", "\(clientError) 4xx", "\(serverError) 5xx"]
    }
}

extension RequestErrorCounts {
    fileprivate var items: [String] {
        let named: [(UInt64, String)] = [
            (connect, "not connected"), (closed, "connection closed"), (reset, "stream reset"), (goaway, "GOAWAY"),
            (timeout, "timeout"), (protocolError, "protocol error"), (abandoned, "closed early"),
            (circuit, "circuit open"), (aborted, "aborted at the end"),
        ]
        let items = named.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return items.isEmpty ? ["none"] : items
    }
}

extension TLSSample {
    fileprivate var isUsed: Bool { handshakes + failedHandshakes > 0 }

    fileprivate var items: [String] {
        let causes: [(UInt64, String)] = [
            (failures.expired, "certificate expired"), (failures.selfSigned, "self-signed"),
            (failures.unknownAuthority, "authority not trusted"), (failures.wrongName, "for another name"),
            (failures.noCommonProtocol, "no common protocol"), (failures.notTLS, "not TLS"),
            (failures.peer, "ended by the peer"), (failures.timeout, "timeout"), (failures.other, "for other reasons"),
        ]
        return ["\(handshakes) handshakes", "\(resumedHandshakes) resumed", "\(failedHandshakes) failed"]
            + causes.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    }
}

extension ClientSample {
    fileprivate var trafficItems: [String] {
        var headers = "\(Figure.bytes(Double(responseBytes.header))) headers"
        if responseBytes.header > 0 && responseBytes.decodedHeader > responseBytes.header {
            headers += " (\(Figure.percent(1 - Double(responseBytes.header) / Double(responseBytes.decodedHeader))) saved)"
        }
        return [
            "\(Figure.bytes(Double(receivedBytes))) received", headers,
            "\(Figure.bytes(Double(responseBytes.body))) bodies", "\(Figure.bytes(Double(sentBytes))) sent",
        ]
    }
}

extension ClientSample {
    /// The time without a server, in words; nil: there was none.
    fileprivate var cutOffItems: [String]? {
        cutOffNanoseconds == 0 ? nil : ["for \(Figure.time(nanoseconds: cutOffNanoseconds)) of that", "rates are of the rest"]
    }

    /// Failures by reason, the most frequent first, and requests that were sent again instead.
    fileprivate var failureRows: [(label: String, items: [String])] {
        failures.sorted { $0.count > $1.count }.map { ("  \($0.count)", [$0.text]) }
            + (requests.resent == 0
                ? [] : [("sent again", ["\(requests.resent)", "on another connection", "for the server had not looked at them"])])
    }

    /// Requests that are in the latencies though nothing answered them; nil: there are none.
    fileprivate var unansweredText: String? {
        switch unansweredRequests {
        case 0: nil
        case 1: "1 request was never answered: it counts with the time it waited"
        case let count: "\(count) requests were never answered: they count with the time they waited"
        }
    }
}
