internal import CZlib
internal import FoundationEssentials

/// The V2 encoding of HdrHistogram, which its readers in Java, C, Python and for browsers take.
///
/// A header of 40 bytes and the counts as ZigZag LEB128 of at most nine bytes, where a
/// negative number stands for a run of zeros; deflated, with a header of eight bytes;
/// in Base64. Integers in headers are big-endian.
extension LatencyHistogram {
    /// Of the zlib that is linked now.
    package static var zlibVersion: String { unsafe String(cString: CZlib.zlibVersion()) }

    /// Deflated and in Base64; begins `HISTFAAA`.
    package var encodedText: String {
        let payload = encodedCounts
        var plain = Bytes()
        plain.append(Encoding.cookie)
        plain.append(UInt32(payload.bytes.count))
        plain.append(UInt32(0))  // normalizing offset
        plain.append(UInt32(3))  // significant digits
        plain.append(UInt64(1))  // lowest discernible value
        plain.append(LatencyHistogram.highestNanoseconds)
        plain.append((1.0).bitPattern)  // integer to double conversion ratio
        plain.bytes += payload.bytes

        let deflated = Encoding.deflate(plain.bytes)
        var text = Bytes()
        text.append(Encoding.compressedCookie)
        text.append(UInt32(deflated.count))
        text.bytes += deflated
        return Data(text.bytes).base64EncodedString()
    }

    /// Reads what `encodedText`, or another HdrHistogram with our digits and unit, wrote.
    /// The lowest and the highest value come back at the precision of their buckets.
    package init(encodedText: String) throws(EncodingError) {
        guard let data = Data(base64Encoded: encodedText) else { throw .notBase64 }
        var compressed = Bytes(bytes: [UInt8](data))
        guard compressed.takeUInt32() == Encoding.compressedCookie else { throw .notCompressedV2 }
        guard let count = compressed.takeUInt32(), Int(count) == compressed.remaining.count else { throw .truncated }
        var plain = Bytes(bytes: try Encoding.inflate(Array(compressed.remaining)))

        guard plain.takeUInt32() == Encoding.cookie else { throw .notV2 }
        guard let payloadCount = plain.takeUInt32(), let offset = plain.takeUInt32(), let digits = plain.takeUInt32(),
            let lowest = plain.takeUInt64(), plain.takeUInt64() != nil, plain.takeUInt64() != nil,
            Int(payloadCount) == plain.remaining.count
        else { throw .truncated }
        guard offset == 0, digits == 3, lowest == 1 else { throw .otherLayout }

        try self.init(encodedCounts: plain.remaining)
    }

    /// Reads counts to the end. How many buckets there are is known only then.
    private init(encodedCounts: ArraySlice<UInt8>) throws(EncodingError) {
        var values: [(bucket: Int, count: UInt64)] = []
        // A byte at least for each.
        values.reserveCapacity(encodedCounts.count)
        var total: UInt64 = 0
        try LatencyHistogram.walk(encodedCounts.span) { bucket, count in
            values.append((bucket, count))
            total &+= count
        }
        guard let first = values.first?.bucket, let last = values.last?.bucket else {
            self.init()
            return
        }
        var counts = [UInt64](repeating: 0, count: last + 1 - first)
        var places = counts.mutableSpan
        for (bucket, count) in values { places[bucket &- first] = count }
        self.init(
            counts, count: total, lowest: LatencyHistogram.highestValue(ofBucket: first),
            highest: min(LatencyHistogram.highestNanoseconds, LatencyHistogram.highestValue(ofBucket: last)))
    }

    /// Goes through the counts to the end, and calls `body` for each bucket that has values.
    @inline(__always)
    private static func walk(_ bytes: Span<UInt8>, _ body: (_ bucket: Int, _ count: UInt64) -> Void) throws(EncodingError) {
        var position = 0, bucket = 0, total: UInt64 = 0
        while position < bytes.count {
            let number = try Encoding.number(bytes, &position)
            guard number > 0 else {
                guard number != .min, -number < bucketCount else { throw number == .min ? .truncated : .tooLarge }
                bucket += max(1, Int(-number))
                continue
            }
            guard bucket < bucketCount, UInt64(number) <= Encoding.countLimit - total else { throw .tooLarge }
            body(bucket, UInt64(number))
            total += UInt64(number)
            bucket += 1
        }
    }

