/// One number of a part of a sample. It becomes a `Metric` when the part has its place in a sample.
struct MetricRow<Part>: Sendable {
    /// Without the names of the parts around it: `requests.started`, `hits`.
    let name: String
    let unit: Metric.Unit
    let kind: Metric.Kind
    let merge: Metric.Merge
    let better: Metric.Better
    let meaning: String
    let read: @Sendable (Part) -> Metric.Value?
    let write: @Sendable (inout Part, Metric.Value) -> Void
    /// nil for a derived number, which lies nowhere.
    let field: SampleField<Part>?
    /// What the field's 64 bits say; nil for a field that is no integer.
    private(set) var bits: IntegerBits?
    /// It holds the most since the start; nil: it does not.
    private(set) var highWater: HighWater?
    /// A sample has no such number where its source cannot know these figures.
    private(set) var figures: UnknownFigures = []
    /// 0 means that there was nothing to measure.
    private(set) var isAbsentAtZero = false

    typealias Path<Value> = any WritableKeyPath<Part, Value> & Sendable

    /// A count that only grows. Those of several loops add up.
    static func counter(
        _ name: String, _ unit: Metric.Unit, _ path: Path<UInt64>, better: Metric.Better = .neither, _ meaning: String
    ) -> MetricRow {
        number(name, unit, .counter, .sum, better, path, meaning, { Double($0) }, { Metric.whole($0) })
    }

    /// A count as it is now.
    static func gauge(
        _ name: String, _ unit: Metric.Unit, _ path: Path<Int>, merge: Metric.Merge = .sum, better: Metric.Better = .neither,
        _ meaning: String
    ) -> MetricRow {
        number(name, unit, .gauge, merge, better, path, meaning, { Double($0) }, { Metric.whole($0) })
    }

    /// A time that only grows: nanoseconds in the sample, seconds outside. Those of several loops add up.
    static func timeCounter(_ name: String, _ path: Path<UInt64>, better: Metric.Better = .neither, _ meaning: String) -> MetricRow {
        number(name, .seconds, .counter, .sum, better, path, meaning, Metric.seconds, Metric.nanoseconds)
    }

    /// An age or a delay as it is now: nanoseconds in the sample, seconds outside. Of several loops' the longest counts.
    static func timeGauge(_ name: String, _ path: Path<UInt64>, better: Metric.Better = .neither, _ meaning: String) -> MetricRow {
        number(name, .seconds, .gauge, .greatest, better, path, meaning, Metric.seconds, Metric.nanoseconds)
    }

    /// The longest time of its kind that ended since the reading before; 0: none did. Of several loops' the longest counts.
    static func longestOfInterval(_ name: String, _ path: Path<UInt64>, better: Metric.Better = .neither, _ meaning: String) -> MetricRow {
        MetricRow(
            name: name, unit: .seconds, kind: .gauge, merge: .greatest, better: better, meaning: meaning,
            read: { .number(Metric.seconds($0[keyPath: path])) },
            write: { part, value in
                if case .number(let number) = value { part[keyPath: path] = Metric.nanoseconds(number) }
            },
            field: .ofInterval(
                merge: { $0[keyPath: path] = max($0[keyPath: path], $1[keyPath: path]) },
                carry: { $0[keyPath: path] = max($0[keyPath: path], $1[keyPath: path]) },
                clear: { $0[keyPath: path] = 0 }))
    }

    /// A count that each loop makes of the same: that of the loop with the most of them counts.
    static func sharedCounter(
        _ name: String, _ unit: Metric.Unit, _ path: Path<UInt64>, better: Metric.Better = .neither, _ meaning: String
    ) -> MetricRow {
        number(name, unit, .counter, .greatest, better, path, meaning, { Double($0) }, { Metric.whole($0) })
    }

    /// A share derived from other numbers: written, never read back. The higher, the better.
    static func ratio(_ name: String, _ meaning: String, _ share: @escaping @Sendable (Part) -> Double?) -> MetricRow {
        MetricRow(
            name: name, unit: .one, kind: .ratio, merge: .derived, better: .higher, meaning: meaning,
            read: { share($0).map { .number($0) } }, write: { _, _ in }, field: nil)
    }

