/// One reading of everything, at one tick. The dashboard draws it, a recording stores it, a
/// threshold judges it. A plain value.
package struct Sample: Sendable {
    /// Since the run started, nanoseconds of the monotonic clock.
    package var timeNanoseconds: UInt64
    /// Since the sample before (or the start): the time that the histograms cover.
    package var intervalNanoseconds: UInt64
    /// The phase that the interval belongs to; nil in a run without phases, and after the load.
    package var phase: String?
    /// That phase is left out of the run's totals.
    package var isWarmup = false
    /// nil when the server is not ours, and nothing tells of it.
    package var server: ServerSample?
    /// More of a server that is not ours; nil for our own.
    package var watch: WatchSample?
    /// How often each finding in a server that is watched was made, of those that were kept whole.
    package var findingCounts: [FindingCount] = []
    /// Figures of the server that the source cannot know. Empty for a server of ours.
    package var unknown: UnknownFigures = []
    /// nil when there are no clients.
    package var client: ClientSample?
    package var process: ProcessSample
    /// nil where it is of one process.
    package var parts: PartsSample?

    package init(
        timeNanoseconds: UInt64, intervalNanoseconds: UInt64, server: ServerSample?, client: ClientSample?,
        process: ProcessSample
    ) {
        self.timeNanoseconds = timeNanoseconds
        self.intervalNanoseconds = intervalNanoseconds
        self.server = server
        self.client = client
        self.process = process
    }
}

extension Sample {
    /// Adds the reading of another process at the same time, by the rules of the metrics. Time, interval and phase
    /// stay as they are.
    package mutating func merge(_ other: Sample) {
        Sample.add(other.client, to: &client)
        Sample.add(other.server, to: &server)
        Sample.add(other.watch, to: &watch)
        findingCounts += other.findingCounts
        Sample.add(other.parts, to: &parts)
        process.merge(other.process)
        // A sum of which a part is not known is not known.
        unknown.formUnion(other.unknown)
    }

    private static func add<Part: SamplePart>(_ reading: Part?, to sum: inout Part?) {
        if let reading, sum?.merge(reading) == nil { sum = reading }
    }

    /// Leaves the numbers: a histogram in memory has a quarter of a megabyte, and 10 000 connections have as many rows.
    package mutating func forgetDetails() {
        client?.forgetHistograms()
        client?.connections = []
        server?.connections = []
    }
}
