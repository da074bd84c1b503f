internal import Load
internal import Measurements

// What was asked, how fast it went, and what became of the requests.
extension SummarySection {
    static let load = SummarySection { summary, page in
        guard let load = summary.request.load, let client = summary.last.client else { return }
        // Of the time under load: what comes after it is not of these seconds.
        let cutOff = summary.endOfLoad?.client?.cutOffNanoseconds ?? 0, reachable = (summary.loadSeconds ?? 0) - Metric.seconds(cutOff)
        let reachableText = Figure.fixed(max(0, reachable), decimals: 2) + "s"
        let answered = reachableText == summary.durationText ? "" : " (the server could be reached for \(reachableText) of it)"
        page.row("load", [
            load.target.isEmpty ? summary.request.address : load.target, load.kindText,
            Figure.counted(load.connections, "connection"), Figure.counted(load.streams, "request") + " at a time" + (load.connections == 1 ? "" : " each"),
            summary.durationText + answered,
        ])
        guard summary.startNanoseconds > 0 else { return }
        let carried = summary.carriedRequests, late = summary.lateRequests
        page.row(
            "warm-up",
            ["\(Figure.fixed(summary.warmupSeconds, decimals: 2))s before that, left out"]
                // Without them the totals do not add up.
                + (carried > 0 ? ["\(Figure.counted(carried, "request")) begun in it and done since"] : [])
                + (late > 0 ? ["\(late) due in it and started since"] : [])
                + (summary.warmupFailures > 0 ? ["\(Figure.counted(summary.warmupFailures, "request")) failed in it"] : []))
    }

    static let rate = SummarySection { summary, page in
        guard let client = summary.last.client else {
            guard summary.last.watch == nil, summary.last.server != nil else { return }
            return page.row("rate", summary.rates("server.requests.rate", "server.bytes.sent_rate", "sent"))
        }
        guard client.requests.answered > 0 || page.isVerbose else { return }
        let isCut = client.cutOffNanoseconds > 0
        let rates = summary.rates("client.requests.rate", "client.bytes.received_rate", "received")
        guard let succeeded = summary.derived("client.requests.succeeded_rate"), !rates.isEmpty else { return }
        page.row(
            "rate",
            rates + (client.requests.failed > 0 || page.isVerbose ? ["\(Figure.fixed(succeeded, decimals: 2)) succeeded/s"] : [])
                + (isCut ? ["while the server could be reached"] : []))
    }

    static let requests = SummarySection { summary, page in
        guard let client = summary.last.client else {
            if let statuses = summary.last.server?.statuses, summary.last.watch == nil { page.row("statuses", statuses.items(page)) }
            return
        }
        let requests = client.requests, total = summary.derived("client.requests.total") ?? 0
        page.row(
            "requests",
            ["\(requests.done)" + (Double(requests.done) < total ? " of \(JSON.number(total).text)" : "") + ": \(requests.succeeded) ok"]
                + ["\(requests.failed) failed" + client.endedEarlyText]
                + Summary.item(requests.retried, "retried (--retries)", page) + Summary.item(requests.resent, "sent again, since the server had not looked at them", one: "sent again, since the server had not looked at it", page)
                + Summary.item(client.circuits.openings, "openings of circuit breakers", one: "opening of a circuit breaker", page))
        if !summary.findings.isEmpty, requests.succeeded > 0, client.bodies.checked &+ client.expectations.checked == 0 {
            page.row("", ["ok says that an answer had its status and its length: what it held was not looked at"])
        }
        summary.writeFailures(of: client, to: &page)
        if requests.endedByClose > 0 {
            let answers = Figure.counted(requests.endedByClose, "answer ends", "answers end")
            page.row("", ["\(answers) with the connection, without a length: one that was cut short looks the same"])
        }
        // Those from 400 on are among the failures, unless a scenario expects them.
        let statuses = client.statuses
        if statuses.informational + statuses.redirection > 0 || requests.succeeded > statuses.success || page.isVerbose {
            // A recording of before has them by class alone.
            page.row("statuses", statuses.numbers.isEmpty ? statuses.items(page) : statuses.numbers.map { "\($0.count) x \($0.status)" })
        }
        // A recording from elsewhere may have any numbers.
        let expected = client.expectations, unexpected = min(expected.unexpected, expected.checked)
        if expected.checked > 0 { page.row("expected", ["\(expected.checked - unexpected) of \(Figure.counted(expected.checked, "answer"))"]) }
    }

