internal import Measurements
internal import Recording

extension RunReport {
    /// The whole page: the verdict, the numbers, the plots, the events, the plan and the host.
    var page: Markup {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
        <title>\(name) - Highwater</title>
        <style>\(ReportStyle.text)</style></head>
        <body><main>
        \(heading)\(verdict)\(figures)\(latencyTable)\(requestTable)
        <section><h2>Over time</h2><div class="plots">
        \(plots)</div></section>
        \(spectrum)\(eventList)\(circumstances)\(allNumbers)
        </main></body></html>

        """
    }

    // MARK: The head

    private var heading: Markup {
        let request = header?.request
        var facts: [String] = []
        if let scenario = request?.name { facts.append("scenario \(scenario)") }
        if let load = request?.load {
            facts.append(load.kindText)
            facts.append("\(load.connections) connections \u{D7} \(load.streams) streams")
        } else {
            facts.append("server alone")
        }
        if let request, !request.address.isEmpty { facts.append(request.address) }
        facts.append(ReportScale.words(duration, .clock))
        return """
            <header><p class="brand">Highwater</p><h1>\(name)</h1>
            <p class="facts">\(.joined(facts.map { "<span>\($0)</span>" }))</p></header>

            """
    }

    /// The two words, each with its reasons.
    private var verdict: Markup {
        let isLoad = header?.request.load != nil
        guard recordedSummary != nil, let verdict = Verdict(recorded: summary) else {
            let samples = "the recording has no summary: the run was killed, or is not over; these numbers are of its \(Figure.counted(sampleCount, "sample"))"
            let reasons = [samples] + (ownSummary.map { $0.result.reasons + $0.validity.reasons } ?? [])
            return RunReport.verdict([RunReport.word("Unfinished", "unsure", reasons)], thresholds)
        }
        let result = verdict.result, measurement = verdict.measurement
        if let mismatch = ownSummary?.mismatch(recorded: summary) {
            return RunReport.verdict([RunReport.word("result: not known", "unsure", [mismatch])], thresholds)
        }
        let failed = summary[path: "client.requests.failed"]?.number ?? 0, done = summary[path: "client.requests.done"]?.number ?? 0
        let broken = summary[path: "client.connections.broken"]?.number ?? 0
        let faults = (failed > 0 ? [SummaryHeadline.failures(failed, of: done)] : []) + (broken > 0 ? [SummaryHeadline.broken(Metric.whole(broken))] : [])
        let results = result.isOK && !faults.isEmpty && done > 0
            ? RunReport.word("result: \(SummaryHeadline.notAllOK)", "unsure", faults)
            : RunReport.word("result: \(result.word)", result.isOK ? "good" : "bad", result.reasons)
        guard isLoad || !measurement.isValid else { return RunReport.verdict([results], thresholds) }
        let good = "the load was sent as asked, on time, and the clients were not the limit"
        let measurements = RunReport.word(
            "measurement: \(measurement.word)", measurement.isValid ? "good" : "bad", measurement.reasons, note: measurement.isValid ? good : nil)
        return RunReport.verdict([results, measurements], thresholds)
    }

    private static func word(_ words: String, _ look: Markup, _ reasons: [String], note: String? = nil) -> Markup {
        let more: Markup = note.map { "<p>\($0)</p>" } ?? .empty
        let list: Markup = reasons.isEmpty ? .empty : "<ul>\(.joined(reasons.map { "<li>\($0)</li>" }))</ul>"
        return "<section class=\"verdict \(look)\" aria-label=\"verdict\"><p class=\"word\">\(words)</p>\(more)\(list)</section>\n"
    }

    private static func verdict(_ words: [Markup], _ thresholds: Markup) -> Markup { "\(.joined(words))\(thresholds)\n" }

    // MARK: Numbers

    private var figures: Markup {
        let candidates: [(String, String, ReportScale.Quantity)] = [
            ("requests/s", "client.requests.rate", .count), ("response p99", "client.response_time.p99", .seconds),
            ("service p99", "client.service_time.p99", .seconds), ("requests done", "client.requests.done", .count),
            ("failed", "client.requests.failed", .count), ("dropped", "client.requests.dropped", .count),
            ("received/s", "client.bytes.received_rate", .bytes), ("served/s", "server.requests.rate", .count),
            ("pending, most", "server.writes.pending_bytes_high_water.last", .bytes),
            ("arena, most", "server.arena.reserved_bytes_high_water.last", .bytes),
            ("server's memory, most", "watch.memory.resident.max", .bytes), ("Highwater's memory, most", "process.memory.resident.max", .bytes),
        ]
        let tiles = candidates.compactMap { label, path, quantity in
            summary[path: path]?.number.map { (label, ReportScale.words($0, quantity)) }
        }
        return """
            <section><h2 class="hidden">In short</h2><dl class="tiles">\(.joined(tiles.map { label, value in
                "<div><dt>\(label)</dt><dd>\(value)</dd></div>"
            }))</dl></section>

            """
    }

    private var latencyTable: Markup {
        let rows = RunReport.latencies.filter { (summary[path: "\($0.path).count"]?.number ?? 0) > 0 }
        guard !rows.isEmpty else { return .empty }
        let columns = ["min"] + LatencyHistogram.percentiles.map(\.name) + ["max"]
        let head = Markup.joined(columns.map { name -> Markup in
            "<th scope=\"col\">\(String(name.map { $0 == "_" ? "." : $0 }))</th>"
        })
        let body = Markup.joined(rows.map { row -> Markup in
            let cells = columns.map { name -> Markup in
                let value = summary[path: "\(row.path).\(name)"]?.number
                return "<td>\(value.map { ReportScale.words($0, .seconds) } ?? "-")</td>"
            }
            return "<tr><th scope=\"row\">\(row.name) <span class=\"note\">\(row.note)</span></th>\(.joined(cells))</tr>"
        })
        return """
            <section><h2>Latency</h2><div class="wide"><table class="numbers"><thead><tr><th scope="col">of the whole run</th>\(head)</tr></thead>
            <tbody>\(body)</tbody></table></div>
            <p class="note">A dash: too few requests to tell that percentile.</p></section>

            """
    }

    static let latencies: [(name: String, note: String, path: String)] = [
        ("response time", "from when it was due", "client.response_time"), ("service time", "from when it was sent", "client.service_time"),
        ("sent late", "the difference", "client.schedule_delay"),
    ]

    /// Every number of the summary under its own name.
    private var allNumbers: Markup {
        let rows = Metric.all.filter { $0.kind != .histogram }.map { ($0.name, $0.unit.rawValue, $0.meaning) }
            + SummaryMetric.all.map { ($0.name, $0.unit.rawValue, $0.meaning) }
        let body = Markup.joined(rows.compactMap { name, unit, meaning -> Markup? in
            guard let value = summary[path: name] else { return nil }
            let words: String
            if let number = value.number {
                words = JSON.number(number).text
            } else if let last = value["last"]?.number {
                words = "\(JSON.number(last).text), at most \(value["max"]?.number.map { JSON.number($0).text } ?? "-")"
            } else {
                return nil
            }
            return "<tr><th scope=\"row\"><code>\(name)</code></th><td>\(words)</td><td>\(unit)</td><td class=\"words\">\(meaning)</td></tr>\n"
        })
        return """
            <details><summary>All numbers</summary><div class="wide"><table class="numbers"><tbody>
            \(body)</tbody></table></div></details>

            """
    }

    // MARK: Events, plan and host

    private var eventList: Markup {
        guard !events.isEmpty else { return .empty }
        let rows = events.map { event -> Markup in
            """
            <tr class="\(event.level.rawValue)"><td>\(ReportScale.words(Metric.seconds(event.timeNanoseconds), .clock))</td>\
            <td><span class="level">\(event.level.rawValue)</span></td><td>\(event.source)</td><td class="words">\(event.text)</td></tr>

            """
        }
        let rest: Markup = eventCount > events.count ? "<p class=\"note\">and \(eventCount - events.count) more events, which the recording has</p>" : .empty
        return """
            <section><h2>Events</h2><div class="wide tall"><table class="events"><tbody>
            \(.joined(rows))</tbody></table></div>\(rest)</section>

            """
    }

    private var circumstances: Markup {
        guard let header else { return .empty }
        var host: [(String, String)] = [
            ("host", header.hostName), ("system", header.system), ("processors", "\(header.cpuCount)"),
            ("started", UTCTime(unixSeconds: header.startedUnixSeconds).text), ("highwater", header.toolVersion),
        ]
        host.append(("samples", "\(sampleCount)"))
        let plan = RunReport.leaves(of: header.plan, path: "")
        return """
            <section class="columns"><div><h2>Plan</h2>\(RunReport.list(plan))</div>
            <div><h2>Host</h2>\(RunReport.list(host))
            <h2>Command</h2><pre>\(header.commandLine.joined(separator: " "))</pre></div></section>

            """
    }

    private static func list(_ items: [(String, String)]) -> Markup {
        "<dl class=\"list\">\(.joined(items.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>\n" }))</dl>"
    }

    /// More than any plan of ours has; a file may hold anything.
    private static let leafLimit = 400

    /// Each value of a plan with its path, in order.
    private static func leaves(of json: JSON, path: String) -> [(String, String)] {
        switch json {
        case .object(let members):
            let below = members.sorted { $0.name < $1.name }.flatMap { leaves(of: $0.value, path: path.isEmpty ? $0.name : "\(path).\($0.name)") }
            return Array(below.prefix(leafLimit))
        case .array(let values) where values.allSatisfy({ $0.string != nil || $0.number != nil }):
            return [(path, values.map { $0.string ?? $0.text }.joined(separator: " "))]
        case .array(let values):
            return Array(values.enumerated().flatMap { leaves(of: $1, path: "\(path).\($0 + 1)") }.prefix(leafLimit))
        case .null: return []
        case .string(let text): return [(path, text)]
        case .bool, .number: return [(path, json.text)]
        }
    }
}