    /// Latencies of the interval. The lower, the better.
    static func histogram(_ name: String, _ path: Path<LatencyHistogram>, _ meaning: String) -> MetricRow {
        MetricRow(
            name: name, unit: .seconds, kind: .histogram, merge: .buckets, better: .lower, meaning: meaning,
            read: { .histogram($0[keyPath: path]) },
            write: { part, value in
                if case .histogram(let histogram) = value { part[keyPath: path] = histogram }
            },
            field: .ofInterval(
                merge: { $0[keyPath: path].merge($1[keyPath: path]) },
                carry: { $0[keyPath: path].merge($1[keyPath: path]) },
                clear: { $0[keyPath: path] = LatencyHistogram() }))
    }

    private static func number<Number: FixedWidthInteger & Sendable>(
        _ name: String, _ unit: Metric.Unit, _ kind: Metric.Kind, _ merge: Metric.Merge, _ better: Metric.Better,
        _ path: Path<Number>, _ meaning: String, _ outside: @escaping @Sendable (Number) -> Double,
        _ inside: @escaping @Sendable (Double) -> Number
    ) -> MetricRow {
        MetricRow(
            name: name, unit: unit, kind: kind, merge: merge, better: better, meaning: meaning,
            read: { .number(outside($0[keyPath: path])) },
            write: { part, value in
                if case .number(let number) = value { part[keyPath: path] = inside(number) }
            },
            field: .number(path, merge),
            bits: Number.bitWidth == 64
                ? IntegerBits(outside: { outside(Number(truncatingIfNeeded: $0)) }, inside: { UInt64(truncatingIfNeeded: inside($0)) }) : nil
        ).byOffset
    }

    /// The same number, read and written where it lies: a key path takes ten times as long, and a long recording has
    /// ten million of these.
    private var byOffset: MetricRow {
        guard case .integer(let offset, _, _)? = field, let bits else { return self }
        return MetricRow(
            name: name, unit: unit, kind: kind, merge: merge, better: better, meaning: meaning,
            read: { part in
                .number(bits.outside(unsafe withUnsafeBytes(of: part) { unsafe $0.load(fromByteOffset: offset, as: UInt64.self) }))
            },
            write: { part, value in
                guard case .number(let number) = value else { return }
                unsafe withUnsafeMutableBytes(of: &part) { unsafe $0.storeBytes(of: bits.inside(number), toByteOffset: offset, as: UInt64.self) }
            },
            field: field, bits: bits, highWater: highWater, figures: figures)
    }

    /// The same number, which is absent where its source cannot know these figures.
    func unlessUnknown(_ figures: UnknownFigures) -> MetricRow {
        var row = self
        row.figures.formUnion(figures)
        return row
    }

    /// The same gauge, which holds the most since the start.
    ///
    /// - Parameters:
    ///   - gauge: the gauge that it is the most of, by its name in this table; nil: samples have none.
    ///   - part: the part of a sample that has the gauge, where that is another one: "server".
    ///   - coversInterval: the gauge has the most of the interval before the sample.
    func highWater(of gauge: String?, in part: String? = nil, coversInterval: Bool = false) -> MetricRow {
        var row = self
        row.highWater = HighWater(gauge: gauge, part: part, coversInterval: coversInterval)
        return row
    }

    /// The same number, which is absent where it is 0: of what was not there to be measured.
    var unlessZero: MetricRow {
        MetricRow(
            name: name, unit: unit, kind: kind, merge: merge, better: better, meaning: meaning,
            read: { [read] part in read(part).flatMap { $0.number == 0 ? nil : $0 } }, write: write, field: field, bits: bits,
            highWater: highWater, figures: figures, isAbsentAtZero: true)
    }

    /// This row of a part that lies within another part.
    func within<Whole>(_ path: any WritableKeyPath<Whole, Part> & Sendable, _ prefix: String) -> MetricRow<Whole> {
        let row = MetricRow<Whole>(
            name: "\(prefix).\(name)", unit: unit, kind: kind, merge: merge, better: better, meaning: meaning,
            read: { [read] in read($0[keyPath: path]) }, write: { [write] in write(&$0[keyPath: path], $1) },
            field: field.map { $0.within(path) }, bits: bits, highWater: highWater?.within(prefix), figures: figures
        ).byOffset
        return isAbsentAtZero ? row.unlessZero : row
    }
}

/// The value of an integer field outside of a sample, from its 64 bits and back.
struct IntegerBits: Sendable {
    let outside: @Sendable (UInt64) -> Double
    let inside: @Sendable (Double) -> UInt64
}
