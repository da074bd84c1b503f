/// One reading of everything, at one tick: what a dashboard draws, a recording stores
/// and a threshold judges. A plain value, whoever made it.
package struct Sample: Sendable {
    /// Since the run started, nanoseconds of the monotonic clock.
    package var timeNanoseconds: UInt64
    /// Since the sample before (or the start): what the histograms cover.
    package var intervalNanoseconds: UInt64
    /// The phase that the interval belongs to; nil in a run without phases, and after the load.
    package var phase: String?
    /// That phase is left out of what a run comes to.
    package var isWarmup = false
    /// nil when the server is not ours, or does not publish.
    package var server: ServerSample?
    /// nil when there are no clients.
    package var client: ClientSample?
    package var process: ProcessSample

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

/// This process: what its threads and its memory cost, by the system's own count.
package struct ProcessSample: Sendable, Equatable {
    /// CPU time of the whole process, nanoseconds since it started.
    package var cpuNanoseconds: UInt64 = 0
    /// CPU time of the thread that samples and draws.
    package var ownCPUNanoseconds: UInt64 = 0
    /// Resident memory, bytes, now.
    package var residentBytes = 0
    /// File descriptors open now.
    package var openFileDescriptors = 0

    package init() {}
}

/// Something that happened, with its time: a mark on the axis, a line in a recording.
package struct Event: Sendable, Equatable {
    /// Since the run started, nanoseconds.
    package var timeNanoseconds: UInt64
    package var level: Level
    /// One word: "load", "server", "client", "signal", "phase".
    package var source: String
    /// A sentence for people. Bytes from peers are escaped before they get here.
    package var text: String
    /// The evidence, where the event is one of an audit's.
    package var violation: Violation?

    /// How much an event should worry its reader.
    package enum Level: String, Sendable, Comparable, CaseIterable {
        case info, warning, error

        package static func < (left: Level, right: Level) -> Bool {
            left.rank < right.rank
        }

        private var rank: Int {
            switch self {
            case .info: 0
            case .warning: 1
            case .error: 2
            }
        }
    }

    package init(timeNanoseconds: UInt64, level: Level, source: String, text: String, violation: Violation? = nil) {
        self.violation = violation
        self.timeNanoseconds = timeNanoseconds
        self.level = level
        self.source = source
        self.text = text
    }
}
