/// A JSON value whose objects keep the order in which they were written.
///
/// Numbers are doubles, as in JavaScript: whole numbers are exact up to 2^53, which is
/// nine petabytes or 104 days in nanoseconds.
package enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    /// A name and its value, in the order they were written.
    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The member of that name; nil when there is none, or this is no object.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The value at a dotted path: `client.requests.started`.
    package subscript(path path: String) -> JSON? {
        var value = self
        for name in path.split(separator: ".") {
            guard let member = value[String(name)] else { return nil }
            value = member
        }
        return value
    }

    package var number: Double? { if case .number(let number) = self { number } else { nil } }
    package var string: String? { if case .string(let string) = self { string } else { nil } }

    /// Puts a value at a dotted path, making the objects on the way.
    package mutating func set(_ value: JSON, atPath path: String) {
        set(value, at: path.split(separator: ".")[...])
    }

    private mutating func set(_ value: JSON, at path: ArraySlice<Substring>) {
        guard let first = path.first else {
            self = value
            return
        }
        var members: [Member] = if case .object(let members) = self { members } else { [] }
        if let index = members.firstIndex(where: { $0.name == first }) {
            members[index].value.set(value, at: path.dropFirst())
        } else {
            var member = Member(String(first), .null)
            member.value.set(value, at: path.dropFirst())
            members.append(member)
        }
        self = .object(members)
    }
}

extension JSON {
    /// The value on one line, without spaces. Infinite numbers and NaN are null.
    package var text: String {
        var text = ""
        write(to: &text, indent: nil)
        return text
    }

    /// The value for people: two spaces a level.
    package var indentedText: String {
        var text = ""
        write(to: &text, indent: 0)
        return text
    }

    private func write(to text: inout String, indent: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let bool): text += bool ? "true" : "false"
        case .number(let number): text += JSON.text(of: number)
        case .string(let string): JSON.write(string, to: &text)
        case .array(let values):
            JSON.writeList(values, "[", "]", to: &text, indent: indent) { value, text, indent in
                value.write(to: &text, indent: indent)
            }
        case .object(let members):
            JSON.writeList(members, "{", "}", to: &text, indent: indent) { member, text, indent in
                JSON.write(member.name, to: &text)
                text += indent == nil ? ":" : ": "
                member.value.write(to: &text, indent: indent)
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], _ open: String, _ close: String, to text: inout String, indent: Int?,
        writeElement: (Element, inout String, Int?) -> Void
    ) {
        text += open
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
            writeElement(element, &text, indent.map { $0 + 1 })
        }
        if let indent, !elements.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
        text += close
    }

    private static func text(of number: Double) -> String {
        if let whole = Int64(exactly: number), whole.magnitude < 1 << 53 { return String(whole) }
        return number.isFinite ? "\(number)" : "null"
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                // JSON demands only the first of these: a terminal must not obey a recording that is shown raw.
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
