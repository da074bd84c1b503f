package import Measurements
package import Recording

/// Writes a recording in a form that other programs read.
///
/// Text comes out as lines go in, so that a recording longer than memory can be
/// exported. Has no clock, and no file but where text has to wait for the end (`TextSpool`).
package protocol Exporter {
    /// The beginning of the output.
    mutating func begin(_ header: RecordingHeader) -> String
    /// The next sample of the recording, in order.
    mutating func add(_ sample: Sample) -> String
    /// The next event of the recording, in order with the samples.
    mutating func add(_ event: Event) -> String
    /// The last line, when the run came to its end.
    mutating func add(summary: JSON) -> String
    /// Samples are to come with their rows of connections and writes, which cost as much to read as the numbers.
    var readsRows: Bool { get }
    /// The end of the output, in pieces. Errors: those of `write`, or text that had to wait was lost.
    mutating func end(_ write: (String) throws -> Void) throws
}

extension Exporter {
    /// Most formats have no place for events.
    package mutating func add(_ event: Event) -> String { "" }

    /// Most formats have no place for rows.
    package var readsRows: Bool { false }

    /// Most formats have no place for a summary.
    package mutating func add(summary: JSON) -> String { "" }
}

/// The forms that a recording can be given.
package enum ExportFormat: String, Sendable, CaseIterable {
    /// A row a sample, a column a number; histograms as percentiles.
    case csv
    /// The whole recording as one object.
    case json
    /// HdrHistogram's interval log: every histogram of every sample.
    case hlog
    /// HdrHistogram's percentile spectrum: one histogram of the whole run.
    case hgrm
    /// The samples with their times, as Prometheus takes them in.
    case openmetrics
    /// The verdict and the thresholds as test cases.
    case junit

    /// - Parameters:
    ///   - histogram: for `hgrm`, which one; must be the name of a histogram.
    ///   - waitingByteLimit: for `openmetrics`, text that is kept in memory; nil: the usual.
    package func makeExporter(histogram: String, waitingByteLimit: Int? = nil) -> any Exporter {
        switch self {
        case .csv: CSVExporter()
        case .json: JSONExporter()
        case .hlog: HistogramLogExporter()
        case .hgrm: PercentileSpectrumExporter(histogram: histogram)
        case .openmetrics: OpenMetricsExporter(waitingByteLimit: waitingByteLimit ?? OpenMetricsExporter.waitingByteLimit)
        case .junit: JUnitExporter()
        }
    }
}