    /// What is wrong with an encoded histogram.
    package enum EncodingError: Error, Equatable {
        case notBase64
        case notCompressedV2
        case notV2
        case notDeflate
        case truncated
        /// Other digits, another unit, or an offset: not a histogram of latencies of ours.
        case otherLayout
        /// Values beyond `highestNanoseconds`, or more of them than a double counts exactly.
        case tooLarge
    }

    private var encodedCounts: Bytes {
        var payload = Bytes()
        var next = 0
        for (index, count) in counts.enumerated() where count > 0 {
            let bucket = firstBucket + index
            if bucket > next { payload.append(number: -Int64(bucket - next)) }
            payload.append(number: Int64(clamping: count))
            next = bucket + 1
        }
        return payload
    }
}

/// The marks of the encoding, and zlib.
private enum Encoding {
    static let cookie: UInt32 = 0x1c84_9313
    static let compressedCookie: UInt32 = 0x1c84_9314

    /// Most values in a histogram: a double still counts them exactly.
    static let countLimit: UInt64 = 1 << 53

    /// More than the counts of any histogram of ours need: a limit for the memory that a file may demand.
    static let inflatedByteLimit = LatencyHistogram.bucketCount * 9 + 40

    /// The number at a place: ZigZag LEB128-64b9B, seven bits a byte, low ones first, and all eight of the ninth.
    @inline(__always)
    static func number(_ bytes: Span<UInt8>, _ position: inout Int) throws(LatencyHistogram.EncodingError) -> Int64 {
        let byte = Int64(bytes[position])
        guard byte >= 0x80 else {
            position &+= 1
            return byte >> 1 ^ -(byte & 1)
        }
        return try longNumber(bytes, &position)
    }

    /// One of several bytes.
    private static func longNumber(_ bytes: Span<UInt8>, _ position: inout Int) throws(LatencyHistogram.EncodingError) -> Int64 {
        var rest: UInt64 = 0, shift: UInt64 = 0
        while position < bytes.count {
            let byte = UInt64(bytes[position])
            position += 1
            if byte < 0x80 || shift == 56 {
                rest |= byte << shift
                return Int64(bitPattern: rest >> 1) ^ -Int64(bitPattern: rest & 1)
            }
            rest |= (byte & 0x7f) << shift
            shift += 7
        }
        throw .truncated
    }

    static func deflate(_ bytes: [UInt8]) -> [UInt8] {
        var count = compressBound(UInt(bytes.count))
        let deflated = unsafe [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, initializedCount in
            let status = unsafe compress(buffer.baseAddress, &count, bytes, UInt(bytes.count))
            precondition(status == Z_OK, "compress fails only for want of room or memory")
            initializedCount = Int(count)
        }
        return deflated
    }

    static func inflate(_ bytes: [UInt8]) throws(LatencyHistogram.EncodingError) -> [UInt8] {
        // Most histograms are small, and a buffer for the largest one would be pages of zeros each time.
        var room = min(inflatedByteLimit, max(4_096, bytes.count * 4))
        while true {
            var count = UInt(room)
            var status = Z_OK
            let inflated = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, initializedCount in
                status = unsafe uncompress(buffer.baseAddress, &count, bytes, UInt(bytes.count))
                initializedCount = status == Z_OK ? Int(count) : 0
            }
            switch status {
            case Z_OK: return inflated
            case Z_BUF_ERROR where bytes.isEmpty: throw .notDeflate
            case Z_BUF_ERROR where room == inflatedByteLimit: throw .tooLarge
            case Z_BUF_ERROR: room = min(inflatedByteLimit, room * 4)
            default: throw .notDeflate
            }
        }
    }
}

/// Bytes being written at the end and read from the front.
private struct Bytes {
    var bytes: [UInt8] = []
    private var position = 0

    init(bytes: [UInt8] = []) { self.bytes = bytes }

    var remaining: ArraySlice<UInt8> { bytes[position...] }

    mutating func append<I: FixedWidthInteger>(_ integer: I) {
        for shift in stride(from: I.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: integer >> I(shift)))
        }
    }

    mutating func takeUInt32() -> UInt32? { take(4).map { UInt32($0) } }

    mutating func takeUInt64() -> UInt64? { take(8) }

    private mutating func take(_ count: Int) -> UInt64? {
        guard remaining.count >= count else { return nil }
        defer { position += count }
        return remaining.prefix(count).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// As `Encoding.number` reads it.
    mutating func append(number: Int64) {
        var rest = UInt64(bitPattern: (number << 1) ^ (number >> 63))
        for _ in 0..<8 {
            guard rest >= 0x80 else { break }
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
