internal import Yams

/// What is no YAML, or more of it than a scenario has.
struct YAMLProblem: Error {
    var place: ScenarioPlace
    var text: String
}

// The only place that knows the library.
extension ScenarioNode {
    /// The longest file: shipped scenarios have 2 KiB.
    static let byteLimit = 256 * 1024
    /// Levels of lists and mappings in each other: a scenario has five.
    static let depthLimit = 32
    /// Values in all, aliases counted as often as they are used.
    static let nodeLimit = 20_000
    /// Uses of anchors. Each may multiply what it stands for, so few must do.
    static let aliasLimit = 24

    /// Reads one document.
    init(yaml text: String, override: Int? = nil) throws(YAMLProblem) {
        let start = ScenarioPlace(override: override, line: 1, column: 1)
        guard text.utf8.count <= ScenarioNode.byteLimit else {
            throw YAMLProblem(place: start, text: "larger than \(ScenarioNode.byteLimit / 1024) KiB")
        }
        guard ScenarioNode.aliasCount(text) <= ScenarioNode.aliasLimit else {
            throw YAMLProblem(place: start, text: "more than \(ScenarioNode.aliasLimit) aliases (*name)")
        }
        let mask = KeyMask()
        let node = try ScenarioNode.compose(text, mask, override)
        guard let node else { throw YAMLProblem(place: start, text: "the file is empty") }
        var count = 0
        self = try ScenarioNode.convert(node, mask, override, depth: 0, count: &count)
    }

    /// Yams stops at the first key that is there twice, and says nothing of where the second one is. We
    /// want all errors: the words in question get distinct marks, which `convert` takes off again.
    private static func compose(_ text: String, _ mask: KeyMask, _ override: Int?) throws(YAMLProblem) -> Node? {
        var masked = text
        for _ in 0...KeyMask.wordLimit {
            do {
                return try Yams.compose(yaml: masked, .basic, .default, .utf8)
            } catch let YamlError.duplicatedKeysInMapping(duplicates, context) {
                guard let word = duplicates.first(where: { !mask.words.contains($0) }), let next = mask.hide(word, in: masked) else {
                    let place = ScenarioPlace(override: override, line: context.mark.line, column: context.mark.column)
                    throw YAMLProblem(place: place, text: "key '\(mask.reveal(duplicates.first ?? ""))' is there twice")
                }
                masked = next
            } catch {
                throw YAMLProblem(error, in: masked, override)
            }
        }
        throw YAMLProblem(place: ScenarioPlace(override: override, line: 1, column: 1), text: "too many keys are there twice")
    }

    /// At most so many: a `*` before a letter, which may also stand in a text.
    private static func aliasCount(_ text: String) -> Int {
        var count = 0
        var isStar = false
        for byte in text.utf8 {
            if isStar, byte > 0x20, byte != UInt8(ascii: "*"), byte != UInt8(ascii: "/") { count += 1 }
            isStar = byte == UInt8(ascii: "*")
        }
        return count
    }

    private static func convert(
        _ node: Node, _ mask: KeyMask, _ override: Int?, depth: Int, count: inout Int
    ) throws(YAMLProblem) -> ScenarioNode {
        let place = ScenarioPlace(override: override, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        count += 1
        guard count <= nodeLimit else { throw YAMLProblem(place: place, text: "more than \(nodeLimit) values") }
        guard depth <= depthLimit else { throw YAMLProblem(place: place, text: "nested deeper than \(depthLimit) levels") }
        switch node {
        case .scalar(let scalar):
            let isQuoted = scalar.style != .plain && scalar.style != .any
            return ScenarioNode(content: .scalar(mask.reveal(scalar.string), isQuoted: isQuoted), place: place)
        case .sequence(let sequence):
            var list: [ScenarioNode] = []
            for element in sequence { list.append(try convert(element, mask, override, depth: depth + 1, count: &count)) }
            return ScenarioNode(content: .list(list), place: place)
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                let keyPlace = ScenarioPlace(override: override, line: key.mark?.line ?? place.line, column: key.mark?.column ?? place.column)
                guard case .scalar(let name) = key else { throw YAMLProblem(place: keyPlace, text: "a key must be a word") }
                entries.append(Entry(
                    key: mask.reveal(name.string), keyPlace: keyPlace,
                    value: try convert(value, mask, override, depth: depth + 1, count: &count)))
            }
            return ScenarioNode(content: .map(entries), place: place)
        case .alias:
            throw YAMLProblem(place: place, text: "an alias of nothing")
        }
    }
}

extension YAMLProblem {
    fileprivate init(_ error: any Error, in text: String, _ override: Int?) {
        func problem(_ line: Int, _ column: Int, _ text: String) -> YAMLProblem {
            YAMLProblem(place: ScenarioPlace(override: override, line: max(1, line), column: max(1, column)), text: "no YAML: \(text)")
        }
        self =
            switch error {
            case YamlError.scanner(let context, let words, let mark, _), YamlError.parser(let context, let words, let mark, _),
                YamlError.composer(let context, let words, let mark, _):
                problem(mark.line, mark.column, (context.map { "\($0.text): " } ?? "") + words)
            case YamlError.reader(let words, let offset, _, _):
                {
                    let place = YAMLProblem.place(ofByte: offset ?? 0, in: text)
                    return problem(place.line, place.column, words)
                }()
            default: problem(1, 1, "\(error)")
            }
    }

    private static func place(ofByte offset: Int, in text: String) -> (line: Int, column: Int) {
        let before = String(decoding: text.utf8.prefix(offset), as: UTF8.self)
        let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.count, (lines.last?.unicodeScalars.count ?? 0) + 1)
    }
}

/// Words made different from each other, letter for letter as long as before.
private final class KeyMask {
    /// Files where more words are keys twice have other troubles.
    static let wordLimit = 16
    /// Characters that nobody writes: a private-use plane.
    private static let plane: UInt32 = 0xF0000
    private static let planeSize: UInt32 = 0xFF00

    private(set) var words: Set<String> = []
    private var originals: [Unicode.Scalar: Unicode.Scalar] = [:]
    private var used: UInt32 = 0

    /// The text with another first letter in each occurrence of the word. nil: it does not work here.
    func hide(_ word: String, in text: String) -> String? {
        let scalars = Array(text.unicodeScalars), wanted = Array(word.unicodeScalars)
        guard let first = wanted.first, words.insert(word).inserted else { return nil }
        var result = scalars
        for start in scalars.indices where scalars[start...].starts(with: wanted) {
            guard used < KeyMask.planeSize, let mark = Unicode.Scalar(KeyMask.plane + used) else { return nil }
            used += 1
            originals[mark] = first
            result[start] = mark
        }
        var hidden = String.UnicodeScalarView()
        hidden.append(contentsOf: result)
        return String(hidden)
    }

    /// The text as it was written.
    func reveal(_ text: String) -> String {
        guard !originals.isEmpty else { return text }
        var revealed = String.UnicodeScalarView()
        revealed.append(contentsOf: text.unicodeScalars.map { originals[$0] ?? $0 })
        return String(revealed)
    }
}
