import Memory

/// The facts about a message that the fields of its head give: its length, its host, the connection.
struct HeadFacts {
    private var host: RequestHead.Slice?
    private var contentLength: Int?
    private var isChunked = false
    private var closes = false
    private var asksToKeep = false
    private var expectsContinue = false

    /// Takes in one field, and refuses it where it is invalid or ambiguous.
    /// The length of the name, which rules out most fields at once, is looked at first.
    @inline(__always)
    mutating func note(_ field: RequestHead.Field, base: UnsafePointer<UInt8>) throws(RequestError) {
        switch field.name.count {
        case 4, 6, 10, 14, 17:
            let name = unsafe field.name.view(base)
            try note(name, field.value, value: unsafe field.value.view(base))
        default: break
        }
    }

    private mutating func note(
        _ name: ArenaBytes, _ slice: RequestHead.Slice, value: ArenaBytes
    ) throws(RequestError) {
        switch name.count {
        case 4 where name.equalsIgnoringCase("host"):
            guard host == nil else { throw .repeatedHost }
            host = slice
        case 6 where name.equalsIgnoringCase("expect"):
            guard value.equalsIgnoringCase("100-continue") else { throw .unsupportedExpectation }
            expectsContinue = true
        case 10 where name.equalsIgnoringCase("connection"):
            noteConnection(value)
        case 14 where name.equalsIgnoringCase("content-length"):
            guard contentLength == nil else { throw .repeatedContentLength }
            guard let length = value.decimalNumber.flatMap(Int.init(exactly:)) else { throw .invalidContentLength }
            contentLength = length
        case 17 where name.equalsIgnoringCase("transfer-encoding"):
            try noteTransferEncoding(value)
        default: break
        }
    }

    /// Weighs the facts against each other once all fields are read.
    func conclude(_ head: inout RequestHead, bodyByteLimit: Int) throws(RequestError) {
        if isChunked {
            if contentLength != nil { throw .conflictingLengths }
            if head.minorVersion == 0 { throw .transferEncodingInHTTP10 }
            head.bodyLength = .chunked
        } else if let contentLength, contentLength > 0 {
            head.bodyLength = .count(contentLength)
        }
        if let host {
            guard HostSyntax.isValid(head.view(host)) else { throw .invalidHost }
            head.hostRange = host
        } else if head.minorVersion == 1 {
            throw .missingHost
        }
        head.keepsAlive = !closes && (head.minorVersion == 1 || asksToKeep)
        // HTTP/1.0 has no 100 Continue to wait for: RFC 9110, section 10.1.1.
        head.expectsContinue = expectsContinue && head.minorVersion == 1 && head.bodyLength != .none
        if let contentLength, contentLength > bodyByteLimit { throw .bodyTooLarge }
    }

    private mutating func noteConnection(_ value: ArenaBytes) {
        if value.equalsIgnoringCase("keep-alive") {
            asksToKeep = true
            return
        }
        value.forEachElement { element in
            if element.equalsIgnoringCase("close") { closes = true }
            if element.equalsIgnoringCase("keep-alive") { asksToKeep = true }
        }
    }

    private mutating func noteTransferEncoding(_ value: ArenaBytes) throws(RequestError) {
        guard !isChunked else { throw .invalidTransferEncoding }
        var last = ArenaBytes.empty
        var count = 0
        value.forEachElement { element in
            last = element
            count += 1
        }
        guard last.equalsIgnoringCase("chunked") else { throw .invalidTransferEncoding }
        // An empty element beside `chunked` is legal and useless: refused, to be strict.
        guard value.count == last.count else { throw .unsupportedTransferCoding }
        isChunked = true
    }
}