    /// The first wrong answers, as evidence. Their counts are among the failures.
    static let wrongBodies = SummarySection { summary, page in
        guard let counts = summary.last.client?.bodies, counts.checked > 0 else { return }
        let kinds = BodyViolation.Kind.allCases.flatMap { Summary.item(counts[$0], $0.rawValue, page) }
        page.row("bodies", ["\(counts.checked) checked"] + (kinds.isEmpty ? ["all right"] : kinds))
        let told = summary.bodyViolations.filter { page.isVerbose || !$0.isErrorStatus }
        if counts.wrong == counts.checked {
            page.row("", ["no answer is right: does this server give predictable bodies? 'highwater manual predictable-bodies' tells how"])
        }
        for violation in told.prefix(page.isVerbose ? told.count : Summary.shownViolationLimit) { page.row("", [violation.sentence]) }
    }

    static let connections = SummarySection { summary, page in
        guard let client = summary.last.client else { return }
        let counts = client.connectionCounts
        page.row(
            "connections",
            ["\(counts.opened) opened", "\(counts.openHighWater) at once"] + Summary.item(counts.reconnects, "reconnects", one: "reconnect", page)
                + Summary.item(counts.renewed, "renewed", page) + Summary.item(counts.failed, "attempts to connect failed", one: "attempt to connect failed", page))
        for failure in client.failures.of(.connection).sorted(by: { $0.count > $1.count }) { page.count(failure.count, failure.text) }
        if client.tls.isUsed { page.row("TLS", client.tls.items(page)) }
    }

    static let traffic = SummarySection { summary, page in
        guard page.isVerbose, let client = summary.last.client else { return }
        var headers = "\(Figure.bytes(Double(client.responseBytes.header))) headers"
        if client.responseBytes.header > 0, client.responseBytes.decodedHeader > client.responseBytes.header {
            headers += " (\(Figure.percent(1 - Double(client.responseBytes.header) / Double(client.responseBytes.decodedHeader))) saved)"
        }
        page.row("traffic", [
            "\(Figure.bytes(Double(client.receivedBytes))) received", headers,
            "\(Figure.bytes(Double(client.responseBytes.body))) bodies", "\(Figure.bytes(Double(client.sentBytes))) sent",
        ])
    }

    static let slowReaders = SummarySection { summary, page in
        guard let most = summary.maximum(of: "client.slow_readers.open"), most > 0, let readers = summary.last.client?.slowReaders else { return }
        page.row("slow readers", [
            JSON.number(most).text, "each asks for \(ClientOptions.slowReaderStreams) answers at a time",
            readers.answeredRequests == 0
                ? (most == 1 ? "it has not read an answer to its end" : "none has read an answer to its end")
                : "\(Figure.counted(readers.answeredRequests, "answer")) read to the end",
            "\(Figure.bytes(Double(readers.receivedBytes))) read",
        ])
    }
}

extension Summary {
    /// `9217.00 requests/s`, `579MiB/s received`
    fileprivate func rates(_ requests: String, _ bytes: String, _ verb: String) -> [String] {
        (derived(requests).map { ["\(Figure.fixed($0, decimals: 2)) requests/s"] } ?? [])
            + (derived(bytes).map { ["\(Figure.bytes($0))/s \(verb)"] } ?? [])
    }

    /// As the phases say it: the time of the first samples begins a little before the load does.
    fileprivate var warmupSeconds: Double {
        let planned = request.load?.phases.prefix(while: \.isWarmup).reduce(Duration.zero) { $0 + $1.duration } ?? .zero
        let measured = Metric.seconds(startNanoseconds), seconds = planned / .seconds(1)
        return seconds <= measured && measured - seconds < Summary.startSeconds ? seconds : measured
    }

