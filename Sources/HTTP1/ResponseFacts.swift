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
        guard status >= 100, isTerminated, unsafe ResponseFacts.isText(line.dropFirst(12)) else { throw .invalidStatusLine }
    }

    /// A field line taken apart, blanks around the value removed.
    static func field(
        _ line: UnsafeRawBufferPointer
    ) throws(ResponseError) -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        var nameEnd = 0
        while nameEnd < line.count, unsafe ByteSet.token.contains(line[nameEnd]) { nameEnd += 1 }
        guard nameEnd > 0, nameEnd < line.count, unsafe line[nameEnd] == ASCII.colon else { throw .invalidField }
        let value = unsafe trimmed(line.dropFirst(nameEnd + 1))
        guard unsafe isText(value[...]) else { throw .invalidField }
        return unsafe (UnsafeRawBufferPointer(rebasing: line[..<nameEnd]), value)
    }

    /// Takes in a field about the length of the body or the end of the connection.
    mutating func note(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws(ResponseError) {
        switch name.count {
        case 10 where unsafe ResponseFacts.equal(name, "connection"):
            if unsafe ResponseFacts.list(value, contains: "close") { saysClose = true }
            if unsafe ResponseFacts.list(value, contains: "keep-alive") { saysKeepAlive = true }
        case 14 where unsafe ResponseFacts.equal(name, "content-length"):
            guard let length = unsafe ResponseFacts.decimal(value) else { throw .invalidContentLength }
            if let contentLength, contentLength != length { throw .invalidContentLength }
            contentLength = length
        case 17 where unsafe ResponseFacts.equal(name, "transfer-encoding"):
            guard !isChunked, unsafe ResponseFacts.equal(value, "chunked") else { throw .unsupportedTransferCoding }
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
        let rest = unsafe trimmed(line.dropFirst(index))
        guard unsafe rest.isEmpty || rest[0] == ASCII.semicolon, unsafe isText(rest[...]) else { throw .invalidChunk }
        return size
    }

    // MARK: Bytes

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> UnsafeRawBufferPointer {
        var bytes = unsafe bytes
        while let first = unsafe bytes.first, first == ASCII.space || first == ASCII.tab { unsafe bytes.removeFirst() }
        while let last = unsafe bytes.last, last == ASCII.space || last == ASCII.tab { unsafe bytes.removeLast() }
        return unsafe UnsafeRawBufferPointer(rebasing: bytes)
    }

    /// No control byte but a tab.
    private static func isText(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        for unsafe byte in unsafe bytes where byte < ASCII.space && byte != ASCII.tab || byte == 0x7F { return false }
        return true
    }

    /// - Parameter literal: in lower case.
    private static func equal(_ bytes: UnsafeRawBufferPointer, _ literal: StaticString) -> Bool {
        guard bytes.count == literal.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count {
            var byte = unsafe bytes[index]
            if byte >= 0x41 && byte <= 0x5A { byte |= 0x20 }
            if unsafe byte != literal.utf8Start[index] { return false }
        }
        return true
    }

    private static func list(_ list: UnsafeRawBufferPointer, contains literal: StaticString) -> Bool {
        var start = 0
        for index in 0...list.count where unsafe index == list.count || list[index] == 0x2C {
            if unsafe equal(trimmed(list[start..<index]), literal) { return true }
            start = index + 1
        }
        return false
    }

    private static func decimal(_ text: UnsafeRawBufferPointer) -> Int? {
        guard unsafe !text.isEmpty else { return nil }
        var number = 0
        for index in 0..<text.count {
            guard let digit = unsafe ASCII.decimal(text[index]) else { return nil }
            let (tens, isTooMuch) = number.multipliedReportingOverflow(by: 10)
            let (sum, isTooMuchStill) = tens.addingReportingOverflow(digit)
            if isTooMuch || isTooMuchStill { return nil }
            number = sum
        }
        return number
    }
}
