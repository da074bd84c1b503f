import Memory

/// Reads a complete head in place: strict, one pass, nothing copied.
///
/// Follows RFC 9112 to the letter: a forbidden form is refused and never repaired, because request
/// smuggling lives on two parsers that repair differently.
///
/// `@safe`: reads within the bytes it was made from. Every loop stops at a control byte,
/// and the head ends with one.
@safe
struct HeadReader {
    /// Bytes past the head that may be read, though not judged: `endOfValue` looks at eight at a time.
    static let slackByteCount = 8

    private let base: UnsafePointer<UInt8>
    private let fields: UnsafeMutablePointer<RequestHead.Field>
    private var position = 0
    private var facts = HeadFacts()

    private init(base: UnsafePointer<UInt8>, fields: UnsafeMutablePointer<RequestHead.Field>) {
        unsafe self.base = unsafe base
        unsafe self.fields = unsafe fields
    }

    /// Reads the head that stands at `start`.
    /// - Parameters:
    ///   - start: a whole head, its empty line included, and `slackByteCount` readable bytes after it.
    ///   - lineCount: lines of the head: the request line, the fields, the empty line.
    ///   - arena: where the table of fields goes.
    static func read(
        at start: UnsafeRawPointer, lineCount: Int, into arena: Arena, limits: RequestLimits
    ) throws(RequestError) -> RequestHead {
        let base = unsafe start.assumingMemoryBound(to: UInt8.self)
        let fields = unsafe arena.allocate(RequestHead.Field.self, count: max(0, lineCount &- 2))
        var reader = unsafe HeadReader(base: base, fields: fields)
        var head = try reader.readRequestLine()
        head.headerCount = try reader.readFields()
        if Int(head.targetRange.count) > limits.targetByteLimit { throw .targetTooLong }
        try reader.facts.conclude(&head, bodyByteLimit: limits.bodyByteLimit)
        try unsafe RequestTarget.read(into: &head, base: base)
        return head
    }

    // MARK: The request line

    @inline(__always)
    private mutating func readRequestLine() throws(RequestError) -> RequestHead {
        let methodEnd = endOfToken(from: 0)
        guard methodEnd > 0, unsafe base[methodEnd] == ASCII.space else { throw .invalidMethod }
        let targetStart = methodEnd &+ 1
        var targetEnd = targetStart
        while unsafe base[targetEnd] &- 0x21 < 0x5E { targetEnd &+= 1 }
        guard unsafe base[targetEnd] == ASCII.space else {
            // The line ended: HTTP/0.9, which had no version. Anything else is a byte no URI has.
            throw unsafe base[targetEnd] == ASCII.carriageReturn ? .invalidVersion : .invalidTarget
        }
        guard targetEnd > targetStart else { throw .invalidTarget }
        position = targetEnd &+ 1
        let minorVersion = try readVersion()
        try readLineEnd()
        return unsafe RequestHead(
            base: base, fields: fields, minorVersion: minorVersion,
            method: .init(0, methodEnd), target: .init(targetStart, targetEnd))
    }

    /// `HTTP/1.0` or `HTTP/1.1`, as eight bytes at once.
    private mutating func readVersion() throws(RequestError) -> Int {
        let word = self.word(at: position)
        // "HTTP/" in the low five bytes, '.' in the seventh; digits in the sixth and eighth.
        guard word & 0x00FF_00FF_FFFF_FFFF == 0x002E_002F_5054_5448,
            let major = ASCII.decimal(UInt8(truncatingIfNeeded: word &>> 40)),
            let minor = ASCII.decimal(UInt8(truncatingIfNeeded: word &>> 56))
        else { throw .invalidVersion }
        position &+= 8
        guard unsafe base[position] < ASCII.space else { throw .invalidVersion }
        guard major == 1, minor <= 1 else { throw .unsupportedVersion }
        return minor
    }

    // MARK: Fields

    /// Fills the table of fields, which has room for one a line, and returns their number.
    @inline(__always)
    private mutating func readFields() throws(RequestError) -> Int {
        var count = 0
        while true {
            let start = position
            let nameEnd = endOfToken(from: start)
            if nameEnd == start {
                switch unsafe base[start] {
                case ASCII.carriageReturn, ASCII.lineFeed:
                    try readLineEnd()
                    return count
                case ASCII.space, ASCII.tab: throw .foldedField
                default: throw .invalidFieldName
                }
            }
            guard unsafe base[nameEnd] == ASCII.colon else { throw .invalidFieldName }
            var valueStart = nameEnd &+ 1
            while unsafe ASCII.isBlank(base[valueStart]) { valueStart &+= 1 }
            var valueEnd = endOfValue(from: valueStart)
            position = valueEnd
            try readLineEnd(otherwise: .invalidFieldValue)
            while unsafe valueEnd > valueStart && ASCII.isBlank(base[valueEnd &- 1]) { valueEnd &-= 1 }
            let field = RequestHead.Field(name: .init(start, nameEnd), value: .init(valueStart, valueEnd))
            unsafe fields[count] = field
            count &+= 1
            try unsafe facts.note(field, base: base)
        }
    }

    /// CR LF. A lone one of them is its own error, for whichever is there.
    @inline(__always)
    private mutating func readLineEnd(
        otherwise error: RequestError = .invalidVersion
    ) throws(RequestError) {
        let first = unsafe base[position]
        if unsafe first == ASCII.carriageReturn && base[position &+ 1] == ASCII.lineFeed {
            position &+= 2
        } else {
            throw first == ASCII.carriageReturn || first == ASCII.lineFeed ? .invalidLineEnd : error
        }
    }

    @inline(__always)
    private func endOfToken(from start: Int) -> Int {
        var index = start
        while unsafe ByteSet.token.contains(base[index]) { index &+= 1 }
        return index
    }

    /// The first control byte but a tab: where a value ends, or goes wrong.
    /// Eight bytes a step; below the first hit the borrows of the subtraction cannot lie.
    @inline(__always)
    private func endOfValue(from start: Int) -> Int {
        var index = start
        while true {
            let word = self.word(at: index)
            let deletes = word ^ 0x7F7F_7F7F_7F7F_7F7F
            let hits = ((word &- 0x2020_2020_2020_2020) & ~word | (deletes &- 0x0101_0101_0101_0101) & ~deletes)
                & 0x8080_8080_8080_8080
            if hits == 0 {
                index &+= 8
                continue
            }
            index &+= hits.trailingZeroBitCount &>> 3
            if unsafe base[index] != ASCII.tab { return index }
            index &+= 1
        }
    }

    @inline(__always)
    private func word(at index: Int) -> UInt64 {
        unsafe UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
    }
}
