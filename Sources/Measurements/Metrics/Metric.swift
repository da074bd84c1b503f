/// One number of a sample: its name, meaning and place, and the rule by which several readings become one.
///
/// The name is the same everywhere: the JSON path in a recording, in a summary, in a condition, and in the list that
/// `highwater metrics` prints. The table both writes and reads samples, so a number cannot be written under one
/// name and read under another.
package struct Metric: Sendable {
    /// Words in lower case joined by `_`, parts by dots: `client.requests.started`.
    package let name: String
    package let unit: Unit
    package let kind: Kind
    package let merge: Merge
    package let better: Better
    /// One line, for people.
    package let meaning: String

    /// nil: this sample has no such number: no server, nothing looked up yet, or the source cannot know it.
    package let read: @Sendable (Sample) -> Value?
    /// Puts a value read from a recording into a sample; does nothing for derived numbers.
    package let write: @Sendable (inout Sample, Value) -> Void
    /// It holds the most since the start; nil: it does not.
    package var highWater: HighWater?
    package var isHighWater: Bool { highWater != nil }
    /// A sample whose source cannot know all of these has no such number.
    package var figures: UnknownFigures = []

    /// How a number behaves over time.
    package enum Kind: String, Sendable {
        /// Only grows, from the start of the run.
        case counter
        /// How it is at the moment of the sample.
        case gauge
        /// Values of the interval before the sample.
        case histogram
        /// A share, 0 to 1, derived from two counters.
        case ratio
    }

    /// How the readings of several loops, or of several machines, become one.
    package enum Merge: Sendable {
        /// Counts add up. So do high waters: an upper bound, since the loops' peaks need not fall together.
        case sum
        /// The greater one: an age, a lag, the most that a single request used.
        case greatest
        /// Bucket by bucket.
        case buckets
        /// Computed again from the merged numbers that it is derived from.
        case derived
    }

    /// In which direction a change of the number is an improvement.
    package enum Better: Sendable {
        case lower, higher
        /// It counts failures: none is right, and a change from none to some is never chance.
        case zero
        /// It depends on what the run is for.
        case neither
    }

    /// The value of a metric in a sample.
    package enum Value: Sendable {
        case number(Double)
        case histogram(LatencyHistogram)
    }

    /// Units as OpenTelemetry writes them (UCUM; what is counted in braces).
    package enum Unit: String, Sendable, CaseIterable {
        case seconds = "s"
        case bytes = "By"
        case bytesPerSecond = "By/s"
        case one = "1"
        case allocation = "{allocation}"
        case arena = "{arena}"
        case attempt = "{attempt}"
        case bug = "{bug}"
        case check = "{check}"
        case connection = "{connection}"
        case entry = "{entry}"
        case error = "{error}"
        case eviction = "{eviction}"
        case file = "{file}"
        case finding = "{finding}"
        case frame = "{frame}"
        case gap = "{gap}"
        case handshake = "{handshake}"
        case lease = "{lease}"
        case lookup = "{lookup}"
        case loop = "{loop}"
        case part = "{part}"
        case pause = "{pause}"
        case process = "{process}"
        case request = "{request}"
        case requestPerSecond = "{request}/s"
        case reset = "{reset}"
        case response = "{response}"
        case thread = "{thread}"
        case turn = "{turn}"
        case write = "{write}"
    }

    /// Every number of a sample, in the order in which people read them.
    package static let all: [Metric] = time
        + ClientSample.table.metrics("client", { $0.client }) { sample, change in
            // A pattern, since the compiler copies a part to compare it with nil.
            if case nil = sample.client { sample.client = ClientSample() }
            sample.client?.apply(change)
        }
        + ServerSample.table.metrics("server", { $0.server }) { sample, change in
            if case nil = sample.server { sample.server = ServerSample() }
            sample.server?.apply(change)
        }
        + ProcessSample.table.metrics("process", { $0.process }) { sample, change in change(&sample.process) }
        + WatchSample.table.metrics("watch", { $0.watch }) { sample, change in
            if case nil = sample.watch { sample.watch = WatchSample() }
            sample.watch?.apply(change)
        }
        + PartsSample.table.metrics("parts", { $0.parts }) { sample, change in
            if case nil = sample.parts { sample.parts = PartsSample() }
            sample.parts?.apply(change)
        }

    /// The place of a metric in `all`, and in the `readings` of a sample.
    package static let places = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.name, $0) })

    /// The same without the moment of the sample, which is no measurement.
    package static let measured = Array(all.dropFirst(time.count))

    /// Those that hold the most since the start.
    package static let highWaters = all.filter(\.isHighWater)

    /// The metric of that name; nil: there is none.
    package static func named(_ name: String) -> Metric? { places[name].map { all[$0] } }

    /// The moment of the sample itself.
    private static let time: [Metric] = [
        Metric(
            name: "time", unit: .seconds, kind: .gauge, merge: .greatest, better: .neither, meaning: "Since the run started",
            read: { .number(seconds($0.timeNanoseconds)) },
            write: { sample, value in
                if case .number(let time) = value { sample.timeNanoseconds = nanoseconds(time) }
            }),
        Metric(
            name: "interval", unit: .seconds, kind: .gauge, merge: .greatest, better: .neither,
            meaning: "Since the sample before: the time that the histograms cover",
            read: { .number(seconds($0.intervalNanoseconds)) },
            write: { sample, value in
                if case .number(let time) = value { sample.intervalNanoseconds = nanoseconds(time) }
            }),
    ]

    /// The number that a sample has of this metric; nil for a histogram, and where the sample has none.
    package func number(of sample: Sample) -> Double? {
        if case .number(let number)? = read(sample) { number } else { nil }
    }

    /// The histogram that a sample has of this metric; nil for a number, and where the sample has none.
    package func histogram(of sample: Sample) -> LatencyHistogram? {
        if case .histogram(let histogram)? = read(sample) { histogram } else { nil }
    }

    /// Exact to the nanosecond for 104 days, which is where Double ends.
    @inlinable
    package static func seconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / 1e9 }

    /// The nearest whole number of nanoseconds; 0 for a negative number and NaN.
    package static func nanoseconds(_ seconds: Double) -> UInt64 { whole((seconds * 1e9).rounded()) }

    /// A number of a recording as a count. A number that no count can be is the nearest that one can: no trap.
    package static func whole<I: FixedWidthInteger>(_ number: Double) -> I {
        guard number > 0 else { return 0 }
        return number < 0x1p64 ? I(clamping: UInt64(number)) : .max
    }
}

extension Sample {
    /// The values of all metrics, in the order of `Metric.all`; nil where the sample has none.
    ///
    /// For readers of long recordings: each metric alone takes its whole part out of the sample again.
    package var readings: [Metric.Value?] {
        var values: [Metric.Value?] = [.number(Metric.seconds(timeNanoseconds)), .number(Metric.seconds(intervalNanoseconds))]
        values.reserveCapacity(Metric.all.count)
        ClientSample.table.read(client, unknown, into: &values)
        ServerSample.table.read(server, unknown, into: &values)
        ProcessSample.table.read(process, unknown, into: &values)
        WatchSample.table.read(watch, unknown, into: &values)
        PartsSample.table.read(parts, unknown, into: &values)
        return values
    }
}

extension Metric.Value {
    /// nil for a histogram.
    package var number: Double? { if case .number(let number) = self { number } else { nil } }

    /// nil for a number.
    package var histogram: LatencyHistogram? { if case .histogram(let histogram) = self { histogram } else { nil } }
}
