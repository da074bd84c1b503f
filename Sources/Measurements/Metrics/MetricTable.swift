/// A part of a sample: its table says which numbers it has, and how the readings of several loops become one.
package protocol SamplePart: Sendable {
    static var table: MetricTable<Self> { get }
}

extension SamplePart {
    /// Adds the reading of another loop, by the rules of the table.
    ///
    /// Inlinable, so that it is compiled for the part where it is called: clients merge the counts of each one's
    /// caches at every tick.
    @inlinable
    package mutating func merge(_ other: Self) {
        let table = Self.table
        unsafe withUnsafeMutableBytes(of: &self) { mine in
            unsafe withUnsafeBytes(of: other) { theirs in unsafe table.integers.merge(mine, theirs) }
        }
        for merge in table.merges { merge(&self, other) }
    }

    /// Leaves what the counters have grown by since an earlier reading. Connections are counted from the start.
    package mutating func subtractCounters(of earlier: Self) {
        let table = Self.table
        unsafe withUnsafeMutableBytes(of: &self) { mine in
            unsafe withUnsafeBytes(of: earlier) { earlier in unsafe table.integers.subtractCounters(mine, earlier) }
        }
    }

    /// This reading with the histograms, evidence and events of an older one that no thread took.
    package func including(histogramsOf older: Self) -> Self {
        var both = self
        for carry in Self.table.carries { carry(&both, older) }
        return both
    }

    /// Leaves the numbers, and empties the fields that cover only an interval: histograms, evidence, events.
    package mutating func forgetHistograms() {
        for clear in Self.table.clears { clear(&self) }
    }

    /// Changes the part where it is: for a part that may be missing, by optional chaining.
    mutating func apply(_ change: (inout Self) -> Void) { change(&self) }
}

/// The numbers of a part, in the order in which people read them, and its other fields.
package final class MetricTable<Part>: Sendable {
    let rows: [MetricRow<Part>]
    package let integers: IntegerFields
    package let merges: [@Sendable (inout Part, Part) -> Void]
    fileprivate let carries: [@Sendable (inout Part, Part) -> Void]
    fileprivate let clears: [@Sendable (inout Part) -> Void]

    /// - Parameter others: the fields that are no numbers.
    init(_ rows: [MetricRow<Part>], others: [SampleField<Part>] = []) {
        self.rows = rows
        var integers = IntegerFields()
        var merges: [@Sendable (inout Part, Part) -> Void] = []
        var carries: [@Sendable (inout Part, Part) -> Void] = []
        var clears: [@Sendable (inout Part) -> Void] = []
        for field in rows.compactMap(\.field) + others {
            switch field {
            case .integer(let offset, let merge, let bits): integers.add(offset, merge, bits)
            case .now(let merge): merges.append(merge)
            case .ofInterval(let merge, let carry, let clear):
                merges.append(merge)
                carries.append(carry)
                clears.append(clear)
            }
        }
        for row in rows where row.kind == .counter && !row.name.hasPrefix("connections.") {
            guard case .integer(let offset, _, _)? = row.field else { preconditionFailure("\(row.name): a counter is a stored integer") }
            integers.addCounter(offset)
        }
        (self.integers, self.merges, self.carries, self.clears) = (integers, merges, carries, clears)
    }

    /// The names of the numbers, without those of the parts around them.
    package var names: [String] { rows.map(\.name) }

    /// The numbers that a part has, with their names.
    package func values(of part: Part) -> [(name: String, value: Metric.Value)] {
        rows.compactMap { row in row.read(part).map { (row.name, $0) } }
    }

    /// Puts a number under its name into a part. A name that the table lacks is left out.
    package func set(_ value: Metric.Value, named name: String, of part: inout Part) {
        rows.first { $0.name == name }?.write(&part, value)
    }

    /// The rows of a part within this one, for the table of the whole.
    @inline(__always)
    func rows<Whole>(within path: WritableKeyPath<Whole, Part>, _ prefix: String) -> [MetricRow<Whole>] {
        rows(within: StoredField(path), prefix)
    }

    private func rows<Whole>(within part: StoredField<Whole, Part>, _ prefix: String) -> [MetricRow<Whole>] {
        rows.map { $0.within(part, prefix) }
    }

    /// Appends the value of each row; nil where the part is missing, or its source cannot know the figure.
    func read(_ part: Part?, _ unknown: UnknownFigures, into values: inout [Metric.Value?]) {
        guard let part else { return values.append(contentsOf: repeatElement(nil, count: rows.count)) }
        // Rows and parts are large: neither is copied for a number.
        for index in rows.indices { values.append(rows[index].figures.isDisjoint(with: unknown) ? rows[index].read(part) : nil) }
    }

    /// The rows as metrics of a sample.
    ///
    /// - Parameter update: makes the part if the sample has none.
    func metrics(
        _ prefix: String, _ part: @escaping @Sendable (Sample) -> Part?,
        _ update: @escaping @Sendable (inout Sample, (inout Part) -> Void) -> Void
    ) -> [Metric] {
        rows.map { row in
            Metric(
                name: "\(prefix).\(row.name)", unit: row.unit, kind: row.kind, merge: row.merge, better: row.better,
                meaning: row.meaning,
                read: { $0.knows(row.figures) ? part($0).flatMap(row.read) : nil },
                write: { sample, value in update(&sample) { row.write(&$0, value) } },
                highWater: row.highWater?.named(in: prefix), figures: row.figures)
        }
    }
}
