internal import Measurements
internal import Recording

/// One of the recordings that are merged: its header, its last reading, and its end.
struct MergedPart {
    /// As the command line names it.
    let path: String
    /// nil while its first line has not come.
    var header: RecordingHeader?
    /// "n3", "part 3/8", "part 3/8 (n3)": as events and reasons call it. The path until it is known.
    var label: String
    /// Its time 0 on the merged axis, nanoseconds; negative where another part's is the axis's.
    var offsetNanoseconds: Int64 = 0
    /// How long after its own time the first sample came here, seconds; nil where that is not known. Between two
    /// parts the difference is that of their clocks, and of the networks to here.
    var skewSeconds: Double?
    /// The last sample, without its histograms. nil: none has come.
    var reading: Sample?
    /// When that was, on the merged axis.
    var readingNanoseconds: UInt64 = 0
    /// Its ticks in the phase that it is in: the phase's number, the time of the first, and that one's merged sample.
    var ticks: (phase: Int, nanoseconds: UInt64, slot: Int)?
    /// No sample has come for so long that this is an event.
    var isSilent = false
    /// Its summary; nil while it runs, and for a part that never wrote one.
    var summary: JSON?
    var end: End?

    /// How a part's recording ended.
    enum End {
        case whole
        /// Without a summary: the process died, or the recording was cut off.
        case cutOff
        /// It has no header: it could not be read, for this reason.
        case missing(String)
    }

    init(path: String) {
        self.path = path
        label = path
    }

    /// Its host, or its path where the recording does not say.
    var host: String { header.map(\.hostName).flatMap { $0.isEmpty ? nil : $0 } ?? path }

    /// Counted among those that report.
    var reports: Bool {
        switch end {
        case .whole: true
        case .cutOff, .missing: false
        case nil: reading != nil && !isSilent
        }
    }

    /// The plan of the whole run, as far as all parts have the same of it; nil without a header.
    var wholePlan: JSON? {
        guard let plan = header?.part?.plan ?? header?.plan, case .object(let members) = plan else { return nil }
        return JSON.object(members.filter { !MergedPart.ownMembers.contains($0.name) }).sorted
    }

    /// Each part has its own of these.
    private static let ownMembers: Set = ["share", "start_at"]

    /// Takes a reading: its counters and gauges replace those before.
    mutating func take(_ sample: Sample, atNanoseconds time: UInt64, number: Int) {
        var sample = sample
        sample.client?.forgetHistograms()
        sample.server?.forgetHistograms()
        sample.server?.nameHost(host, number: number)
        reading = sample
        readingNanoseconds = time
    }

    /// The process is gone, and its connections with it; its counts stay.
    mutating func clearGauges() {
        guard var sample = reading else { return }
        for metric in Metric.measured where metric.kind == .gauge && !metric.isHighWater && metric.number(of: sample) != nil {
            metric.write(&sample, .number(0))
        }
        sample.server?.connections = []
        sample.server?.pendingWrites = []
        reading = sample
    }
}

extension ServerSample {
    /// Loops that a server has at most: loop l of part p becomes p times this, and l.
    private static let loopLimit = 256

    /// Tells rows of one machine from those of another.
    fileprivate mutating func nameHost(_ host: String, number: Int) {
        for index in connections.indices {
            connections[index].loop += number * ServerSample.loopLimit
            connections[index].peer = "\(host) \(connections[index].peer)"
        }
        for index in pendingWrites.indices { pendingWrites[index].loop += number * ServerSample.loopLimit }
        inspection = nil
    }
}
