#if canImport(Glibc)
import Glibc
#endif

/// Finds the end of a head in bytes that come in pieces, looking at each byte once.
///
/// Only line feeds matter for that: the head ends with the first empty line. The `HeadReader` checks
/// the lines, once all of them are there.
struct HeadScanner {
    /// Lines ended so far. The first is the request line.
    private(set) var lineCount = 0
    /// Bytes scanned so far.
    private(set) var byteCount = 0
    private var openLineByteCount = 0
    private var openLineStartsWithReturn = false

    /// Looks at more bytes.
    /// - Returns: how many of them belong to the head, if it ends among them.
    /// - Throws: when a limit is passed. The answer depends on the bytes alone, not on
    ///   how they were split.
    mutating func scan(
        _ input: UnsafeRawBufferPointer, limits: RequestLimits
    ) throws(RequestError) -> Int? {
        guard let base = input.baseAddress else { return nil }
        let available = min(input.count, limits.headByteLimit &- byteCount)
        var start = 0
        while start < available,
            let found = unsafe memchr(base + start, Int32(ASCII.lineFeed), available &- start)
        {
            let index = unsafe UnsafeRawPointer(found) - base
            if openLineByteCount == 0 {
                openLineStartsWithReturn = unsafe base.load(fromByteOffset: start, as: UInt8.self)
                    == ASCII.carriageReturn
            }
            let length = openLineByteCount &+ (index &- start)
            start = index &+ 1
            openLineByteCount = 0
            if length == 0 || length == 1 && openLineStartsWithReturn {
                lineCount &+= 1
                byteCount &+= start
                return start
            }
            if lineCount == 0 {
                if length >= limits.requestLineByteLimit { throw .targetTooLong }
            } else if lineCount > limits.headerCountLimit {
                throw .tooManyHeaders
            }
            lineCount &+= 1
        }
        if start < available {
            if openLineByteCount == 0 {
                openLineStartsWithReturn = unsafe base.load(fromByteOffset: start, as: UInt8.self)
                    == ASCII.carriageReturn
            }
            openLineByteCount &+= available &- start
        }
        byteCount &+= available
        if lineCount == 0 && byteCount > limits.requestLineByteLimit { throw .targetTooLong }
        if byteCount >= limits.headByteLimit { throw .headTooLarge }
        return nil
    }
}
