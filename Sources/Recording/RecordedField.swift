package import Measurements

/// A value that is an object in a recording. One table names its members, and both writes and reads them.
package protocol Recorded: Sendable {
    init()
    static var fields: [RecordedField<Self>] { get }
}

extension Recorded {
    /// As a recording has it.
    package var json: JSON {
        .object(Self.fields.compactMap { field in field.write(self).map { .init(field.name, $0) } })
    }

    /// Numbers that the object lacks stay zero: an older version did not write them.
    init(json: JSON) throws(RecordingError.Cause) {
        self.init()
        for field in Self.fields {
            guard field.read(&self, json[field.name]) else { throw .missing(field.name) }
        }
    }
}

/// One member of an object in a recording.
package struct RecordedField<Value>: Sendable {
    let name: String
    /// nil: the member is left out.
    let write: @Sendable (Value) -> JSON?
    /// Takes the member, or nil where it is missing. false: it must be there, and of another kind.
    let read: @Sendable (inout Value, JSON?) -> Bool

    typealias Path<Member> = any WritableKeyPath<Value, Member> & Sendable

    /// A count; 0 where the member is no number.
    static func whole<Number: FixedWidthInteger & Sendable>(_ name: String, _ path: Path<Number>) -> RecordedField {
        RecordedField(name: name) { .number(Double($0[keyPath: path])) } read: { value, json in
            value[keyPath: path] = Metric.whole(json?.number ?? 0)
            return true
        }
    }

    /// A count that must be there, since it identifies the object.
    static func identity<Number: FixedWidthInteger & Sendable>(_ name: String, _ path: Path<Number>) -> RecordedField {
        RecordedField(name: name) { .number(Double($0[keyPath: path])) } read: { value, json in
            guard let number = json?.number else { return false }
            value[keyPath: path] = Metric.whole(number)
            return true
        }
    }

    /// Nanoseconds in the value, seconds in the recording.
    static func seconds(_ name: String, _ path: Path<UInt64>) -> RecordedField {
        RecordedField(name: name) { .number(Metric.seconds($0[keyPath: path])) } read: { value, json in
            value[keyPath: path] = Metric.nanoseconds(json?.number ?? 0)
            return true
        }
    }

    /// The same, left out where it is 0.
    static func secondsUnlessZero(_ name: String, _ path: Path<UInt64>) -> RecordedField {
        let field = seconds(name, path)
        return RecordedField(name: name, write: { $0[keyPath: path] == 0 ? nil : field.write($0) }, read: field.read)
    }

    static func flag(_ name: String, _ path: Path<Bool>) -> RecordedField {
        RecordedField(name: name) { .bool($0[keyPath: path]) } read: { value, json in
            value[keyPath: path] = json == .bool(true)
            return true
        }
    }

    static func text(_ name: String, _ path: Path<String>, isRequired: Bool = false) -> RecordedField {
        RecordedField(name: name) { .string($0[keyPath: path]) } read: { value, json in
            value[keyPath: path] = json?.string ?? ""
            return json?.string != nil || !isRequired
        }
    }

    /// One of a few, by its word. It must be one that this version knows.
    static func choice<Choice: RawRepresentable<String> & SendableMetatype>(_ name: String, _ path: Path<Choice>) -> RecordedField {
        RecordedField(name: name) { .string($0[keyPath: path].rawValue) } read: { value, json in
            guard let choice = json?.string.flatMap(Choice.init(rawValue:)) else { return false }
            value[keyPath: path] = choice
            return true
        }
    }

    /// An object of its own, which must be there.
    static func object<Part: Recorded & SendableMetatype>(_ name: String, _ path: Path<Part>) -> RecordedField {
        RecordedField(name: name) { $0[keyPath: path].json } read: { value, json in
            guard let part = json.flatMap({ try? Part(json: $0) }) else { return false }
            value[keyPath: path] = part
            return true
        }
    }

    /// An object that may be missing. A damaged one counts as missing.
    static func object<Part: Recorded & SendableMetatype>(_ name: String, _ path: Path<Part?>) -> RecordedField {
        RecordedField(name: name) { $0[keyPath: path]?.json } read: { value, json in
            value[keyPath: path] = json.flatMap { try? Part(json: $0) }
            return true
        }
    }

    /// An object that is left out where it says nothing, and then stays as it is.
    static func object<Part: Recorded & SendableMetatype>(
        _ name: String, _ path: Path<Part>, unless isAbsent: @escaping @Sendable (Value) -> Bool
    ) -> RecordedField {
        RecordedField(name: name) { isAbsent($0) ? nil : $0[keyPath: path].json } read: { value, json in
            if let part = json.flatMap({ try? Part(json: $0) }) { value[keyPath: path] = part }
            return true
        }
    }

    /// Objects, at most `limit` when they are read: a file may hold any number.
    static func list<Part: Recorded & SendableMetatype>(_ name: String, _ path: Path<[Part]>, limit: Int) -> RecordedField {
        RecordedField(name: name) { .array($0[keyPath: path].map(\.json)) } read: { value, json in
            if case .array(let rows)? = json { value[keyPath: path] = rows.prefix(limit).compactMap { try? Part(json: $0) } }
            return true
        }
    }
}
