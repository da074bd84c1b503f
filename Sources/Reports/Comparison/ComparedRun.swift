package import Measurements
package import Recording

/// One recording as a comparison sees it: each figure of the whole run, and the same figure of each interval.
///
/// Rates are of the time under load: neither of the warm-up nor of the drain. Requests in flight at the end of the load
/// are still in the histograms and among the failures, of the last phase too, as in a summary. Samples are taken one by
/// one and not kept: an hour of them would be gigabytes.
package struct ComparedRun: Sendable {
    package let name: String
    /// The plan and the host; nil where they are not known.
    let header: RecordingHeader?
    private let request: Summary.Request
    /// Those of the table, then those that a condition asks for beside them.
    private var readers: IntervalReaders
    /// The kinds of requests, where there are several.
    package private(set) var requests: [String] = []
    private var summary: Summary
    /// Of the whole run under nil, and of each phase under its name.
    private var intervals: [String?: IntervalValues] = [:]
    /// The sample before, without its histograms, and its readings.
    private var previous: (sample: Sample, readings: [Metric.Value?])?
    /// When the warm-up ended: the summary's time under load counts from there.
    private var startNanoseconds: UInt64 = 0
    /// From the recording's summary; nil when the run was killed, and no sample is one of a drain.
    private let loadNanoseconds: UInt64?
    /// The run did not come to its end, or its recording did not.
    package var end = End.whole
    /// What the run says of itself, as its recording has it; nil: nothing.
    package private(set) var verdict: Verdict?
    /// Where that is not what its samples say, in words.
    private(set) var mismatch: String?

    /// How a recording ends.
    package enum End: Sendable, Equatable {
        /// With its summary.
        case whole
        /// Without one: the run was killed, or is not over.
        case withoutSummary
        /// Within a line.
        case cutOff
        /// With the death of the process that it ran in, or of the server that was watched.
        case died(String)

        /// - Parameter summary: the recording's last line; nil: it has none.
        package init(_ summary: JSON?) {
            let outcome = summary?["outcome"]?.string
            self = summary == nil ? .withoutSummary : outcome == nil || outcome == Outcome.ended.text ? .whole : .died(outcome ?? "")
        }

        /// For people.
        package var words: String {
            switch self {
            case .whole: "whole"
            case .withoutSummary: "it has no summary: the run was killed, or is not over"
            case .cutOff: "it is cut off within a line: the run was killed, or is not over"
            case .died(let outcome): "the run \(outcome)"
            }
        }
    }

    /// - Parameters:
    ///   - name: for the reader: the file's name.
    ///   - header: nil: plan and host are not compared.
    ///   - request: the load that was asked for; shares of it are figures too.
    ///   - loadSeconds: the time under load by the recording's summary; nil without one.
    ///   - figures: those that will be asked for beside the table's.
    package init(
        name: String, header: RecordingHeader? = nil, request: Summary.Request, loadSeconds: Double? = nil, figures: [RunFigure] = []
    ) {
        self.name = name
        self.header = header
        self.request = request
        loadNanoseconds = loadSeconds.map(Metric.nanoseconds)
        readers = IntervalReaders(ComparedFigure.all.map(\.figure) + Set(figures).filter { ComparedFigure.places[$0] == nil })
        summary = Summary(request)
    }

    /// The names of its phases, in their order; without the warm-up.
    package var phases: [String] { summary.phases.map(\.name) }

    /// Takes the next sample of the recording.
    package mutating func add(_ sample: Sample) {
        if previous == nil, let kinds = sample.client?.byRequest, kinds.count > 1 {
            requests = kinds.map(\.name)
            readers.add(requests.flatMap { name in ComparedFigure.byRequest.compactMap { $0.of(request: name)?.figure } })
        }
        let isUnderLoad = isUnderLoad(sample)
        if !isUnderLoad { summary.endLoad() }
        let readings = sample.readings
        summary.add(sample, readings)
        defer {
            var sample = sample
            sample.forgetDetails()
            previous = (sample, readings.map { $0?.histogram == nil ? $0 : nil })
        }
        guard !sample.isWarmup else {
            startNanoseconds = sample.timeNanoseconds
            return
        }
        let row = readers.read(sample, readings, after: previous, request, isUnderLoad: isUnderLoad)
        intervals[nil, default: IntervalValues()].add(row)
        if let phase = summary.phases.last?.name { intervals[phase, default: IntervalValues()].add(row) }
    }

    /// Takes an event of the recording: gaps in the answers have their times there.
    package mutating func add(_ event: Event) { summary.add(event) }

    /// Takes what the run says of itself, once all samples are taken.
    package mutating func add(summary recorded: JSON) {
        verdict = Verdict(recorded: recorded)
        mismatch = summary.mismatch(recorded: recorded)
    }

    private func isUnderLoad(_ sample: Sample) -> Bool {
        sample.isWarmup || loadNanoseconds.map { sample.timeNanoseconds - min(startNanoseconds, sample.timeNanoseconds) <= $0 } ?? true
    }

    /// A figure and its values in the intervals; nil: this run, or this phase, has no such number.
    ///
    /// - Parameter phase: of that phase alone; nil: of the whole run.
    func figure(_ figure: RunFigure, phase: String?) -> (value: Double, intervals: [Double])? {
        guard let part = phase == nil ? summary : summary.phases.first(where: { $0.name == phase })?.summary,
            let value = figure.read(part, endsWithLoad: phase != nil).number
        else { return nil }
        var values: [Double] = []
        if let column = readers.column(of: figure) { values = intervals[phase]?.column(column) ?? [] }
        // A total grows with the time: each interval counts as if all were like it.
        if figure.kind == .metric(.counter) && figure.aggregate == nil { values = values.map { $0 * Double(values.count) } }
        return (value, values)
    }

    /// How fine the response times are: a `SummaryMetric`. nil: as fine as any.
    var responseResolution: Double? { summary.derived("client.response_resolution") }
}
