internal import ArgumentParser
internal import Dispatch
internal import Measurements
internal import Recording
internal import Reports
internal import Synchronization

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Tell what changed between recordings, beyond noise.",
        usage: "highwater compare A B [C ...] [--fail-on CONDITION] [--json|...]",
        discussion: """
            Examples:
              highwater compare before.ndjson after.ndjson
              highwater compare a.ndjson b.ndjson --fail-on 'response_time.p99 > +10%'
              highwater compare a b --fail-on 'steady: client.requests.succeeded_rate < -5%'

            The first recording is the base; each other one is compared with it. Counters \
            are compared as rates, gauges as .mean and .max, histograms as .mean, .p50 to \
            .p99_99 and .max. Phases that both have are \
            compared too, each by its name. The noise is taken from how much single intervals differ. \
            First comes the change in a sentence, then what the runs were asked for where that differs, \
            then the figures that left the noise.

            A condition of --fail-on is written like a threshold of a scenario, and with a sign and \
            a per cent it is a change from the base.

            Exit: 99 when a condition of --fail-on holds and a change asked for in per cent is \
            more than noise, or a recording lacks the figure. 3 when such a change holds, but fewer \
            than \(Comparison.intervalMinimum) intervals of a run have that figure, so that its noise is not known: \
            record longer, or with a shorter --interval. A percentile needs ten values beyond it in an \
            interval: p99 a thousand requests. 3 also when a run did not come to its end, or its \
            recording is cut off, and when requests were sent too late to tell a change of response times.
            """)

    @Argument(help: ArgumentHelp("Recordings, the base first.", valueName: "file"))
    var files: [String]

    @Flag(help: "As JSON.")
    var json = false

    @Flag(help: "As Markdown, for a pull request.")
    var markdown = false

    @Flag(help: "As JUnit's XML: each condition of --fail-on a test case.")
    var junit = false

    @Flag(help: "Also the figures that did not leave the noise.")
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
            let fault = files.count == 1 ? "one recording has nothing to be compared with" : "\(files.count) recordings are too many"
            throw ValidationError("\(fault); write \(CompareCommand.fileRange.lowerBound) to \(CompareCommand.fileRange.upperBound) of them, the base first")
        }
        guard [json, markdown, junit].count(where: { $0 }) <= 1 else {
            throw ValidationError("--json, --markdown and --junit exclude each other")
        }
        if junit && failOn.isEmpty { throw ValidationError("--junit needs --fail-on: its conditions are the test cases") }
    }

    func run() throws {
        let runs = try readAll()
        let comparisons = runs.dropFirst().map { other in
            let comparison = Comparison(runs[0], other)
            return (comparison, failOn.map { JudgedCondition($0, in: comparison) })
        }
        try Output.standard.print(text(of: comparisons))
        var hasFailed = false, isUnknown = runs.contains { $0.end != .whole }
        for (comparison, conditions) in comparisons {
            for condition in conditions {
                let words = "\(comparison.other.name): \(condition.words)"
                switch condition.judgement {
                case .passed: continue
                case .failed:
                    hasFailed = true
                    Output.error.line("failed: \(words)")
                case .unknown, .unresolved:
                    isUnknown = true
                    Output.error.line("not judged: \(words)")
                }
            }
        }
        for run in runs where run.end != .whole { Output.error.line("not judged: \(run.name): \(run.end.words)") }
        if hasFailed { throw ExitCode(Run.failedExitCode) }
        if isUnknown { throw ExitCode(Run.notValidExitCode) }
    }

    private func text(of comparisons: [(comparison: Comparison, conditions: [JudgedCondition])]) -> String {
        if junit {
            let cases = comparisons.flatMap { comparison, conditions in
                conditions.map { judged in
                    JUnitReport.Case(
                        group: comparison.other.name, name: "not \(judged.condition.fullText)", outcome: judged.outcome(in: comparison))
                }
            }
            return JUnitReport(name: "highwater compare", cases: cases).text
        }
        if json {
            let values = comparisons.map(\.comparison.json)
            return (values.count == 1 ? values[0] : .array(values)).indentedText + "\n"
        }
        return comparisons.map { markdown ? $0.comparison.markdown : $0.comparison.text(all: all) }.joined(separator: "\n")
    }

    /// Reads the recordings side by side: of each one nearly all is work for the processor.
    private func readAll() throws -> [ComparedRun] {
        // One after the other: a pipe is copied here, and standard input has an end.
        let inputs = try files.map { OpenInput(try SeekableInput($0)) }
        defer { withExtendedLifetime(inputs) {} }
        let paths = inputs.map { $0.input.path }
        let progress = Mutex(ReadingProgress(of: files))
        defer { progress.withLock { $0.end() } }
        let figures = failOn.map(\.figure)
        let results = Mutex([Result<ComparedRun, any Error>?](repeating: nil, count: files.count))
        DispatchQueue.concurrentPerform(iterations: files.count) { [files] index in
            let run = Result { try CompareCommand.read(paths[index], name: files[index], figures) { share in
                progress.withLock { $0.show(share(), of: index) }
            } }
            results.withLock { $0[index] = run }
        }
        return try results.withLock { $0 }.compactMap { result in
            do { return try result?.get() } catch let error as RecordingError { throw RunError(error.description) }
        }
    }

    /// - Parameter tell: is handed how much of the file has been read, often.
    private static func read(
        _ path: String, name: String, _ figures: [RunFigure], _ tell: (() -> Double?) -> Void
    ) throws -> ComparedRun {
        let summary = RecordingReader.summary(atEndOf: path)
        var reader = try RecordingReader(path: path, name: name)
        var run = ComparedRun(
            name: name, header: reader.header, request: reader.header.request, loadSeconds: summary?[path: "run.duration"]?.number,
            figures: figures)
        while let line = try reader.nextLine()?.parsed(withRows: false) {
            tell { reader.readShare }
            switch line {
            case .sample(let sample): run.add(sample)
            case .event(let event): run.add(event)
            case .summary, .other: continue
            }
        }
        run.end = reader.isCutOff ? .cutOff : .init(summary)
        if let summary { run.add(summary: summary) }
        return run
    }

    private static func condition(_ text: String) throws -> Condition {
        do throws(ConditionError) { return try Condition(parsing: text) } catch { throw ValidationError(error.description) }
    }
}

extension JudgedCondition {
    /// A condition between runs of which one did not come to its end is not judged, unless it fails.
    fileprivate func outcome(in comparison: Comparison) -> JUnitReport.Outcome {
        switch judgement {
        case .passed:
            let isWhole = comparison.base.end == .whole && comparison.other.end == .whole
            return isWhole ? .passed : .errored(comparison.warnings.joined(separator: "; "))
        case .failed: return .failed(words)
        case .unknown, .unresolved: return .errored(words)
        }
    }
}

/// An input that is open as long as this is there: an array holds no value that can be there only once.
private final class OpenInput {
    let input: SeekableInput

    init(_ input: consuming SeekableInput) { self.input = input }
}
