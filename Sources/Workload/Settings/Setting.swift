package import Measurements

/// One option, on one row: what it is called, where its value is kept, what that may be, and what it means.
///
/// Its flag and the flag's help, its key in a scenario file and in the JSON Schema, its member of a
/// plan's JSON, and the words about a value that it cannot have all come from this row.
package struct Setting<Part: SettingPart>: Sendable {
    /// As scenarios and a plan's JSON have it: "cache_scope". The long flag has `-` for `_`.
    package let name: String
    package let type: ValueType
    /// With the names of other options in backquotes.
    private let meaning: String
    package let places: SettingPlaces
    package let flag: SettingFlag
    /// A scenario without this key is wrong.
    let isRequired: Bool

    /// nil: the value has no property of its own.
    private let property: PropertyIdentity?
    private let readTexts: @Sendable ([String], inout Part) throws(SettingError) -> Void
    private let readNode: @Sendable (ScenarioNode, inout ScenarioReader, inout Part) -> Void
    private let readJSON: @Sendable (JSON, inout Part) throws(SettingError) -> Void
    private let writeJSON: @Sendable (Part) -> JSON?

    /// A value that is always there.
    ///
    /// - Parameters:
    ///   - letters: short names of the flag.
    ///   - placeholder: what stands for the value in the help.
    ///   - standard: what holds when nothing is said, for people. nil: the value in `Part()`.
    ///   - words: words of a choice that are flags, instead of one for the option.
    @inline(__always)
    package init<Value>(
        _ name: String, _ path: WritableKeyPath<Part, Value>, _ form: ValueForm<Value>, _ meaning: String,
        in places: SettingPlaces = .everywhere, letters: String = "", placeholder: String? = nil, standard: String? = nil,
        words: [(word: String, meaning: String)] = [], isRequired: Bool = false, isHidden: Bool = false
    ) {
        self.init(
            name, of: Property(path), form, meaning, places, letters, placeholder, standard, words, isRequired: isRequired, isHidden: isHidden)
    }

    /// A value that need not be there; null in JSON. The parameters are as above.
    @inline(__always)
    package init<Value>(
        _ name: String, _ path: WritableKeyPath<Part, Value?>, _ form: ValueForm<Value>, _ meaning: String,
        in places: SettingPlaces = .everywhere, letters: String = "", placeholder: String? = nil, standard: String? = nil,
        isRequired: Bool = false
    ) {
        self.init(name, ofOptional: Property(path), form, meaning, places, letters, placeholder, standard, isRequired: isRequired)
    }

    private init<Value>(
        _ name: String, of property: Property<Part, Value>, _ form: ValueForm<Value>, _ meaning: String, _ places: SettingPlaces,
        _ letters: String, _ placeholder: String?, _ standard: String?, _ words: [(word: String, meaning: String)], isRequired: Bool,
        isHidden: Bool
    ) {
        let usual: @Sendable () -> String? = {
            let text = form.text(property.value(of: Part()))
            return text.isEmpty ? nil : text
        }
        self.init(
            name, property.identity, form, meaning, places, usual, isOptional: false, letters, placeholder, standard, words,
            isRequired: isRequired, isHidden: isHidden,
            set: { property.set($1, of: &$0) }, get: { form.json(property.value(of: $0)) })
    }

    private init<Value>(
        _ name: String, ofOptional property: Property<Part, Value?>, _ form: ValueForm<Value>, _ meaning: String, _ places: SettingPlaces,
        _ letters: String, _ placeholder: String?, _ standard: String?, isRequired: Bool
    ) {
        self.init(
            name, property.identity, form, meaning, places, { nil }, isOptional: true, letters, placeholder, standard, [],
            isRequired: isRequired, isHidden: false,
            set: { property.set($1, of: &$0) }, get: { property.value(of: $0).map(form.json) ?? .null }, clear: { property.set(nil, of: &$0) })
    }

    private init<Value>(
        _ name: String, _ property: PropertyIdentity, _ form: ValueForm<Value>, _ meaning: String, _ places: SettingPlaces,
        _ usual: @escaping @Sendable () -> String?, isOptional: Bool, _ letters: String, _ placeholder: String?, _ standard: String?,
        _ words: [(word: String, meaning: String)], isRequired: Bool, isHidden: Bool,
        set: @escaping @Sendable (inout Part, Value) -> Void, get: @escaping @Sendable (Part) -> JSON,
        clear: (@Sendable (inout Part) -> Void)? = nil
    ) {
        self.name = name
        self.meaning = meaning
        self.places = places
        self.isRequired = isRequired
        self.property = property
        type = form.type
        let shape: SettingFlag.Shape =
            if form.isRepeated { .values } else if case .flag = form.type { isOptional ? .onOrOff : .on }
            else if words.isEmpty { .value } else { .words(words) }
        let isSwitch = switch shape { case .on, .onOrOff, .words: true; case .value, .values: false }
        let said: @Sendable () -> String? = { standard }
        flag = SettingFlag(
            shape: shape, letters: Array(letters), placeholder: placeholder, isHidden: isHidden, usual: isSwitch || standard != nil ? said : usual)
        readTexts = { (texts, part) throws(SettingError) in set(&part, try form.read(texts, false)) }
        readNode = { node, reader, part in if let value = form.readNode(node, &reader) { set(&part, value) } }
        readJSON = { (json, part) throws(SettingError) in
            if let clear, json == .null { clear(&part) } else { set(&part, try form.readJSON(json)) }
        }
        writeJSON = get
    }

    /// A key of a scenario whose value only a function of its own can read.
    init(
        key name: String, _ type: ValueType, _ meaning: String, isRequired: Bool = false,
        _ read: @escaping @Sendable (ScenarioNode, inout ScenarioReader, inout Part) -> Void
    ) {
        self.init(name, type, meaning, .key, isRequired: isRequired, readNode: read)
    }

    /// A member of a plan's JSON that only functions of their own can write and read.
    ///
    /// - Parameter write: nil leaves the member out.
    init(
        member name: String, _ meaning: String, write: @escaping @Sendable (Part) -> JSON?,
        read: @escaping @Sendable (JSON, inout Part) throws(SettingError) -> Void
    ) {
        self.init(name, .text, meaning, .plan, readJSON: read, writeJSON: write)
    }

    private init(
        _ name: String, _ type: ValueType, _ meaning: String, _ places: SettingPlaces, isRequired: Bool = false, flag: SettingFlag? = nil,
        readTexts: @escaping @Sendable ([String], inout Part) throws(SettingError) -> Void = { _, _ in },
        readNode: @escaping @Sendable (ScenarioNode, inout ScenarioReader, inout Part) -> Void = { _, _, _ in },
        readJSON: @escaping @Sendable (JSON, inout Part) throws(SettingError) -> Void = { _, _ in },
        writeJSON: @escaping @Sendable (Part) -> JSON? = { _ in nil }
    ) {
        self.name = name
        self.type = type
        self.meaning = meaning
        self.places = places
        self.isRequired = isRequired
        self.flag = flag ?? SettingFlag(shape: .value, letters: [], placeholder: nil, isHidden: false, usual: { nil })
        property = nil
        self.readTexts = readTexts
        self.readNode = readNode
        self.readJSON = readJSON
        self.writeJSON = writeJSON
    }
}

