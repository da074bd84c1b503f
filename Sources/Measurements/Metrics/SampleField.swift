/// How one field of a part of a sample is merged with the same field of another reading.
enum SampleField<Part>: Sendable {
    /// A 64-bit integer, so many bytes behind the part's start.
    ///
    /// Merged by offset, at 1 ns a number: the clients of a loop, 10 000 perhaps, merge the counts of each one's caches
    /// at every tick.
    case integer(offset: Int, merge: Metric.Merge, IntegerBits)
    /// A field that holds now, like rows of connections.
    case now(merge: @Sendable (inout Part, Part) -> Void)
    /// A field that covers the interval before the reading: a histogram, events. It must be told exactly once.
    ///
    /// - carry: adds the field of an older reading that no thread took.
    case ofInterval(
        merge: @Sendable (inout Part, Part) -> Void, carry: @Sendable (inout Part, Part) -> Void,
        clear: @Sendable (inout Part) -> Void)

    /// Rows that hold now; those of several readings follow each other.
    @inline(__always)
    static func rows<Row>(_ path: WritableKeyPath<Part, [Row]>) -> SampleField { rows(StoredField(path)) }

    private static func rows<Row>(_ field: StoredField<Part, [Row]>) -> SampleField {
        .now { part, other in field.change(&part) { $0 += field.value(of: other) } }
    }

    /// A value that at most one of the readings has.
    @inline(__always)
    static func first<Value>(_ path: WritableKeyPath<Part, Value?>) -> SampleField { first(StoredField(path)) }

    private static func first<Value>(_ field: StoredField<Part, Value?>) -> SampleField {
        .now { part, other in field.change(&part) { if $0 == nil { $0 = field.value(of: other) } } }
    }

    /// Events since the reading before. Those of an older reading come first.
    @inline(__always)
    static func happenings<Row>(_ path: WritableKeyPath<Part, [Row]>) -> SampleField { happenings(StoredField(path)) }

    private static func happenings<Row>(_ field: StoredField<Part, [Row]>) -> SampleField {
        .ofInterval(
            merge: { part, other in field.change(&part) { $0 += field.value(of: other) } },
            carry: { part, older in field.change(&part) { $0 = field.value(of: older) + $0 } },
            clear: { field.set([], of: &$0) })
    }

    /// Parts of one type, at most `limit`: those with the same name become one, by the rules of their table.
    @inline(__always)
    static func parts<Row: SamplePart>(
        _ path: WritableKeyPath<Part, [Row]>, name: @escaping @Sendable (Row) -> String, limit: Int
    ) -> SampleField { parts(StoredField(path), name, limit) }

    private static func parts<Row: SamplePart>(
        _ field: StoredField<Part, [Row]>, _ name: @escaping @Sendable (Row) -> String, _ limit: Int
    ) -> SampleField {
        .ofInterval(
            merge: { part, other in
                field.change(&part) { rows in
                    for row in field.value(of: other) {
                        if let index = rows.firstIndex(where: { name($0) == name(row) }) { rows[index].merge(row) }
                        else if rows.count < limit { rows.append(row) }
                    }
                }
            },
            carry: { part, older in
                field.change(&part) { rows in
                    for row in field.value(of: older) {
                        guard let index = rows.firstIndex(where: { name($0) == name(row) }) else { continue }
                        rows[index] = rows[index].including(histogramsOf: row)
                    }
                }
            },
            clear: { part in
                field.change(&part) { rows in
                    for index in rows.indices { rows[index].forgetHistograms() }
                }
            })
    }

    /// This field of a part that lies within another part.
    func within<Whole>(_ part: StoredField<Whole, Part>) -> SampleField<Whole> {
        func inside(_ merge: @escaping @Sendable (inout Part, Part) -> Void) -> @Sendable (inout Whole, Whole) -> Void {
            { whole, other in part.change(&whole) { mine in part.look(at: other) { merge(&mine, $0) } } }
        }
        switch self {
        case .integer(let offset, let merge, let bits): return .integer(offset: part.offset + offset, merge: merge, bits)
        case .now(let merge): return .now(merge: inside(merge))
        case .ofInterval(let merge, let carry, let clear):
            return .ofInterval(merge: inside(merge), carry: inside(carry), clear: { part.change(&$0, clear) })
        }
    }
}

extension Metric.Merge {
    /// Two readings of a number as one. A sum that no 64 bits hold stays at their greatest: recordings may say anything.
    func of<Number: FixedWidthInteger>(_ left: Number, _ right: Number) -> Number {
        switch self {
        case .sum:
            let (sum, overflows) = left.addingReportingOverflow(right)
            return overflows ? .max : sum
        case .greatest: return max(left, right)
        case .buckets, .derived: preconditionFailure("no rule for a plain number")
        }
    }
}
