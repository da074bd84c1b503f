internal import Memory

/// The facts about the body and the connection that the head of a response gives.
struct ResponseFacts {
    private(set) var status = 0
    private var minorVersion = 1
    private var contentLength: Int?
    private var isChunked = false
    private var saysClose = false
    private var saysKeepAlive = false

    /// How the end of the body is known (RFC 9112, 6.3).
    enum BodyLength: Equatable {
        case none
        case count(Int)
        case chunked
        case untilEnd
    }

    var isInformational: Bool { status < 200 }

    /// Whether the peer takes another request on this connection (RFC 9112, 9.3).
    var keepsAlive: Bool { !saysClose && (minorVersion == 1 || saysKeepAlive) }

    /// The end of the body was the end of the connection.
    mutating func closes() { saysClose = true }

    /// `HTTP/1.1 200 OK`; the reason may be missing, and its blank with it.
    mutating func readStatusLine(_ line: UnsafeRawBufferPointer) throws(ResponseError) {
        let prefix: StaticString = "HTTP/1."
        guard line.count >= 12 else { throw .invalidStatusLine }
        for index in 0..<7 where unsafe line[index] != prefix.utf8Start[index] { throw .invalidStatusLine }
        guard let minor = unsafe ASCII.decimal(line[7]), unsafe line[8] == ASCII.space else { throw .invalidStatusLine }
        minorVersion = min(minor, 1)
        for index in 9..<12 {
            guard let digit = unsafe ASCII.decimal(line[index]) else { throw .invalidStatusLine }
            status = status * 10 + digit
        }
        let isTerminated = unsafe line.count == 12 || line[12] == ASCII.space
        guard status >= 100, isTerminated, unsafe ResponseFacts.isText(UnsafeRawBufferPointer(rebasing: line[12...])) else { throw .invalidStatusLine }
    }

    /// A field line taken apart, blanks around the value removed.
    static func field(
        _ line: UnsafeRawBufferPointer
    ) throws(ResponseError) -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        var nameEnd = 0
        while nameEnd < line.count, unsafe ByteSet.token.contains(line[nameEnd]) { nameEnd += 1 }
        guard nameEnd > 0, nameEnd < line.count, unsafe line[nameEnd] == ASCII.colon else { throw .invalidField }
        let value = unsafe ArenaBytes(viewing: UnsafeRawBufferPointer(rebasing: line[(nameEnd + 1)...])).trimmed.buffer
        guard unsafe isText(value) else { throw .invalidField }
        return unsafe (UnsafeRawBufferPointer(rebasing: line[..<nameEnd]), value)
    }

    /// Takes in a field about the length of the body or the end of the connection.
    mutating func note(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws(ResponseError) {
        let name = unsafe ArenaBytes(viewing: name)
        let value = unsafe ArenaBytes(viewing: value)
        switch name.count {
        case 10 where name.equalsIgnoringCase("connection"):
            value.forEachElement { element in
                if element.equalsIgnoringCase("close") { saysClose = true }
                if element.equalsIgnoringCase("keep-alive") { saysKeepAlive = true }
            }
        case 14 where name.equalsIgnoringCase("content-length"):
            guard let length = value.decimalNumber.flatMap(Int.init(exactly:)) else { throw .invalidContentLength }
            if let contentLength, contentLength != length { throw .invalidContentLength }
            contentLength = length
        case 17 where name.equalsIgnoringCase("transfer-encoding"):
            guard !isChunked, value.equalsIgnoringCase("chunked") else { throw .unsupportedTransferCoding }
            isChunked = true
        default: break
        }
    }

    /// Weighs the facts once all fields are read.
    func bodyLength(_ request: ResponseParser.Request) throws(ResponseError) -> BodyLength {
        if isChunked && contentLength != nil { throw .conflictingLengths }
        if request == .head || status == 204 || status == 304 { return .none }
        if isChunked { return .chunked }
        if let contentLength { return contentLength == 0 ? .none : .count(contentLength) }
        return .untilEnd
    }

    /// The size of a chunk: hexadecimal digits, then nothing or an extension (RFC 9112, 7.1).
    static func chunkSize(_ line: UnsafeRawBufferPointer) throws(ResponseError) -> Int {
        var size = 0
        var index = 0
        while index < line.count, let digit = unsafe ASCII.hexadecimal(line[index]) {
            guard size <= Int.max >> 4 else { throw .invalidChunk }
            size = size << 4 | digit
            index += 1
        }
        guard index > 0 else { throw .invalidChunk }
        let rest = unsafe ArenaBytes(viewing: UnsafeRawBufferPointer(rebasing: line[index...])).trimmed.buffer
        guard unsafe rest.isEmpty || rest[0] == ASCII.semicolon, unsafe isText(rest) else { throw .invalidChunk }
        return size
    }

    /// No control byte but a tab.
    private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index &+ 8 <= bytes.count {
            guard mayHaveControl(unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) else {
                index &+= 8
                continue
            }
            for place in index..<index &+ 8 where isControl(unsafe bytes[place]) { return false }
            index &+= 8
        }
        while index < bytes.count {
            if isControl(unsafe bytes[index]) { return false }
            index &+= 1
        }
        return true
    }

    @inline(__always)
    static func isControl(_ byte: UInt8) -> Bool { byte < ASCII.space && byte != ASCII.tab || byte == 0x7F }

    /// Whether one of eight bytes is below a blank, or is DEL. A byte beside such a one may seem to be one too.
    @inline(__always)
    private static func mayHaveControl(_ word: UInt64) -> Bool {
        let isLow = (word &- 0x2020_2020_2020_2020) & ~word
        let differs = word ^ 0x7F7F_7F7F_7F7F_7F7F
        let isDelete = (differs &- 0x0101_0101_0101_0101) & ~differs
        return (isLow | isDelete) & 0x8080_8080_8080_8080 != 0
    }
}
