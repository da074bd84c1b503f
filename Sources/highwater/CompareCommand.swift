internal import ArgumentParser
internal import Measurements
internal import Recording
internal import Reports

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "What changed between recordings, and whether it is more than noise.",
        usage: "highwater compare A B [C ...] [--fail-on CONDITION] [--json|...]",
        discussion: """
            The first recording is the base; each other one is compared with it. Counters \
            are compared as rates, gauges as .mean and .max, histograms as .mean, .p50 to \
            .p99_99 and .max. Phases that both have are \
            compared too, each by its name. The noise is taken from how much single intervals differ.

            Examples:
              highwater compare before.ndjson after.ndjson
              highwater compare a.ndjson b.ndjson --fail-on 'client.response_time.p99 > +10%'
              highwater compare a.ndjson b.ndjson --fail-on 'client.requests.rate < -5%'
              highwater compare a b --fail-on 'steady: client.response_time.p99 > +10%'

            A condition of --fail-on is written like a threshold of a scenario, and with a sign and \
            a per cent it is a change from the base.

            Exit: 99 when a condition of --fail-on holds and a change asked for in per cent is \
            more than noise, or a recording lacks the figure. 3 when such a change holds, but fewer \
            than \(Comparison.intervalMinimum) intervals of a run have that figure, so that its noise is not known: \
            record longer, or with a shorter --interval. A percentile needs ten values beyond it in an \
            interval: p99 a thousand requests.
            """)

    @Argument(help: ArgumentHelp("Recordings, the base first.", valueName: "file"))
    var files: [String]

    @Flag(help: "As JSON.")
    var json = false

    @Flag(help: "As Markdown, for a pull request.")
    var markdown = false

    @Flag(help: "As JUnit's XML: each condition of --fail-on a test case.")
    var junit = false

    @Flag(help: "Also the figures that are the same in both.")
    var all = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A condition that fails the build: 'FIGURE > +10%' for a change, 'FIGURE > 50ms' for a value. May be repeated.",
            valueName: "condition"),
        transform: { try CompareCommand.condition($0) })
    var failOn: [Condition] = []

    /// A comparison needs two. More than 16 tables are not read, and each recording is held in memory.
    private static let fileRange = 2...16

    func validate() throws {
        guard CompareCommand.fileRange.contains(files.count) else {
            throw ValidationError("name \(CompareCommand.fileRange.lowerBound) to \(CompareCommand.fileRange.upperBound) recordings, the base first")
        }
        guard [json, markdown, junit].count(where: { $0 }) <= 1 else {
            throw ValidationError("--json, --markdown and --junit exclude each other")
        }
        if junit && failOn.isEmpty { throw ValidationError("--junit needs --fail-on: its conditions are the test cases") }
    }

    func run() throws {
        let runs = try files.map { file in
            do { return try read(file) } catch let error as RecordingError { throw RunError(error.description) }
        }
        let comparisons = runs.dropFirst().map { Comparison(runs[0], $0) }
        guard Output.standard.write(text(of: comparisons)) else { throw RunError("cannot write to standard output") }
        var hasFailed = false, isUnknown = false
        for comparison in comparisons {
            for condition in failOn {
                let words = "\(comparison.other): \(condition.words(in: comparison))"
                switch condition.judge(comparison) {
                case .passed: continue
                case .failed:
                    hasFailed = true
                    Output.error.line("failed: \(words)")
                case .unknown:
                    isUnknown = true
                    Output.error.line("not judged: \(words)")
                }
            }
        }
        if hasFailed { throw ExitCode(Run.failedExitCode) }
        if isUnknown { throw ExitCode(Run.untrustworthyExitCode) }
    }

    private func text(of comparisons: [Comparison]) -> String {
        if junit {
            let cases = comparisons.flatMap { comparison in
                failOn.map { condition in
                    JUnitReport.Case(group: comparison.other, name: "not \(condition.fullText)", outcome: condition.outcome(in: comparison))
                }
            }
            return JUnitReport(name: "highwater compare", cases: cases).text
        }
        if json {
            let values = comparisons.map(\.json)
            return (values.count == 1 ? values[0] : .array(values)).indentedText + "\n"
        }
        return comparisons.map { markdown ? $0.markdown : $0.text(all: all) }.joined(separator: "\n")
    }

    private func read(_ file: String) throws -> ComparedRun {
        var reader = try RecordingReader(path: file)
        var run = ComparedRun(name: file, request: reader.header.request, figures: failOn.map(\.figure))
        while let line = try reader.next() {
            switch line {
            case .sample(let sample): run.add(sample)
            case .summary(let summary): run.add(summary: summary)
            case .event, .other: continue
            }
        }
        return run
    }

    private static func condition(_ text: String) throws -> Condition {
        do throws(ConditionError) { return try Condition(parsing: text) } catch { throw ValidationError(error.description) }
    }
}

extension Condition {
    /// The condition, and the values of both runs.
    fileprivate func words(in comparison: Comparison) -> String {
        guard let change = comparison.change(of: figure, inPhase: phase), let base = change.base, let other = change.other
        else { return "\(fullText): not in both recordings" }
        let share = change.share.map { " (\($0 > 0 ? "+" : "")\(Figure.fixed($0 * 100, decimals: 1))%)" } ?? ""
        let words = "\(fullText): from \(JSON.number(base).text) to \(JSON.number(other).text)\(share)"
        guard case .unknown(let count) = judge(comparison) else { return words }
        return words + "; noise unknown: \(count) interval\(count == 1 ? " has" : "s have") the figure, of \(Comparison.intervalMinimum) needed"
    }

    fileprivate func outcome(in comparison: Comparison) -> JUnitReport.Outcome {
        switch judge(comparison) {
        case .passed: .passed
        case .failed: .failed(words(in: comparison))
        case .unknown: .errored(words(in: comparison))
        }
    }
}
