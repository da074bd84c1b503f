package import Measurements
package import Recording

/// A recording as one page of HTML, for a browser.
///
/// The page needs no network and runs no script; its own policy forbids both, so that even a
/// fault in our escaping could not let a hostile recording do anything but look odd. Memory
/// does not grow with the length of the run: see `Timeline`.
package struct RunReport: Exporter {
    /// The name for the reader: the file's.
    let name: String
    private(set) var header: RecordingHeader?
    private(set) var timelines = ReportPlot.all.map { Timeline(folds: $0.series.map(\.fold)) }
    private(set) var events: [Event] = []
    private(set) var eventCount = 0
    private(set) var sampleCount = 0
    /// From the recording's last line; nil for a run that was killed.
    private(set) var recordedSummary: JSON?
    /// The run's totals: as recorded, or as the samples have them. Null before the end.
    private(set) var summary = JSON.null
    /// Made again from the samples, for a run without one.
    private(set) var ownSummary: Summary?
    /// Names, and when each ended, seconds.
    private(set) var phases: [(name: String, end: Double, isWarmup: Bool)] = []
    private var before: Sample?

    /// More are not read; a recording of a day may have more.
    static let eventLimit = 1_000

    package init(name: String) { self.name = name }

    /// Takes the header: the program, the host and the plan.
    package mutating func begin(_ header: RecordingHeader) -> String {
        self.header = header
        ownSummary = Summary(header.request)
        return ""
    }

    /// Takes the next sample into the plots and the totals.
    package mutating func add(_ sample: Sample) -> String {
        let time = Metric.seconds(sample.timeNanoseconds), span = Metric.seconds(sample.intervalNanoseconds)
        for (index, plot) in ReportPlot.all.enumerated() {
            timelines[index].add(.init(time: time, span: span, values: plot.read(sample, before)))
        }
        ownSummary?.add(sample)
        if let phase = sample.phase {
            if phases.last?.name == phase { phases[phases.count - 1].end = time } else { phases.append((phase, time, sample.isWarmup)) }
        }
        var sample = sample
        sample.forgetDetails()
        before = sample
        sampleCount += 1
        return ""
    }

    /// Takes a mark for the axis and the list.
    package mutating func add(_ event: Event) -> String {
        eventCount += 1
        if events.count < RunReport.eventLimit { events.append(event) }
        return ""
    }

    /// Takes the run's own totals and verdict.
    package mutating func add(summary: JSON) -> String {
        recordedSummary = summary
        return ""
    }

    /// The page.
    package func end(_ write: (String) throws -> Void) rethrows {
        var report = self
        report.summary = recordedSummary ?? ownSummary?.json ?? .null
        try write(report.page.text)
    }

    /// The end of the time axis, seconds.
    var duration: Double {
        max(timelines.first?.points.last?.time ?? 0, events.last.map { Metric.seconds($0.timeNanoseconds) } ?? 0)
    }
}
