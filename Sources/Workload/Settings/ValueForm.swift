internal import Load
internal import Measurements

/// How the values of one kind are written: on the command line, in a scenario and in JSON.
///
/// What `json` writes, `readJSON` reads, whatever the value: a worker process gets its plan this way.
package struct ValueForm<Value: Sendable>: Sendable {
    let type: ValueType
    /// The flag may be there several times, and all of its values together are the value.
    let isRepeated: Bool
    /// - needsUnit: refuse a bare number where it could be misread, as a scenario does.
    let read: @Sendable (_ texts: [String], _ needsUnit: Bool) throws(SettingError) -> Value
    let readNode: @Sendable (ScenarioNode, inout ScenarioReader) -> Value?
    let readJSON: @Sendable (JSON) throws(SettingError) -> Value
    /// As the command line has it.
    let text: @Sendable (Value) -> String
    let json: @Sendable (Value) -> JSON

    init(
        _ type: ValueType, isRepeated: Bool = false,
        read: @escaping @Sendable (_ texts: [String], _ needsUnit: Bool) throws(SettingError) -> Value,
        readNode: (@Sendable (ScenarioNode, inout ScenarioReader) -> Value?)? = nil,
        readJSON: @escaping @Sendable (JSON) throws(SettingError) -> Value,
        text: @escaping @Sendable (Value) -> String, json: @escaping @Sendable (Value) -> JSON
    ) {
        self.type = type
        self.isRepeated = isRepeated
        self.read = read
        self.readNode = readNode ?? { node, reader in
            guard let text = reader.text(node, type) else { return nil }
            return reader.noting(node) { () throws(SettingError) in try read([text], true) }
        }
        self.readJSON = readJSON
        self.text = text
        self.json = json
    }

    /// A text in a form of its own. Errors of the parser are the user's to read.
    ///
    /// - Parameter text: as `read` reads it again.
    package static func written<Problem: Error & CustomStringConvertible>(
        _ example: String, _ read: @escaping @Sendable (String) throws(Problem) -> Value, text: @escaping @Sendable (Value) -> String
    ) -> ValueForm {
        texts(.written(example: example), read, text: text)
    }

    static func texts<Problem: Error & CustomStringConvertible>(
        _ type: ValueType, _ read: @escaping @Sendable (String) throws(Problem) -> Value, text: @escaping @Sendable (Value) -> String
    ) -> ValueForm {
        @Sendable func parse(_ text: String) throws(SettingError) -> Value {
            do throws(Problem) { return try read(text) } catch { throw SettingError("", error.description) }
        }
        return ValueForm(
            type,
            read: { (texts, _) throws(SettingError) in try parse(texts.last ?? "") },
            readJSON: { (json) throws(SettingError) in
                guard let text = json.string else { throw SettingError("", "\(json.text) \(type.refusal)") }
                return try parse(text)
            },
            text: text, json: { .string(text($0)) })
    }

    /// Numbers in JSON; a text where a number of JSON is not exact.
    ///
    /// - Parameters:
    ///   - number: as JSON has it.
    ///   - value: of JSON's number; nil for a number without one.
    fileprivate static func quantities(
        _ type: ValueType, _ range: ClosedRange<Value>,
        _ read: @escaping @Sendable (_ text: String, _ needsUnit: Bool) throws(QuantityError) -> Value,
        text: @escaping @Sendable (Value) -> String, number: @escaping @Sendable (Value) -> Double,
        value: @escaping @Sendable (Double) -> Value?
    ) -> ValueForm where Value: Comparable {
        @Sendable func parse(_ text: String, _ needsUnit: Bool) throws(SettingError) -> Value {
            do throws(QuantityError) { return try read(text, needsUnit) } catch { throw SettingError("", error.description) }
        }
        return ValueForm(
            type,
            read: { (texts, needsUnit) throws(SettingError) in try parse(texts.last ?? "", needsUnit) },
            readJSON: { (json) throws(SettingError) in
                switch json {
                case .number(let double):
                    guard let value = value(double) else { return try parse(json.text, false) }
                    // Out of range is said in the words of the command line.
                    return range.contains(value) ? value : try parse(text(value), false)
                case .string(let text): return try parse(text, false)
                case .null, .bool, .array, .object: throw SettingError("", "\(json.text) \(type.refusal)")
                }
            },
            text: text,
            json: {
                let double = number($0)
                return value(double) == $0 ? .number(double) : .string(text($0))
            })
    }
}

extension ValueForm<Int> {
    /// A whole number: `10k`.
    package static func count(_ range: ClosedRange<Int>) -> Self {
        quantities(
            .count(range), range, { (text, _) throws(QuantityError) in try Quantity.count(text, in: range) },
            text: { Quantity.count.text($0) }, number: { Double($0) }, value: { Int(exactly: $0) })
    }

    /// Bytes: `64KiB`.
    package static func size(_ range: ClosedRange<Int>) -> Self {
        quantities(
            .size(range), range, { (text, needsUnit) throws(QuantityError) in try Quantity.byteCount(text, in: range, needsUnit: needsUnit) },
            text: { Quantity.size.text($0) }, number: { Double($0) }, value: { Int(exactly: $0) })
    }
}

extension ValueForm<Duration> {
    /// `1m30s`; seconds in JSON.
    package static func time(_ range: ClosedRange<Duration>) -> Self {
        quantities(
            .time(range), range, { (text, needsUnit) throws(QuantityError) in try Quantity.duration(text, in: range, needsUnit: needsUnit) },
            text: { $0.quantityText }, number: { $0.inSeconds }, value: { Duration(inSeconds: $0) })
    }
}