extension Setting {
    /// Whether this row is about that property.
    package func isAbout<Value>(_ path: WritableKeyPath<Part, Value>) -> Bool { property == Property(path).identity }

    /// The flag as it is written: "--cache-scope".
    package var flagName: String { "--" + name.replacing("_", with: "-") }

    /// What it means, for the help of its flag.
    package var flagMeaning: String { meaning { "--" + $0.replacing("_", with: "-") } }

    /// What it means, for a scenario's author.
    var keyMeaning: String { meaning { "'\($0)'" } }

    private func meaning(_ spell: (String) -> String) -> String {
        meaning.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset.isMultiple(of: 2) ? String($0.element) : spell(String($0.element)) }.joined()
    }

    /// Takes what the command line says.
    ///
    /// - Parameter texts: a value for each time that the flag is there.
    package func read(_ texts: [String], into part: inout Part) throws(SettingError) {
        if case .words(let words) = flag.shape, texts.count > 1 {
            let flags = words.map { "--" + $0.word }
            throw SettingError("", "\(flags.dropLast().joined(separator: ", ")) and \(flags[flags.count - 1]) exclude each other")
        }
        do throws(SettingError) { try readTexts(texts, &part) } catch { throw SettingError(flagName, error.words) }
    }

    /// Takes a scenario's value, or notes what is wrong with it.
    func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, into part: inout Part) { readNode(node, &reader, &part) }

    /// Takes a member of a plan's JSON.
    func read(_ json: JSON, into part: inout Part) throws(SettingError) {
        do throws(SettingError) { try readJSON(json, &part) } catch { throw error.inside(name) }
    }

    /// The member of a plan's JSON; nil leaves it out.
    package func json(of part: Part) -> JSON? { writeJSON(part) }

    /// The same option of the whole that has the part.
    func lifted<Whole>(_ part: any WritableKeyPath<Whole, Part> & Sendable) -> Setting<Whole> {
        Setting<Whole>(
            name, type, meaning, places, isRequired: isRequired, flag: flag,
            readTexts: { (texts, whole) throws(SettingError) in try readTexts(texts, &whole[keyPath: part]) },
            readNode: { node, reader, whole in readNode(node, &reader, &whole[keyPath: part]) },
            readJSON: { (json, whole) throws(SettingError) in try readJSON(json, &whole[keyPath: part]) },
            writeJSON: { writeJSON($0[keyPath: part]) })
    }
}
