/// One number of a sample: its name, what it means, and where it lives.
///
/// The name is the same everywhere: the JSON path in a recording, in a summary, in a
/// threshold, and in what `highwater metrics` prints. The table both writes and reads
/// samples, so a number cannot be written under one name and read under another.
package struct Metric: Sendable {
    /// Words in lower case joined by `_`, parts by dots: `client.requests.started`.
    package let name: String
    package let unit: Unit
    package let kind: Kind
    /// One line, for people.
    package let meaning: String

    /// nil: this sample has no such number (no server, or nothing looked up yet).
    package let read: @Sendable (Sample) -> Value?
    /// Puts a value read from a recording into a sample; does nothing for derived numbers.
    package let write: @Sendable (inout Sample, Value) -> Void

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

    /// What a sample has under a metric's name.
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
        case connection = "{connection}"
        case entry = "{entry}"
        case error = "{error}"
        case eviction = "{eviction}"
        case file = "{file}"
        case frame = "{frame}"
        case handshake = "{handshake}"
        case lease = "{lease}"
        case lookup = "{lookup}"
        case loop = "{loop}"
        case pause = "{pause}"
        case request = "{request}"
        case requestPerSecond = "{request}/s"
        case reset = "{reset}"
        case response = "{response}"
        case write = "{write}"
    }

    /// Every number of a sample, in the order in which people read them.
    package static let all: [Metric] = time + client + server + process

    /// The moment of the sample itself.
    private static let time: [Metric] = [
        Metric(
            name: "time", unit: .seconds, kind: .gauge, meaning: "Since the run started",
            read: { .number(seconds($0.timeNanoseconds)) },
            write: { sample, value in
                if case .number(let time) = value { sample.timeNanoseconds = nanoseconds(time) }
            }),
        Metric(
            name: "interval", unit: .seconds, kind: .gauge, meaning: "Since the sample before: what the histograms cover",
            read: { .number(seconds($0.intervalNanoseconds)) },
            write: { sample, value in
                if case .number(let time) = value { sample.intervalNanoseconds = nanoseconds(time) }
            }),
    ]

    /// Exact to the nanosecond for 104 days, which is where Double ends.
    package static func seconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / 1e9 }

    /// The nearest whole number of nanoseconds; 0 for what is no time at all.
    package static func nanoseconds(_ seconds: Double) -> UInt64 { whole((seconds * 1e9).rounded()) }

    /// A number of a recording as a count: whatever the file says, never a trap.
    package static func whole<I: FixedWidthInteger>(_ number: Double) -> I {
        guard number > 0 else { return 0 }
        return I(exactly: number.rounded(.down)) ?? .max
    }
}

/// Makes the metrics that live in one part of a sample.
struct MetricGroup<Part>: Sendable {
    let prefix: String
    let part: @Sendable (Sample) -> Part?
    /// Makes the part if the sample has none.
    let update: @Sendable (inout Sample, (inout Part) -> Void) -> Void

    typealias Path<Value> = any WritableKeyPath<Part, Value> & Sendable

    /// The group of a part within this part; names still begin with this group's prefix.
    func inner<Inner>(_ path: Path<Inner>) -> MetricGroup<Inner> {
        MetricGroup<Inner>(
            prefix: prefix,
            part: { [part] sample in part(sample)?[keyPath: path] },
            update: { [update] sample, change in update(&sample) { change(&$0[keyPath: path]) } })
    }

    /// A counter; whole numbers.
    func counter(_ name: String, _ unit: Metric.Unit, _ path: Path<UInt64>, _ meaning: String) -> Metric {
        number(name, unit, .counter, meaning, { Double($0[keyPath: path]) }, { $0[keyPath: path] = Metric.whole($1) })
    }

    /// A gauge; whole numbers.
    func gauge(_ name: String, _ unit: Metric.Unit, _ path: Path<Int>, _ meaning: String) -> Metric {
        number(name, unit, .gauge, meaning, { Double($0[keyPath: path]) }, { $0[keyPath: path] = Metric.whole($1) })
    }

    /// Time: nanoseconds in the sample, seconds outside.
    func seconds(_ name: String, _ kind: Metric.Kind, _ path: Path<UInt64>, _ meaning: String) -> Metric {
        number(
            name, .seconds, kind, meaning, { Metric.seconds($0[keyPath: path]) },
            { $0[keyPath: path] = Metric.nanoseconds($1) })
    }

    /// A share derived from other numbers: written, never read back.
    func ratio(_ name: String, _ meaning: String, _ share: @escaping @Sendable (Part) -> Double?) -> Metric {
        number(name, .one, .ratio, meaning, share, { _, _ in })
    }

    func histogram(_ name: String, _ path: Path<LatencyHistogram>, _ meaning: String) -> Metric {
        Metric(
            name: "\(prefix).\(name)", unit: .seconds, kind: .histogram, meaning: meaning,
            read: { [part] sample in part(sample).map { .histogram($0[keyPath: path]) } },
            write: { [update] sample, value in
                guard case .histogram(let histogram) = value else { return }
                update(&sample) { $0[keyPath: path] = histogram }
            })
    }

    private func number(
        _ name: String, _ unit: Metric.Unit, _ kind: Metric.Kind, _ meaning: String,
        _ get: @escaping @Sendable (Part) -> Double?, _ set: @escaping @Sendable (inout Part, Double) -> Void
    ) -> Metric {
        Metric(
            name: "\(prefix).\(name)", unit: unit, kind: kind, meaning: meaning,
            read: { [part] sample in part(sample).flatMap(get).map { .number($0) } },
            write: { [update] sample, value in
                guard case .number(let number) = value else { return }
                update(&sample) { set(&$0, number) }
            })
    }
}
