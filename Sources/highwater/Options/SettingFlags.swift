internal import ArgumentParser
internal import Workload

/// The settings that a command has as flags.
protocol FlagTable {
    associatedtype Part: SettingPart
    static var settings: [Setting<Part>] { get }
}

/// The options of one part of a run as flags: one for each row of a table.
///
/// The argument parser looks for flags in a mirror of a type's properties, and decodes their values
/// under the properties' names. Here both come from the table, so that an option is declared nowhere
/// else and still has its help, its completion and its suggestions.
struct SettingFlags<Table: FlagTable>: ParsableArguments, CustomReflectable {
    typealias Part = Table.Part

    private(set) var said = SaidSettings<Part>()
    private var mistake: SettingError?

    /// The rows that have a flag; while a command line is parsed that cannot have some of them, only the others.
    private static var settings: [Setting<Part>] {
        let mentioned = MentionedFlags.all
        return Table.settings.filter { $0.places.contains(.flag) && mentioned?.mayHave($0) != false }
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: FlagKey.self)
        for setting in Self.settings {
            let texts = try setting.flagTexts(in: container)
            if !texts.isEmpty { said.add(setting, texts) }
        }
        var part = Part()
        do throws(SettingError) { try said.apply(checkingTo: &part) } catch { mistake = error }
    }

    var customMirror: Mirror { Mirror(self, children: Self.settings.flatMap(\.flagDeclarations)) }

    /// Here and not while decoding: only an error from here reaches the user in its own words.
    func validate() throws {
        if let mistake { throw ValidationError(mistake.description) }
    }

    /// The part with what the command line says, and defaults elsewhere.
    var part: Part { said.part }
}

/// The name of a flag, under which the argument parser keeps its value.
private struct FlagKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension Setting {
    /// What a property with one of the argument parser's wrappers would hold, under the property's name.
    fileprivate var flagDeclarations: [(label: String?, value: Any)] {
        switch flag.shape {
        case .value:
            [(name, Option<String?>(name: flagNames, parsing: .unconditional, help: help, completion: completion))]
        case .values:
            [(name, Option<[String]>(wrappedValue: [], name: flagNames, parsing: .unconditionalSingleValue, help: help, completion: completion))]
        case .on: [(name, Flag<Bool>(wrappedValue: false, name: flagNames, help: help))]
        case .onOrOff: [(name, Flag<Bool?>(name: flagNames, inversion: .prefixedNo, help: help))]
        case .words(let words):
            words.map { ($0.word, Flag<Bool>(wrappedValue: false, name: .customLong($0.word), help: ArgumentHelp(stringLiteral: $0.meaning))) }
        }
    }

    /// The values that the command line has for it, in order.
    fileprivate func flagTexts(in container: KeyedDecodingContainer<FlagKey>) throws -> [String] {
        let key = FlagKey(stringValue: name)
        switch flag.shape {
        case .value: return try [container.decode(Option<String?>.self, forKey: key).wrappedValue].compactMap(\.self)
        case .values: return try container.decode(Option<[String]>.self, forKey: key).wrappedValue
        case .on: return try container.decode(Flag<Bool>.self, forKey: key).wrappedValue ? ["true"] : []
        case .onOrOff: return try container.decode(Flag<Bool?>.self, forKey: key).wrappedValue.map { ["\($0)"] } ?? []
        case .words(let words):
            return try words.map(\.word).filter { try container.decode(Flag<Bool>.self, forKey: FlagKey(stringValue: $0)).wrappedValue }
        }
    }

    private var flagNames: NameSpecification {
        NameSpecification(flag.letters.map { .customShort($0) } + [.customLong(String(flagName.dropFirst(2)))])
    }

    private var help: ArgumentHelp {
        let standard = flag.standard.map { $0.isEmpty ? "" : " (default: \($0))" } ?? ""
        return ArgumentHelp(flagMeaning + standard, valueName: flag.placeholder, visibility: flag.isHidden ? .hidden : .default)
    }

    private var completion: CompletionKind {
        switch type {
        case .choice(let words): .list(words)
        case .file: .file()
        default: .default
        }
    }
}
