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
    /// It holds the most since the start; nil: it does not.
    private(set) var highWater: HighWater?
    /// A sample has no such number where its source cannot know these figures.
    private(set) var figures: UnknownFigures = []
    /// 0 means that there was nothing to measure.
    private(set) var isAbsentAtZero = false

    /// A stored property. The rows below are inlined, so that no key path is made for them at run time: see `StoredField`.
    typealias Path<Value> = WritableKeyPath<Part, Value>

    /// A count that only grows. Those of several loops add up.
    @inline(__always)
    static func counter(
        _ name: String, _ unit: Metric.Unit, _ path: Path<UInt64>, better: Metric.Better = .neither, _ meaning: String
    ) -> MetricRow {
        integer(name, unit, .counter, .sum, better, StoredField(path).offset, .count, meaning)
    }

    /// A count as it is now.
    @inline(__always)
    static func gauge(
        _ name: String, _ unit: Metric.Unit, _ path: Path<Int>, merge: Metric.Merge = .sum, better: Metric.Better = .neither,
        _ meaning: String
    ) -> MetricRow {
        integer(name, unit, .gauge, merge, better, StoredField(path).offset, .signedCount, meaning)
    }

    /// A time that only grows: nanoseconds in the sample, seconds outside. Those of several loops add up.
    @inline(__always)
    static func timeCounter(_ name: String, _ path: Path<UInt64>, better: Metric.Better = .neither, _ meaning: String) -> MetricRow {
        integer(name, .seconds, .counter, .sum, better, StoredField(path).offset, .time, meaning)
    }

    /// An age or a delay as it is now: nanoseconds in the sample, seconds outside. Of several loops' the longest counts.
    @inline(__always)
    static func timeGauge(_ name: String, _ path: Path<UInt64>, better: Metric.Better = .neither, _ meaning: String) -> MetricRow {
        integer(name, .seconds, .gauge, .greatest, better, StoredField(path).offset, .time, meaning)
    }

    /// The longest time of its kind that ended since the reading before; 0: none did. Of several loops' the longest counts.
    @inline(__always)
    static func longestOfInterval(_ name: String, _ path: Path<UInt64>, better: Metric.Better = .neither, _ meaning: String) -> MetricRow {
        longestOfInterval(name, StoredField(path), better, meaning)
    }

    /// A count that each loop makes of the same: that of the loop with the most of them counts.
    @inline(__always)
    static func sharedCounter(
        _ name: String, _ unit: Metric.Unit, _ path: Path<UInt64>, better: Metric.Better = .neither, _ meaning: String
    ) -> MetricRow {
        integer(name, unit, .counter, .greatest, better, StoredField(path).offset, .count, meaning)
    }

    /// A share derived from other numbers: written, never read back. The higher, the better.
    static func ratio(_ name: String, _ meaning: String, _ share: @escaping @Sendable (Part) -> Double?) -> MetricRow {
        MetricRow(
            name: name, unit: .one, kind: .ratio, merge: .derived, better: .higher, meaning: meaning,
            read: { share($0).map { .number($0) } }, write: { _, _ in }, field: nil)
    }

    /// Latencies of the interval. The lower, the better.
    @inline(__always)
    static func histogram(_ name: String, _ path: Path<LatencyHistogram>, _ meaning: String) -> MetricRow {
        histogram(name, StoredField(path), meaning)
    }

    /// One of several counts in an array, as it is now. Those of several loops add up.
    static func element(_ index: Int, of path: StoredField<Part, [Int]>, _ name: String, _ unit: Metric.Unit, _ meaning: String) -> MetricRow {
        MetricRow(
            name: name, unit: unit, kind: .gauge, merge: .sum, better: .neither, meaning: meaning,
            read: { .number(Double(path.look(at: $0) { $0[index] })) },
            write: { part, value in
                if case .number(let number) = value { path.change(&part) { $0[index] = Metric.whole(number) } }
            },
            field: .now { part, other in path.change(&part) { $0[index] = Metric.Merge.sum.of($0[index], path.look(at: other) { $0[index] }) } })
    }

    private static func longestOfInterval(
        _ name: String, _ field: StoredField<Part, UInt64>, _ better: Metric.Better, _ meaning: String
    ) -> MetricRow {
        let takeLonger: @Sendable (inout Part, Part) -> Void = { part, other in
            field.set(max(field.value(of: part), field.value(of: other)), of: &part)
        }
        return MetricRow(
            name: name, unit: .seconds, kind: .gauge, merge: .greatest, better: better, meaning: meaning,
            read: { .number(Metric.seconds(field.value(of: $0))) },
            write: { part, value in
                if case .number(let number) = value { field.set(Metric.nanoseconds(number), of: &part) }
            },
            field: .ofInterval(merge: takeLonger, carry: takeLonger, clear: { field.set(0, of: &$0) }))
    }

    private static func histogram(_ name: String, _ field: StoredField<Part, LatencyHistogram>, _ meaning: String) -> MetricRow {
        let add: @Sendable (inout Part, Part) -> Void = { part, other in
            field.change(&part) { mine in field.look(at: other) { mine.merge($0) } }
        }
        return MetricRow(
            name: name, unit: .seconds, kind: .histogram, merge: .buckets, better: .lower, meaning: meaning,
            read: { .histogram(field.value(of: $0)) },
            write: { part, value in
                if case .histogram(let histogram) = value { field.set(histogram, of: &part) }
            },
            field: .ofInterval(merge: add, carry: add, clear: { field.set(LatencyHistogram(), of: &$0) }))
    }

    private static func integer(
        _ name: String, _ unit: Metric.Unit, _ kind: Metric.Kind, _ merge: Metric.Merge, _ better: Metric.Better, _ offset: Int,
        _ bits: IntegerBits, _ meaning: String
    ) -> MetricRow {
        let field = StoredField<Part, UInt64>(offset: offset)
        return MetricRow(
            name: name, unit: unit, kind: kind, merge: merge, better: better, meaning: meaning,
            read: { .number(bits.outside(field.value(of: $0))) },
            write: { part, value in
                if case .number(let number) = value { field.set(bits.inside(number), of: &part) }
            },
            field: .integer(offset: offset, merge: merge, bits))
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
            read: { [read] part in read(part).flatMap { $0.number == 0 ? nil : $0 } }, write: write, field: field,
            highWater: highWater, figures: figures, isAbsentAtZero: true)
    }

    /// This row of a part that lies within another part.
    func within<Whole>(_ part: StoredField<Whole, Part>, _ prefix: String) -> MetricRow<Whole> {
        let name = "\(prefix).\(name)"
        // An integer is read where it lies, in one step.
        if case .integer(let offset, _, let bits)? = field {
            var row = MetricRow<Whole>.integer(name, unit, kind, merge, better, part.offset + offset, bits, meaning)
            (row.highWater, row.figures) = (highWater?.within(prefix), figures)
            return isAbsentAtZero ? row.unlessZero : row
        }
        return MetricRow<Whole>(
            name: name, unit: unit, kind: kind, merge: merge, better: better, meaning: meaning,
            read: { [read] in part.look(at: $0, read) }, write: { [write] whole, value in part.change(&whole) { write(&$0, value) } },
            field: field.map { $0.within(part) }, highWater: highWater?.within(prefix), figures: figures, isAbsentAtZero: isAbsentAtZero)
    }
}

/// What the 64 bits of an integer field mean, and what they are outside of a sample.
enum IntegerBits: Sendable {
    case count
    case signedCount
    /// Nanoseconds in the sample, seconds outside.
    case time

    func outside(_ bits: UInt64) -> Double {
        switch self {
        case .count: Double(bits)
        case .signedCount: Double(Int(bitPattern: UInt(bits)))
        case .time: Metric.seconds(bits)
        }
    }

    func inside(_ number: Double) -> UInt64 {
        switch self {
        case .count: Metric.whole(number)
        case .signedCount: UInt64(bitPattern: Int64(Metric.whole(number) as Int))
        case .time: Metric.nanoseconds(number)
        }
    }
}
