internal import Measurements
internal import Recording

/// A recording as test cases: the result, the measurement, and each threshold.
struct JUnitExporter: Exporter {
    private var report = JUnitReport(name: "highwater")
    private var hasSummary = false
    private var isWatched = false
    private var findings: Set<BrokenWrite.Kind> = []

    mutating func begin(_ header: RecordingHeader) -> String {
        if let name = header.plan["name"]?.string, !name.isEmpty { report.name = name }
        report.properties = [
            ("command", header.commandLine.joined(separator: " ")), ("host", header.hostName), ("system", header.system),
            ("started", UTCTime(unixSeconds: header.startedUnixSeconds).text), ("highwater", header.toolVersion),
        ]
        return ""
    }

    mutating func add(_ sample: Sample) -> String {
        report.duration = Metric.seconds(sample.timeNanoseconds)
        isWatched = isWatched || sample.watch != nil && sample.knows(.findings)
        return ""
    }

    /// Each kind of finding in a server that is watched is a case that failed.
    mutating func add(_ event: Event) -> String {
        guard let finding = event.brokenWrite, findings.insert(finding.kind).inserted else { return "" }
        report.cases.append(.init(group: "findings", name: finding.kind.rawValue, outcome: .failed(finding.lines.joined(separator: "\n"))))
        return ""
    }

    mutating func add(summary: JSON) -> String {
        hasSummary = true
        if isWatched && findings.isEmpty { report.cases.append(.init(group: "findings", name: "no write was broken", outcome: .passed)) }
        if let verdict = Verdict(recorded: summary) {
            report.cases += [("the result is ok", verdict.result.reasons), ("the measurement is valid", verdict.measurement.reasons)].map { name, reasons in
                .init(group: "run", name: name, outcome: reasons.isEmpty ? .passed : .failed(reasons.joined(separator: "; ")))
            }
        }
        report.cases += JudgedThreshold.all(in: summary).map { threshold in
            .init(
                group: threshold.phase, name: threshold.title,
                outcome: threshold.hasPassed ? .passed : .failed(threshold.text))
        }
        return ""
    }

    func end(_ write: (String) throws -> Void) rethrows {
        var report = report
        report.cases.insert(
            .init(
                group: "run", name: "the run came to its end",
                outcome: hasSummary ? .passed : .errored("the recording has no summary: the run was killed, or is not over")),
            at: 0)
        try write(report.text)
    }
}
