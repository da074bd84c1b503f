internal import Measurements

/// A text of a request in parts: those that stay the same, and those that differ in each request.
///
///     /get?id={{seq}}            the request's number: no other of the run has it
///     {{random.int 1 100}}       a whole number from 1 to 100
///     {{random.hex 16}}          so many digits, 0 to f
///     {{random.string 8}}        so many letters and digits
///     {{random.uuid}}            a UUID of version 4
///     {{random.choice a b c}}    one of these words
///     {{"{{"}}                   two braces
///
/// Random parts depend on the run's seed and on the request's number alone: request 17 of seed 1
/// is the same in every run, and a request that is sent again is the same again.
package struct RequestText: Sendable, Equatable {
    package private(set) var parts: [Part] = []

    /// A piece of the text.
    package enum Part: Sendable, Equatable {
        case literal([UInt8])
        case sequence
        case integer(ClosedRange<Int>)
        case hex(digits: Int)
        case string(characters: Int)
        case uuid
        case choice([[UInt8]])
    }

    /// Values in one text; digits or letters of one value; words to choose from.
    package static let valueLimit = 64
    package static let lengthLimit = 1024
    package static let wordLimit = 64

    /// As it is, braces and all.
    package init(literal bytes: [UInt8]) { parts = bytes.isEmpty ? [] : [.literal(bytes)] }

    /// Every request has the same.
    package var isFixed: Bool {
        parts.allSatisfy { if case .literal = $0 { true } else { false } }
    }

    /// Most bytes of the text.
    package var byteLimit: Int { parts.reduce(0) { $0 + $1.byteLimit } }

    /// The parts that stay the same and all words to choose from, one after the other, for a search of
    /// characters that must not be there.
    package var fixedText: String {
        var bytes: [UInt8] = []
        for part in parts {
            switch part {
            case .literal(let literal): bytes += literal
            case .choice(let words): for word in words { bytes += word }
            case .sequence, .integer, .hex, .string, .uuid: break
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A text that comes out as `text`, braces and all, when it is parsed.
    package static func quoting(_ text: String) -> String { text.replacing("{{", with: "{{\"{{\"}}") }

    package init(parsing text: String) throws(RequestTextError) {
        var literal: [UInt8] = []
        var rest = text[...]
        while let opening = rest.firstRange(of: "{{") {
            literal += Array(rest[..<opening.lowerBound].utf8)
            rest = rest[opening.upperBound...]
            guard let closing = rest.firstRange(of: "}}") else { throw .notClosed }
            let inner = rest[..<closing.lowerBound]
            rest = rest[closing.upperBound...]
            if inner == "\"{{\"" {
                literal += Array("{{".utf8)
                continue
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = []
            parts.append(try RequestText.part(inner))
        }
        literal += Array(rest.utf8)
        if !literal.isEmpty { parts.append(.literal(literal)) }
        let values = parts.count { if case .literal = $0 { false } else { true } }
        if values > RequestText.valueLimit { throw .tooManyValues }
    }

    private static let names = [
        "seq", "random.int", "random.hex", "random.string", "random.uuid", "random.choice",
    ]

    private static func part(_ inner: Substring) throws(RequestTextError) -> Part {
        let words = inner.split(separator: " ").map(String.init)
        guard let name = words.first else { throw .unknown("", nearest: nil) }
        let arguments = Array(words.dropFirst())
        switch name {
        case "seq":
            guard arguments.isEmpty else { throw .arguments("{{seq}}") }
            return .sequence
        case "random.uuid":
            guard arguments.isEmpty else { throw .arguments("{{random.uuid}}") }
            return .uuid
        case "random.int":
            guard arguments.count == 2, let first = Int(arguments[0]), let last = Int(arguments[1]), first <= last else {
                throw .arguments("{{random.int 1 100}}, the least and the most")
            }
            return .integer(first...last)
        case "random.hex": return .hex(digits: try length(arguments, "{{random.hex 16}}"))
        case "random.string": return .string(characters: try length(arguments, "{{random.string 8}}"))
        case "random.choice":
            guard (1...wordLimit).contains(arguments.count) else {
                throw .arguments("{{random.choice a b c}}, at most \(wordLimit) words")
            }
            return .choice(arguments.map { Array($0.utf8) })
        default: throw .unknown(name, nearest: Spelling.nearest(to: name, of: names))
        }
    }

    private static func length(_ arguments: [String], _ example: String) throws(RequestTextError) -> Int {
        guard arguments.count == 1, let length = Int(arguments[0]), (1...lengthLimit).contains(length) else {
            throw .arguments("\(example), at most \(lengthLimit)")
        }
        return length
    }
}

extension RequestText.Part {
    /// Most bytes of this part.
    package var byteLimit: Int {
        switch self {
        case .literal(let bytes): bytes.count
        // Digits of the largest number, and a sign.
        case .sequence, .integer: 20
        case .hex(let count), .string(let count): count
        case .uuid: 36
        case .choice(let words): words.reduce(0) { max($0, $1.count) }
        }
    }
}

/// An error in a template.
package enum RequestTextError: Error, Equatable, CustomStringConvertible {
    case notClosed
    case unknown(String, nearest: String?)
    /// The values are missing, too many or not such as these.
    case arguments(String)
    case tooManyValues

    /// What is wrong, and what would be right.
    package var description: String {
        switch self {
        case .notClosed: "'{{' without '}}'; two braces themselves are {{\"{{\"}}"
        case .unknown(let name, let nearest):
            "unknown template '{{\(name)}}'; "
                + (nearest.map { "did you mean '{{\($0)}}'?" }
                    ?? "there are seq, random.int, random.hex, random.string, random.uuid, random.choice")
        case .arguments(let example): "write \(example)"
        case .tooManyValues: "more than \(RequestText.valueLimit) values in one text"
        }
    }
}
