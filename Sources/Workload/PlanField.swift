internal import Measurements

/// One choice of a plan: its name as a recording's header has it, and how it is written and read.
///
/// The table does both, so a choice cannot be written and then not be understood: a worker
/// process gets its plan this way.
struct PlanField<Part>: Sendable {
    /// The long flag's name with `_` for `-`.
    let name: String
    let read: @Sendable (Part) -> JSON
    /// false: that is no value for it.
    let write: @Sendable (inout Part, JSON) -> Bool

    typealias Path<Value> = any WritableKeyPath<Part, Value> & Sendable

    static func count(_ name: String, _ path: Path<Int>) -> PlanField {
        PlanField(name: name) { .number(Double($0[keyPath: path])) } write: { part, json in
            guard let count = json.number.flatMap({ Int(exactly: $0) }), count >= 0 else { return false }
            part[keyPath: path] = count
            return true
        }
    }

    /// null: none.
    static func count(_ name: String, _ path: Path<Int?>) -> PlanField {
        PlanField(name: name) { $0[keyPath: path].map { .number(Double($0)) } ?? .null } write: { part, json in
            let count = json.number.flatMap { Int(exactly: $0) }
            guard json == .null || count.map({ $0 >= 0 }) == true else { return false }
            part[keyPath: path] = count
            return true
        }
    }

    /// null: none.
    static func number(_ name: String, _ path: Path<Double?>) -> PlanField {
        PlanField(name: name) { $0[keyPath: path].map { .number($0) } ?? .null } write: { part, json in
            guard json == .null || json.number != nil else { return false }
            part[keyPath: path] = json.number
            return true
        }
    }

    /// 0 to 1.
    static func share(_ name: String, _ path: Path<Double>) -> PlanField {
        PlanField(name: name) { .number($0[keyPath: path]) } write: { part, json in
            guard let share = json.number, (0...1).contains(share) else { return false }
            part[keyPath: path] = share
            return true
        }
    }

    /// Seconds.
    static func time(_ name: String, _ path: Path<Duration>) -> PlanField {
        PlanField(name: name) { .number($0[keyPath: path].inSeconds) } write: { part, json in
            guard let duration = json.number.flatMap(Duration.init(inSeconds:)) else { return false }
            part[keyPath: path] = duration
            return true
        }
    }

    /// Seconds; null: none.
    static func time(_ name: String, _ path: Path<Duration?>) -> PlanField {
        PlanField(name: name) { $0[keyPath: path].map { .number($0.inSeconds) } ?? .null } write: { part, json in
            let duration = json.number.flatMap(Duration.init(inSeconds:))
            guard json == .null || duration != nil else { return false }
            part[keyPath: path] = duration
            return true
        }
    }

    static func flag(_ name: String, _ path: Path<Bool>) -> PlanField {
        PlanField(name: name) { .bool($0[keyPath: path]) } write: { part, json in
            guard case .bool(let flag) = json else { return false }
            part[keyPath: path] = flag
            return true
        }
    }

    /// null: nobody said.
    static func flag(_ name: String, _ path: Path<Bool?>) -> PlanField {
        PlanField(name: name) { $0[keyPath: path].map { .bool($0) } ?? .null } write: { part, json in
            switch json {
            case .null: part[keyPath: path] = nil
            case .bool(let flag): part[keyPath: path] = flag
            default: return false
            }
            return true
        }
    }

    static func text(_ name: String, _ path: Path<String>) -> PlanField {
        PlanField(name: name) { .string($0[keyPath: path]) } write: { part, json in
            guard let text = json.string else { return false }
            part[keyPath: path] = text
            return true
        }
    }

    static func texts(_ name: String, _ path: Path<[String]>) -> PlanField {
        PlanField(name: name) { .array($0[keyPath: path].map { .string($0) }) } write: { part, json in
            guard let texts = json.strings else { return false }
            part[keyPath: path] = texts
            return true
        }
    }

    /// Parts with members of their own; each has to be right.
    static func list<Element: Sendable>(
        _ name: String, _ path: Path<[Element]>, _ write: @escaping @Sendable (Element) -> JSON,
        _ read: @escaping @Sendable (JSON) -> Element?
    ) -> PlanField {
        PlanField(name: name) { .array($0[keyPath: path].map(write)) } write: { part, json in
            guard case .array(let values) = json else { return false }
            part[keyPath: path] = values.compactMap(read)
            return part[keyPath: path].count == values.count
        }
    }

    /// One of a few, by its name.
    static func choice<Choice: RawRepresentable<String> & SendableMetatype>(_ name: String, _ path: Path<Choice>) -> PlanField {
        PlanField(name: name) { .string($0[keyPath: path].rawValue) } write: { part, json in
            guard let choice = json.string.flatMap(Choice.init(rawValue:)) else { return false }
            part[keyPath: path] = choice
            return true
        }
    }
}

extension JSON {
    /// An array of nothing but strings.
    var strings: [String]? {
        guard case .array(let values) = self else { return nil }
        let texts = values.compactMap(\.string)
        return texts.count == values.count ? texts : nil
    }
}

extension Duration {
    /// Seconds, as Double has them.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// To the nearest nanosecond. nil: negative, or longer than 292 years.
    package init?(inSeconds seconds: Double) {
        guard seconds >= 0, let nanoseconds = Int64(exactly: (seconds * 1e9).rounded()) else { return nil }
        self = .nanoseconds(nanoseconds)
    }
}