extension ValueForm<Double> {
    /// Events a second.
    package static func rate(_ range: ClosedRange<Double>) -> Self {
        quantities(
            .rate(range), range, { (text, _) throws(QuantityError) in try Quantity.rate(text, in: range) },
            text: { Quantity.rate.text($0) }, number: { $0 }, value: { $0 })
    }

    /// `5%`; a number of 1 in JSON.
    package static func share(_ range: ClosedRange<Double> = 0...1) -> Self {
        quantities(
            .share(range), range, { (text, _) throws(QuantityError) in try Quantity.share(text, in: range) },
            text: { Quantity.share.text($0) }, number: { $0 }, value: { $0 })
    }
}

extension ValueForm<Bool> {
    /// On or off.
    package static var flag: Self {
        ValueForm(
            .flag,
            read: { (texts, _) throws(SettingError) in
                guard let flag = Bool(texts.last ?? "") else { throw SettingError("", "\"\(texts.last ?? "")\" \(ValueType.flag.refusal)") }
                return flag
            },
            readNode: { node, reader in
                // A quoted "true" is a text.
                if case .scalar(let text, isQuoted: false) = node.content, let flag = Bool(text) { return flag }
                reader.note(node.place, "\(node.noun) \(ValueType.flag.refusal)")
                return nil
            },
            readJSON: { (json) throws(SettingError) in
                guard case .bool(let flag) = json else { throw SettingError("", "\(json.text) \(ValueType.flag.refusal)") }
                return flag
            },
            text: { "\($0)" }, json: { .bool($0) })
    }
}

extension ValueForm<String> {
    /// Any text.
    package static var text: Self { texts(.text, { (text) throws(SettingError) in text }, text: { $0 }) }

    /// The name of a file. Whether it is there is not asked here.
    package static var file: Self { texts(.file, { (text) throws(SettingError) in text }, text: { $0 }) }

    /// A text that is not blank, and that can be shown on a line.
    package static var name: Self {
        texts(.name, { (text) throws(SettingError) in
            guard !text.allSatisfy(\.isWhitespace) else { throw SettingError("", "\"\(text.quotable)\" is blank; write a name") }
            guard text.printableLine == text else {
                throw SettingError("", "\"\(text.printableLine)\" has control characters or line ends; write a name of visible characters")
            }
            return text
        }, text: { $0 })
    }
}

extension ValueForm where Value: RawRepresentable<String> & CaseIterable & SendableMetatype {
    /// One of a few words.
    package static var choice: Self { word(Value.allCases.map(\.rawValue), { Value(rawValue: $0) }, text: { $0.rawValue }) }
}

extension ValueForm {
    /// One of these words.
    ///
    /// - Parameters:
    ///   - read: the word's value; nil for others.
    ///   - text: the word of a value.
    package static func word(_ words: [String], _ read: @escaping @Sendable (String) -> Value?, text: @escaping @Sendable (Value) -> String) -> Self {
        texts(.choice(words), { (text) throws(SettingError) in
            if let value = read(text) { return value }
            let advice = Spelling.nearest(to: text, of: words).map { "; did you mean \($0)?" } ?? ""
            throw SettingError("", "\"\(text.quotable)\" is not one of \(words.joined(separator: ", "))\(advice)")
        }, text: text)
    }
}

extension ValueForm {
    /// As many as wanted, each of the same form.
    package static func list<Element: Sendable>(of form: ValueForm<Element>) -> Self where Value == [Element] {
        ValueForm(
            .list(of: form.type), isRepeated: true,
            read: { (texts, needsUnit) throws(SettingError) in
                var values: [Element] = []
                for text in texts { values.append(try form.read([text], needsUnit)) }
                return values
            },
            readJSON: { (json) throws(SettingError) in try json.elements(form.readJSON) },
            text: { $0.map(form.text).joined(separator: ", ") }, json: { .array($0.map(form.json)) })
    }
}

extension ValueForm<[String]> {
    /// A program and its arguments: a list in a scenario.
    package static func command(limit: Int) -> Self {
        let type = ValueType.list(of: .text)
        return ValueForm(
            type, isRepeated: true, read: { texts, _ in texts },
            readNode: { node, reader in
                guard let elements = reader.list(node, limit: limit) else { return nil }
                let words = elements.compactMap { reader.text($0, .text) }
                if elements.isEmpty { reader.note(node.place, "the list is empty; write [\"./server\", \"9000\"]") }
                return words.count == elements.count ? words : nil
            },
            readJSON: { (json) throws(SettingError) in try json.elements(ValueForm<String>.text.readJSON) },
            text: { $0.joined(separator: " ") }, json: { .array($0.map { .string($0) }) })
    }
}

extension JSON {
    /// Each element of an array, read. Errors: it is not an array, or the first element that cannot be read, by its number.
    func elements<Element>(_ read: (JSON) throws(SettingError) -> Element) throws(SettingError) -> [Element] {
        guard case .array(let values) = self else { throw SettingError("", "\(text.quotable) is not a list") }
        var elements: [Element] = []
        for (index, value) in values.enumerated() {
            do throws(SettingError) { elements.append(try read(value)) } catch { throw error.inside("\(index)") }
        }
        return elements
    }
}

extension ValueForm<UInt64> {
    /// A number for what is random.
    static var seed: Self {
        let most = UInt64(Int.max)
        return quantities(
            .count(0...Int.max), 0...most, { (text, _) throws(QuantityError) in UInt64(try Quantity.count(text, in: 0...Int.max)) },
            text: { Quantity.count.text(Int(clamping: $0)) }, number: { Double($0) }, value: { UInt64(exactly: $0) })
    }
}