    /// The most that a run needs to begin its load.
    private static let startSeconds = 1.0

    /// Failed requests by cause, each under one, the most frequent first. Recordings of before each had a reason have the
    /// causes that they counted.
    fileprivate func writeFailures(of client: ClientSample, to page: inout SummaryPage) {
        let reasons = client.failures.of(.request).sorted { $0.count > $1.count }
        let shown = page.isVerbose ? reasons.count : Summary.shownFailureLimit
        for failure in reasons.prefix(shown) { page.count(failure.count, FailureWords(summary: self).text(of: failure)) }
        let hidden = reasons.dropFirst(shown).reduce(0) { $0 + $1.count }
        if hidden > 0 { page.count(hidden, "for \(Figure.counted(reasons.count - shown, "more reason")): --verbose names each") }
        if client.errors.aborted > 0, !outcome.isDeath {
            let waited = Figure.counted(client.errors.aborted, "request") + " had no answer when the wait after the load was over"
            let remedy = findings.isEmpty ? "a longer --drain waits for what is slow and not lost" : "perhaps for what was found in the server"
            page.row("", ["\(waited): \(remedy)"])
        }
        if let death = deathText, last.watch != nil { page.row("", ["\(death): requests that were in flight then are among those whose connection was lost"]) }
        let known = reasons.reduce(0) { $0 + $1.count }
        guard known < client.requests.failed else { return }
        guard reasons.isEmpty else { return page.count(client.requests.failed - known, "for reasons that are not recorded") }
        for (count, cause) in client.countedCauses where count > 0 { page.count(count, cause) }
    }

    /// Wrong answers that the text shows; the recording has those of each loop.
    fileprivate static let shownViolationLimit = 3
    /// Reasons that the text lists one by one.
    private static let shownFailureLimit = 8
}

extension ClientSample {
    /// Failures that are no fault of anyone's: the clients left, with all requests of the connection, as they were told to.
    fileprivate var endedEarlyText: String {
        let early = min(errors.abandoned, requests.failed)
        return early == 0 ? "" : " (\(early == requests.failed ? "all" : "\(early)") ended early, as asked)"
    }

    /// Failed requests by the counters: what a recording without reasons knows.
    fileprivate var countedCauses: [(UInt64, String)] {
        [
            (statuses.clientError, "status 4xx"), (statuses.serverError, "status 5xx"),
            (errors.connect, "not connected"), (errors.closed, "connection closed"), (errors.reset, "stream reset"),
            (errors.goaway, "GOAWAY"), (errors.timeout, "timeout"), (errors.protocolError, "protocol error"),
            (errors.abandoned, "closed early"), (errors.circuit, "circuit open"), (errors.aborted, "aborted at the end"),
        ]
    }
}

extension StatusCounts {
    func items(_ page: SummaryPage) -> [String] {
        let classes = [(informational, "1xx"), (success, "2xx"), (redirection, "3xx"), (clientError, "4xx"), (serverError, "5xx")]
        return classes.flatMap { Summary.item($0.0, $0.1, page) }
    }
}

extension TLSSample {
    var isUsed: Bool { handshakes + failedHandshakes > 0 }

    func items(_ page: SummaryPage) -> [String] {
        let causes: [(UInt64, String)] = [
            (failures.expired, "certificate expired"), (failures.selfSigned, "self-signed"),
            (failures.unknownAuthority, "authority not trusted"), (failures.wrongName, "for another name"),
            (failures.noCertificate, "without a client's certificate"), (failures.noCommonProtocol, "no common protocol"), (failures.notTLS, "not TLS"),
            (failures.peer, "ended by the peer"), (failures.timeout, "timeout"), (failures.other, "for other reasons"),
        ]
        return [Figure.counted(handshakes, "handshake")] + Summary.item(resumedHandshakes, "resumed", page) + Summary.item(failedHandshakes, "failed", page)
            + causes.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    }
}
