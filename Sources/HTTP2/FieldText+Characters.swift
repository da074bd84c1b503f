/// The characters that a request's fields may have, as nghttp2 has them.
///
/// Where a text is made of the usual characters, words of eight bytes show it. Any other one sends it to the test
/// of single bytes, which has the whole rule.
extension FieldText {
    /// A name in lower case, without a colon (RFC 9113, 8.2.1; RFC 9110, 5.6.2).
    @inline(__always)
    var isFieldName: Bool {
        allWords { word in
            word.hasOnly(
                word.within(UInt8(ascii: "a")...UInt8(ascii: "z")) | word.within(UInt8(ascii: "-")...UInt8(ascii: "-"))
                    | word.within(UInt8(ascii: "0")...UInt8(ascii: "9")))
        } || isUnusualFieldName
    }

    @inline(never)
    private var isUnusualFieldName: Bool {
        allBytes { FieldText.isTokenByte($0) && !FieldText.isUpperCase($0) }
    }

    /// A value: no control character but the tab, and no blank at either end (RFC 9113, 8.2.1). An empty one is good.
    @inline(__always)
    var isFieldValue: Bool {
        if count == 0 { return true }
        if FieldText.isBlank(self[0]) || FieldText.isBlank(self[count &- 1]) { return false }
        return allWords { $0.hasNone(~$0.from(0x20) | $0.from(0x7F)) } || isUnusualFieldValue
    }

    @inline(never)
    private var isUnusualFieldValue: Bool { allBytes { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 } }

    /// A method: a token (RFC 9110, 9.1).
    @inline(__always)
    var isMethod: Bool {
        allWords { $0.hasOnly($0.within(UInt8(ascii: "A")...UInt8(ascii: "Z"))) } || isUnusualMethod
    }

    @inline(never)
    private var isUnusualMethod: Bool { allBytes(FieldText.isTokenByte) }

    /// A path and a query: no blank and no control character.
    @inline(__always)
    var isPath: Bool { allWords { $0.hasNone(~$0.from(0x21) | $0.from(0x7F)) } }

    /// A host and a port, or what may stand there (RFC 3986, 3.2). An empty one is good.
    @inline(__always)
    var isAuthority: Bool {
        if count == 0 { return true }
        return allWords { word in
            word.hasOnly(
                word.within(UInt8(ascii: "0")...UInt8(ascii: ":")) | word.within(UInt8(ascii: "-")...UInt8(ascii: "."))
                    | word.within(UInt8(ascii: "a")...UInt8(ascii: "z")))
        } || isUnusualAuthority
    }

    @inline(never)
    private var isUnusualAuthority: Bool {
        allBytes { byte in
            switch byte {
            case UInt8(ascii: "!"), UInt8(ascii: "$")...UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: ";"),
                UInt8(ascii: "="), UInt8(ascii: "@")...UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "_"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "~"):
                true
            default: false
            }
        }
    }

    /// `http` or `https`, in either case.
    @inline(never)
    var isSchemeOfHTTP: Bool { equalsIgnoringCase("http") || equalsIgnoringCase("https") }

    /// A scheme (RFC 3986, 3.1).
    var isScheme: Bool {
        guard count > 0, FieldText.isLetter(self[0]) else { return false }
        return allBytes { byte in
            switch byte {
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: FieldText.isLetter(byte)
            }
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    static func isUpperCase(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    static func isLetter(_ byte: UInt8) -> Bool { isUpperCase(byte & ~0x20) }

    /// A character of a token (RFC 9110, 5.6.2).
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "^")...UInt8(ascii: "z"), UInt8(ascii: "|"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
