/// The plain numbers of a part of a sample: 64-bit integers, by where they lie and how two of them become one.
package struct IntegerFields: Sendable {
    /// Bytes from the part's start.
    private var sums: [Int] = []
    private var signedSums: [Int] = []
    private var greatest: [Int] = []

    /// Those of the sums that only grow and begin again with each part of a run; connections are kept.
    private var counters: [Int] = []

    mutating func addCounter(_ offset: Int) { counters.append(offset) }

    /// Leaves what the counters have grown by since an earlier reading of the same part.
    package func subtractCounters(_ mine: UnsafeMutableRawBufferPointer, _ earlier: UnsafeRawBufferPointer) {
        for offset in counters {
            let now = unsafe mine.load(fromByteOffset: offset, as: UInt64.self)
            let before = unsafe earlier.load(fromByteOffset: offset, as: UInt64.self)
            unsafe mine.storeBytes(of: now - min(before, now), toByteOffset: offset, as: UInt64.self)
        }
    }

    mutating func add(_ offset: Int, _ merge: Metric.Merge, _ bits: IntegerBits) {
        switch merge {
        case .sum where bits == .signedCount: signedSums.append(offset)
        case .sum: sums.append(offset)
        case .greatest: greatest.append(offset)
        case .buckets, .derived: preconditionFailure("no rule for a plain number")
        }
    }

    /// Merges the numbers of a part into those of another part of the same type.
    ///
    /// A sum that 64 bits do not hold stays at their greatest number: recordings may say anything.
    package func merge(_ mine: UnsafeMutableRawBufferPointer, _ theirs: UnsafeRawBufferPointer) {
        for offset in sums {
            let (sum, overflows) = unsafe mine.load(fromByteOffset: offset, as: UInt.self)
                .addingReportingOverflow(theirs.load(fromByteOffset: offset, as: UInt.self))
            unsafe mine.storeBytes(of: overflows ? .max : sum, toByteOffset: offset, as: UInt.self)
        }
        for offset in signedSums {
            let (sum, overflows) = unsafe mine.load(fromByteOffset: offset, as: Int.self)
                .addingReportingOverflow(theirs.load(fromByteOffset: offset, as: Int.self))
            unsafe mine.storeBytes(of: overflows ? .max : sum, toByteOffset: offset, as: Int.self)
        }
        for offset in greatest {
            // Times and counts: none is negative, so both kinds compare alike.
            let most = unsafe max(mine.load(fromByteOffset: offset, as: UInt.self), theirs.load(fromByteOffset: offset, as: UInt.self))
            unsafe mine.storeBytes(of: most, toByteOffset: offset, as: UInt.self)
        }
    }
}
