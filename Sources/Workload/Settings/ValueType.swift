internal import Measurements

/// What a value may be: for the JSON Schema, for a shell's completion, and for people.
package indirect enum ValueType: Sendable {
    case text
    /// A text that is not blank.
    case name
    /// The name of a file.
    case file
    /// A text in a form of its own, with an example of it.
    case written(example: String)
    case flag
    case count(ClosedRange<Int>)
    /// In bytes.
    case size(ClosedRange<Int>)
    case time(ClosedRange<Duration>)
    case rate(ClosedRange<Double>)
    case share(ClosedRange<Double>)
    case choice([String])
    case threshold
    case list(of: ValueType)
    /// Keys with values of their own.
    case map([SettingDescription])
    /// Any keys with texts.
    case texts
    /// Keys of the whole file, `client.connections`, with what each of them takes.
    case changes
    /// A single key, of any name, with a value of this type.
    case named(ValueType)
    case either([ValueType])
}

/// An option without what it does.
package struct SettingDescription: Sendable {
    let name: String
    let type: ValueType
    let meaning: String
    let isRequired: Bool
    /// What holds without it, for people; nil: nothing, or it has to be there.
    let standard: String?
}

extension SettingPart {
    /// A mapping of these options, in a scenario.
    static var mapType: ValueType {
        .map(settings.filter { $0.places.contains(.key) }.map {
            SettingDescription(
                name: $0.name, type: $0.type, meaning: $0.keyMeaning, isRequired: $0.isRequired,
                standard: $0.isRequired ? nil : $0.flag.standard)
        })
    }
}

extension ValueType {
    /// "is not a number; write 500, 20k or 1.5M": of a value of the wrong kind.
    var refusal: String {
        switch self {
        case .text, .name: "is not a text; write one"
        case .file: "is not the name of a file; write one"
        case .written(let example): "is not a text; write '\(example)'"
        case .flag: "is neither true nor false; write true or false"
        case .count: refusal(.count)
        case .size: refusal(.size)
        case .time: refusal(.time)
        case .rate: refusal(.rate)
        case .share: refusal(.share)
        case .choice(let words): "is not a choice; write \(words.joined(separator: ", "))"
        case .threshold: "is not a condition; write 'client.response_time.p99 < 25ms'"
        case .list: "is not a list; begin each element with '- '"
        case .map(let keys): "is not a mapping; write { \(keys.first?.name ?? "key"): ... }"
        case .texts, .changes, .named: "is not a mapping; write { key: value }"
        case .either(let types): types.first?.refusal ?? ""
        }
    }

    private func refusal(_ kind: Quantity) -> String { "is not a \(kind.noun); write \(kind.examples)" }
}
