/// The rules of HTTP for one request (RFC 9113, 8), held as its fields and its body come: which fields there are, in
/// what order, and how many bytes the body has.
///
/// nghttp2 has a check of its own, for nearly twice the instructions. The answers are the same, and a test holds them
/// against each other. A malformed request is an error of its stream (8.1.1).
package struct RequestRules {
    private var seen: Seen = []
    private var priorityRead = StreamPriority()
    /// By content-length; -1 without one.
    private var declaredByteCount: Int64 = -1
    private var receivedByteCount: Int64 = 0

    package init() {}

    /// The fields that come next are trailers.
    package mutating func beginTrailers() { seen.insert([.inTrailers, .endOfPseudoFields]) }

    /// Whether the request may stand, now that its head is there, or its trailers are.
    package mutating func headDidEnd() -> Bool {
        if seen.contains(.inTrailers) { return true }
        if seen.contains(.connect) {
            // Its bytes are no body (RFC 9110, 9.3.6).
            declaredByteCount = -1
            return seen.contains(.authority) && seen.isDisjoint(with: [.scheme, .path])
        }
        guard seen.isSuperset(of: [.method, .scheme, .path]), !seen.isDisjoint(with: [.authority, .host]) else { return false }
        if !seen.contains(.schemeOfHTTP) || seen.contains(.pathFromRoot) { return true }
        return seen.isSuperset(of: [.options, .asterisk])
    }

    /// Some of the body has come. - Returns: false when it is more than was declared.
    package mutating func takeBody(byteCount: Int) -> Bool {
        receivedByteCount &+= Int64(byteCount)
        return declaredByteCount < 0 || receivedByteCount <= declaredByteCount
    }

    /// Whether the body may end now.
    package var isBodyWhole: Bool { declaredByteCount < 0 || receivedByteCount == declaredByteCount }

    /// nil: the request has no `priority` that can be read.
    var priority: StreamPriority? { seen.contains(.priority) ? priorityRead : nil }

    // MARK: Fields

    /// Takes the next field of the head, or of the trailers. - Returns: nil when it makes the request malformed.
    @inline(__always)
    mutating func take(name: FieldText, value: FieldText) -> FieldKind? {
        guard name.count > 0 else { return nil }
        if name[0] == UInt8(ascii: ":") { return takePseudoField(name, value) }
        return takeField(name, value) ? .other : nil
    }

    private mutating func takePseudoField(_ name: FieldText, _ value: FieldText) -> FieldKind? {
        guard !seen.contains(.endOfPseudoFields), value.count > 0 else { return nil }
        switch name.count {
        case 5 where name.equals(":path"):
            if value[0] == UInt8(ascii: "/") {
                seen.insert(.pathFromRoot)
            } else if value.equals("*") {
                seen.insert(.asterisk)
            }
            return value.isPath && seen.insert(.path).inserted ? .path : nil
        case 7 where name.equals(":method"):
            if value.equals("CONNECT") { seen.insert(.connect) }
            if value.equals("OPTIONS") { seen.insert(.options) }
            return value.isMethod && seen.insert(.method).inserted ? .method : nil
        case 7 where name.equals(":scheme"):
            if value.equals("http") || value.equals("https") || value.isSchemeOfHTTP {
                seen.insert(.schemeOfHTTP)
            } else if !value.isScheme {
                return nil
            }
            return seen.insert(.scheme).inserted ? .scheme : nil
        case 10 where name.equals(":authority"): return value.isAuthority && seen.insert(.authority).inserted ? .authority : nil
        default: return nil
        }
    }

    private mutating func takeField(_ name: FieldText, _ value: FieldText) -> Bool {
        seen.insert(.endOfPseudoFields)
        switch name.count {
        case 2 where name.equals("te"): return value.equalsIgnoringCase("trailers")
        case 4 where name.equals("host"): return value.count > 0 && value.isAuthority && seen.insert(.host).inserted
        case 8 where name.equals("priority"):
            readPriority(value)
            return value.isFieldValue
        case 14 where name.equals("content-length"): return declare(value)
        case 7 where name.equals("upgrade"), 10 where name.equals("connection"), 10 where name.equals("keep-alive"),
            16 where name.equals("proxy-connection"), 17 where name.equals("transfer-encoding"):
            // Of one connection of HTTP/1.1 (RFC 9113, 8.2.2).
            return false
        default: return name.isFieldName && value.isFieldValue
        }
    }

    // MARK: Known fields

    /// What a good field does to the rules of any request: nothing of it depends on the fields before.
    struct Meaning {
        fileprivate var kind = FieldKind.other
        /// Once these are seen, the field makes a request malformed.
        fileprivate var excluded: Seen = []
        fileprivate var added: Seen = []
    }

    /// - Returns: nil for a field whose value counts too: a length, a priority.
    static func meaning(name: FieldText, value: FieldText) -> Meaning? {
        var rules = RequestRules()
        guard let kind = rules.take(name: name, value: value), rules.declaredByteCount < 0,
            rules.seen.isDisjoint(with: [.priority, .unreadablePriority])
        else { return nil }
        var excluded = rules.seen.intersection([.method, .scheme, .path, .authority, .host])
        if kind != .other { excluded.insert(.endOfPseudoFields) }
        return Meaning(kind: kind, excluded: excluded, added: rules.seen)
    }

    /// As `take`, of a field with this meaning.
    @inline(__always)
    mutating func take(_ meaning: Meaning) -> FieldKind? {
        guard seen.isDisjoint(with: meaning.excluded) else { return nil }
        seen.formUnion(meaning.added)
        return meaning.kind
    }

    /// - Returns: false when it is no number, or not the first.
    private mutating func declare(_ value: FieldText) -> Bool {
        guard declaredByteCount < 0, value.count > 0 else { return false }
        var number: Int64 = 0
        for index in 0..<value.count {
            guard FieldText.isDigit(value[index]) else { return false }
            let (tens, isTooMuch) = number.multipliedReportingOverflow(by: 10)
            let (sum, isTooMuchStill) = tens.addingReportingOverflow(Int64(value[index] &- UInt8(ascii: "0")))
            if isTooMuch || isTooMuchStill { return false }
            number = sum
        }
        declaredByteCount = number
        return true
    }

    /// One that cannot be read spoils the others.
    private mutating func readPriority(_ value: FieldText) {
        guard seen.isDisjoint(with: [.inTrailers, .unreadablePriority]) else { return }
        if priorityRead.read(value) {
            seen.insert(.priority)
        } else {
            seen.remove(.priority)
            seen.insert(.unreadablePriority)
        }
    }

    fileprivate struct Seen: OptionSet {
        var rawValue: UInt16

        static var method: Seen { Seen(rawValue: 1) }
        static var scheme: Seen { Seen(rawValue: 1 << 1) }
        static var path: Seen { Seen(rawValue: 1 << 2) }
        static var authority: Seen { Seen(rawValue: 1 << 3) }
        static var host: Seen { Seen(rawValue: 1 << 4) }
        static var connect: Seen { Seen(rawValue: 1 << 5) }
        static var options: Seen { Seen(rawValue: 1 << 6) }
        /// `http` or `https`, whose paths have a rule.
        static var schemeOfHTTP: Seen { Seen(rawValue: 1 << 7) }
        static var pathFromRoot: Seen { Seen(rawValue: 1 << 8) }
        static var asterisk: Seen { Seen(rawValue: 1 << 9) }
        static var endOfPseudoFields: Seen { Seen(rawValue: 1 << 10) }
        static var inTrailers: Seen { Seen(rawValue: 1 << 11) }
        static var priority: Seen { Seen(rawValue: 1 << 12) }
        static var unreadablePriority: Seen { Seen(rawValue: 1 << 13) }
    }
}
