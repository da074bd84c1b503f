internal import Measurements

/// A key of a mapping in a scenario file: what it is called, what it takes, what becomes of it.
///
/// One table both reads files and makes their JSON Schema, so that what an editor suggests is what is read.
struct ScenarioKey<Target>: Sendable {
    let name: String
    let type: ScenarioType
    let meaning: String
    let isRequired: Bool
    /// Puts the value where it belongs, or says what is wrong with it.
    let read: @Sendable (_ value: ScenarioNode, inout ScenarioReader, inout Target) -> Void

    init(
        _ name: String, _ type: ScenarioType, _ meaning: String, isRequired: Bool = false,
        _ read: @escaping @Sendable (ScenarioNode, inout ScenarioReader, inout Target) -> Void
    ) {
        self.name = name
        self.type = type
        self.meaning = meaning
        self.isRequired = isRequired
        self.read = read
    }

    var description: ScenarioKeyDescription { .init(name: name, type: type, meaning: meaning, isRequired: isRequired) }
}

/// A key without what it does.
struct ScenarioKeyDescription: Sendable {
    let name: String
    let type: ScenarioType
    let meaning: String
    let isRequired: Bool
}

/// What a value may be.
indirect enum ScenarioType: Sendable {
    case text, duration, size, rate, flag, threshold
    /// A text that is not empty.
    case name
    case count(ClosedRange<Int>)
    case choice([String])
    case list(of: ScenarioType)
    case map([ScenarioKeyDescription])
    /// Any keys with texts.
    case texts
    /// Keys of the whole file, `client.connections`, with what each of them takes.
    case changes
    /// A single key, of any name, with a value of this type.
    case named(ScenarioType)
    case either([ScenarioType])
}

extension ScenarioKey {
    static func text(_ name: String, _ meaning: String, isRequired: Bool = false, _ set: @escaping @Sendable (inout Target, String) -> Void) -> Self {
        Self(name, .text, meaning, isRequired: isRequired) { value, reader, target in
            if let text = reader.text(value) { set(&target, text) }
        }
    }

    static func name(_ name: String, _ meaning: String, isRequired: Bool = false, _ set: @escaping @Sendable (inout Target, String) -> Void) -> Self {
        Self(name, .name, meaning, isRequired: isRequired) { value, reader, target in
            if let text = reader.name(value) { set(&target, text) }
        }
    }

    static func flag(_ name: String, _ meaning: String, _ set: @escaping @Sendable (inout Target, Bool) -> Void) -> Self {
        Self(name, .flag, meaning) { value, reader, target in
            if let flag = reader.flag(value) { set(&target, flag) }
        }
    }

    static func count(
        _ name: String, _ range: ClosedRange<Int>, _ meaning: String, _ set: @escaping @Sendable (inout Target, Int) -> Void
    ) -> Self {
        Self(name, .count(range), meaning) { value, reader, target in
            if let count = reader.count(value, range) { set(&target, count) }
        }
    }

    static func size(
        _ name: String, _ range: ClosedRange<Int>, _ meaning: String, _ set: @escaping @Sendable (inout Target, Int) -> Void
    ) -> Self {
        Self(name, .size, meaning) { value, reader, target in
            if let size = reader.size(value, range) { set(&target, size) }
        }
    }

    static func duration(
        _ name: String, _ range: ClosedRange<Duration>, _ meaning: String, isRequired: Bool = false,
        _ set: @escaping @Sendable (inout Target, Duration) -> Void
    ) -> Self {
        Self(name, .duration, meaning, isRequired: isRequired) { value, reader, target in
            if let duration = reader.duration(value, range) { set(&target, duration) }
        }
    }

    static func rate(_ name: String, _ meaning: String, _ set: @escaping @Sendable (inout Target, Double) -> Void) -> Self {
        Self(name, .rate, meaning) { value, reader, target in
            if let rate = reader.rate(value, 0.001...100_000_000) { set(&target, rate) }
        }
    }

    /// - Parameter cases: a choice's words are its raw values.
    static func choice<Choice: RawRepresentable & CaseIterable & SendableMetatype>(
        _ name: String, _ cases: Choice.Type, _ meaning: String, _ set: @escaping @Sendable (inout Target, Choice) -> Void
    ) -> Self where Choice.RawValue == String {
        Self(name, .choice(Choice.allCases.map(\.rawValue)), meaning) { value, reader, target in
            if let word = reader.choice(value, Choice.allCases.map(\.rawValue)), let choice = Choice(rawValue: word) { set(&target, choice) }
        }
    }

    /// A mapping with keys of its own, read into a part of the target.
    static func map<Part>(
        _ name: String, _ keys: [ScenarioKey<Part>], _ meaning: String,
        _ part: @escaping @Sendable () -> Part, _ set: @escaping @Sendable (inout Target, Part, ScenarioPlace) -> Void
    ) -> Self {
        Self(name, .map(keys.map(\.description)), meaning) { value, reader, target in
            var draft = part()
            if reader.map(value, keys, into: &draft) { set(&target, draft, value.place) }
        }
    }
}
