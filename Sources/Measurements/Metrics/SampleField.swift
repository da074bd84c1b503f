/// How one field of a part of a sample is merged with the same field of another reading.
enum SampleField<Part>: Sendable {
    /// A 64-bit integer, so many bytes behind the part's start.
    ///
    /// By offset a merge takes 1 ns a number, by key path 9 ns; and the clients of a loop, 10 000 perhaps, merge
    /// the counts of each one's caches at every tick.
    case integer(offset: Int, merge: Metric.Merge, isSigned: Bool)
    /// A field that holds now, like rows of connections.
    case now(merge: @Sendable (inout Part, Part) -> Void)
    /// A field that covers the interval before the reading: a histogram, events. It must be told exactly once.
    ///
    /// - carry: adds the field of an older reading that no thread took.
    case ofInterval(
        merge: @Sendable (inout Part, Part) -> Void, carry: @Sendable (inout Part, Part) -> Void,
        clear: @Sendable (inout Part) -> Void)

    typealias Path<Value> = any WritableKeyPath<Part, Value> & Sendable

    static func number<Number: FixedWidthInteger & Sendable>(_ path: Path<Number>, _ merge: Metric.Merge) -> SampleField {
        if Number.bitWidth == 64, let offset = MemoryLayout<Part>.offset(of: path) {
            return .integer(offset: offset, merge: merge, isSigned: Number.isSigned)
        }
        // An element of an array has no place in the part itself.
        return .now { $0[keyPath: path] = merge.of($0[keyPath: path], $1[keyPath: path]) }
    }

    /// Rows that hold now; those of several readings follow each other.
    static func rows<Row>(_ path: Path<[Row]>) -> SampleField {
        .now { $0[keyPath: path] += $1[keyPath: path] }
    }

    /// A value that at most one of the readings has.
    static func first<Value>(_ path: Path<Value?>) -> SampleField {
        .now { part, other in if part[keyPath: path] == nil { part[keyPath: path] = other[keyPath: path] } }
    }

    /// Events since the reading before. Those of an older reading come first.
    static func happenings<Row>(_ path: Path<[Row]>) -> SampleField {
        .ofInterval(
            merge: { $0[keyPath: path] += $1[keyPath: path] },
            carry: { $0[keyPath: path] = $1[keyPath: path] + $0[keyPath: path] },
            clear: { $0[keyPath: path] = [] })
    }

    /// Parts of one type, at most `limit`: those with the same name become one, by the rules of their table.
    static func parts<Row: SamplePart>(_ path: Path<[Row]>, name: @escaping @Sendable (Row) -> String, limit: Int) -> SampleField {
        .ofInterval(
            merge: { part, other in
                for row in other[keyPath: path] {
                    if let index = part[keyPath: path].firstIndex(where: { name($0) == name(row) }) {
                        part[keyPath: path][index].merge(row)
                    } else if part[keyPath: path].count < limit {
                        part[keyPath: path].append(row)
                    }
                }
            },
            carry: { part, older in
                for row in older[keyPath: path] {
                    guard let index = part[keyPath: path].firstIndex(where: { name($0) == name(row) }) else { continue }
                    part[keyPath: path][index] = part[keyPath: path][index].including(histogramsOf: row)
                }
            },
            clear: { part in
                for index in part[keyPath: path].indices { part[keyPath: path][index].forgetHistograms() }
            })
    }

    /// This field of a part that lies within another part.
    func within<Whole>(_ path: any WritableKeyPath<Whole, Part> & Sendable) -> SampleField<Whole> {
        switch self {
        case .integer(let offset, let merge, let isSigned):
            guard let start = MemoryLayout<Whole>.offset(of: path) else { preconditionFailure("a part is a stored property") }
            return .integer(offset: start + offset, merge: merge, isSigned: isSigned)
        case .now(let merge):
            return .now { merge(&$0[keyPath: path], $1[keyPath: path]) }
        case .ofInterval(let merge, let carry, let clear):
            return .ofInterval(
                merge: { merge(&$0[keyPath: path], $1[keyPath: path]) }, carry: { carry(&$0[keyPath: path], $1[keyPath: path]) },
                clear: { clear(&$0[keyPath: path]) })
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
