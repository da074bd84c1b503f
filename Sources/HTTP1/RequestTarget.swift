import Memory

/// The forms of a request target: RFC 9112, section 3.2.
enum RequestTarget {
    /// Splits the target of `head` into path and query, and checks that its form fits the method.
    static func read(into head: inout RequestHead, base: UnsafePointer<UInt8>) throws(RequestError) {
        let start = Int(head.targetRange.start)
        let end = start &+ Int(head.targetRange.count)
        switch unsafe base[start] {
        case slash:
            try unsafe readPath(from: start, to: end, into: &head, base: base)
        case asterisk where end == start &+ 1 && head.methodBytes.equals("OPTIONS"):
            head.pathRange = head.targetRange
        default:
            if head.methodBytes.equals("CONNECT") { throw .unsupportedConnect }
            try unsafe readAbsolute(from: start, to: end, into: &head, base: base)
        }
    }

    private static var slash: UInt8 { 0x2F }
    private static var asterisk: UInt8 { 0x2A }
    private static var questionMark: UInt8 { 0x3F }
    private static var numberSign: UInt8 { 0x23 }

    /// Path and query. A fragment is for the client alone and must not be sent: refused.
    private static func readPath(
        from start: Int, to end: Int, into head: inout RequestHead, base: UnsafePointer<UInt8>
    ) throws(RequestError) {
        var pathEnd = end
        var index = start
        while index < end {
            let byte = unsafe base[index]
            if byte == numberSign { throw .invalidTarget }
            if byte == questionMark && pathEnd == end { pathEnd = index }
            index &+= 1
        }
        head.pathRange = .init(start, pathEnd)
        if pathEnd < end { head.queryRange = .init(pathEnd &+ 1, end) }
    }

    /// `http://host:port/path?query`. The host it names takes the place of the Host field:
    /// RFC 9112, section 3.2.2.
    private static func readAbsolute(
        from start: Int, to end: Int, into head: inout RequestHead, base: UnsafePointer<UInt8>
    ) throws(RequestError) {
        let target = head.target
        let hostStart: Int
        if target.count > 7 && target[0..<7].equalsIgnoringCase("http://") {
            hostStart = start &+ 7
        } else if target.count > 8 && target[0..<8].equalsIgnoringCase("https://") {
            hostStart = start &+ 8
        } else {
            throw .invalidTarget
        }
        var hostEnd = hostStart
        while hostEnd < end, unsafe base[hostEnd] != slash, unsafe base[hostEnd] != questionMark {
            hostEnd &+= 1
        }
        let host = RequestHead.Slice(hostStart, hostEnd)
        guard HostSyntax.isValid(head.view(host)) else { throw .invalidTarget }
        head.hostRange = host
        if hostEnd < end, unsafe base[hostEnd] == slash {
            return try unsafe readPath(from: hostEnd, to: end, into: &head, base: base)
        }
        try unsafe readPath(from: hostEnd, to: end, into: &head, base: base)
        // No path means "/", and the slash before the host is one.
        head.pathRange = .init(hostStart &- 1, hostStart)
    }
}

/// `uri-host [ ":" port ]`: RFC 3986, section 3.2, without user information.
enum HostSyntax {
    static func isValid(_ host: ArenaBytes) -> Bool {
        let count = host.count
        guard count > 0 else { return false }
        var index = 0
        if host[0] == 0x5B {
            index = 1
            while index < count && ByteSet.addressLiteral.contains(host[index]) { index &+= 1 }
            guard index > 1, index < count, host[index] == 0x5D else { return false }
            index &+= 1
        } else {
            index = unsafe endOfPlainName(host.buffer)
            while index < count && host[index] == 0x25 {
                guard isPercentEncoded(host, at: index) else { return false }
                index &+= 3
                index &+= unsafe endOfPlainName(host[index..<count].buffer)
            }
            guard index > 0 else { return false }
        }
        guard index < count else { return true }
        guard host[index] == ASCII.colon, count - index <= 6 else { return false }
        for digit in (index + 1)..<count where ASCII.decimal(host[digit]) == nil { return false }
        return true
    }

    /// How many bytes at the front are a registered name's, percent signs apart.
    @inline(__always)
    private static func endOfPlainName(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var index = 0
        while unsafe index < bytes.count
            && ByteSet.registeredName.contains(base.load(fromByteOffset: index, as: UInt8.self))
        {
            index &+= 1
        }
        return index
    }

    private static func isPercentEncoded(_ host: ArenaBytes, at index: Int) -> Bool {
        index + 2 < host.count && ASCII.hexadecimal(host[index + 1]) != nil
            && ASCII.hexadecimal(host[index + 2]) != nil
    }
}
