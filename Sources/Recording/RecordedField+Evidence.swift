internal import Measurements

extension RecordedField {
    /// A count that may be missing.
    static func whole<Number: FixedWidthInteger & Sendable>(_ name: String, _ path: Path<Number?>) -> RecordedField {
        RecordedField(name: name) { $0[keyPath: path].map { .number(Double($0)) } } read: { value, json in
            value[keyPath: path] = json?.number.map { Metric.whole($0) }
            return true
        }
    }

    /// One of a few, by its word; nil where it is missing, or one that this version does not know.
    static func choice<Choice: RawRepresentable<String> & SendableMetatype>(_ name: String, _ path: Path<Choice?>) -> RecordedField {
        RecordedField(name: name) { $0[keyPath: path].map { .string($0.rawValue) } } read: { value, json in
            value[keyPath: path] = json?.string.flatMap(Choice.init(rawValue:))
            return true
        }
    }

    /// `0x00007f…`: 64 bits do not fit JSON's numbers.
    static func address(_ name: String, _ path: Path<UInt64>) -> RecordedField {
        RecordedField(name: name) { .string(Violation.hex($0[keyPath: path])) } read: { value, json in
            guard let number = json?.string.flatMap({ UInt64($0.dropFirst(2), radix: 16) }) else { return false }
            value[keyPath: path] = number
            return true
        }
    }

    /// Two hexadecimal digits a byte.
    ///
    /// - Parameter isAbsent: leaves the member out.
    static func bytes(_ name: String, _ path: Path<[UInt8]>, unless isAbsent: @escaping @Sendable (Value) -> Bool) -> RecordedField {
        RecordedField(name: name) { value in
            isAbsent(value) ? nil : .string(value[keyPath: path].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        } read: { value, json in
            let digits = Array((json?.string ?? "").utf8)
            value[keyPath: path] = stride(from: 0, to: digits.count - digits.count % 2, by: 2).map { index in
                UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16) ?? 0
            }
            return true
        }
    }

    /// Texts, at most `limit` when they are read: a file may hold any number.
    static func texts(_ name: String, _ path: Path<[String]>, limit: Int) -> RecordedField {
        RecordedField(name: name) { .array($0[keyPath: path].map { .string($0) }) } read: { value, json in
            if case .array(let rows)? = json { value[keyPath: path] = rows.prefix(limit).compactMap(\.string) }
            return true
        }
    }
}
