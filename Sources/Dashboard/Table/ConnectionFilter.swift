internal import Measurements

/// Which connections the table shows: words that all must hold, separated by spaces.
///
/// `text` is in the peer or the name, `!word` does not hold, `pend>64k` compares a figure,
/// `state:W`, `proto:h2`, `peer:10.0` and `id:17` ask for one thing. Bytes count k, m, g by
/// 1024, other figures by 1000, times take ns, us, ms, s, min.
package struct ConnectionFilter: Equatable, Sendable {
    private let terms: [Term]

    /// Empty text lets everything pass.
    package init(_ text: String) throws(ConnectionFilterError) {
        var terms: [Term] = []
        for word in text.split(separator: " ") { terms.append(try Term(word)) }
        self.terms = terms
    }

    /// All words hold for this connection.
    package func passes(_ row: ConnectionRow) -> Bool {
        terms.allSatisfy { $0.holds(row) }
    }

    private struct Term: Equatable {
        let isNegated: Bool
        let test: Test

        init(_ word: Substring) throws(ConnectionFilterError) {
            isNegated = word.first == "!"
            let word = isNegated ? word.dropFirst() : word
            guard !word.isEmpty else { throw .nothingAfterNot }
            test = try Test(word)
        }

        func holds(_ row: ConnectionRow) -> Bool { test.holds(row) != isNegated }
    }
}

/// The fault of a word of a filter.
package enum ConnectionFilterError: Error, Equatable {
    /// "!" with nothing behind it.
    case nothingAfterNot
    /// There is no such thing before ":" or a comparison.
    case unknownField(String)
    /// Nothing stands behind ":" or a comparison.
    case noValue(field: String)
    /// Not a figure of that kind.
    case notAFigure(String, kind: FilterField.Kind)
    /// Not a state; not a protocol.
    case unknownState(String)
    case unknownProtocol(String)

    /// In the few words that fit beside the filter.
    var words: String {
        switch self {
        case .nothingAfterNot: "! wants a word behind it"
        case .unknownField(let name): "no \"\(name)\": \(FilterField.allCases.map(\.rawValue).joined(separator: " ")), state: proto: peer: id:"
        case .noValue(let field): "\(field) wants a value"
        case .notAFigure(let text, .bytes): "\"\(text)\" is no size: 64k"
        case .notAFigure(let text, .time): "\"\(text)\" is no time: 10ms"
        case .notAFigure(let text, .count): "\"\(text)\" is no number"
        case .unknownState(let text): "no state \"\(text)\": R I W C"
        case .unknownProtocol(let text): "no protocol \"\(text)\": h1 h2"
        }
    }
}

/// A figure of a connection that a filter compares.
package enum FilterField: String, CaseIterable, Sendable {
    case pend, age, waits, req, reqb, resb, strm, used, up, id

    /// How its values are written.
    package enum Kind: Sendable, Equatable {
        case bytes, time, count
    }

    var kind: Kind {
        switch self {
        case .pend, .used, .reqb, .resb: .bytes
        case .age, .waits, .up: .time
        case .req, .strm, .id: .count
        }
    }

    func value(_ row: ConnectionRow) -> Double {
        switch self {
        case .pend: Double(row.sample.pendingBytes)
        case .age: row.sample.pendingBytes > 0 ? Double(row.sample.oldestAgeNanoseconds) : 0
        case .waits: Double(row.sample.oldestRequestNanoseconds)
        case .req: row.requestRate
        case .reqb: row.requestByteRate
        case .resb: row.responseByteRate
        case .strm: Double(row.sample.streams)
        case .used: Double(row.sample.arenaUsedBytes)
        case .up: Double(row.sample.ageNanoseconds)
        case .id: Double(row.sample.id)
        }
    }
}

/// One word of a filter, without its "!".
private enum Test: Equatable {
    case text(String)
    case compare(FilterField, Comparison, Double)
    case state(ConnectionSample.State)
    case version(ConnectionSample.Version)
    case peer(String)

    init(_ word: Substring) throws(ConnectionFilterError) {
        // An address holds colons too: only a name before one makes it a question.
        if let place = word.firstIndex(where: { "<>=:".contains($0) }), place > word.startIndex,
            word[..<place].allSatisfy({ $0.isASCII && $0.isLetter }) {
            var value = word[word.index(after: place)...]
            let name = word[..<place].lowercased()
            let sign = word[place]
            let isOrEqual = sign != ":" && value.first == "="
            if isOrEqual { value = value.dropFirst() }
            guard !value.isEmpty else { throw .noValue(field: name) }
            self = sign == ":"
                ? try Test.ask(name, value) : try Test.compared(name, Comparison(sign, orEqual: isOrEqual), value)
        } else {
            self = .text(word.lowercased())
        }
    }

    func holds(_ row: ConnectionRow) -> Bool {
        switch self {
        case .text(let text): row.sample.peer.lowercased().contains(text) || String(row.sample.id) == text
        case .compare(let field, let comparison, let value): comparison.holds(field.value(row), value)
        case .state(let state): row.sample.state == state
        case .version(let version): row.sample.version == version
        case .peer(let text): row.sample.peer.lowercased().contains(text)
        }
    }

    private static func ask(_ name: String, _ value: Substring) throws(ConnectionFilterError) -> Test {
        switch name {
        case "state", "s":
            guard let state = ConnectionSample.State(rawValue: value.uppercased()) else { throw .unknownState(String(value)) }
            return .state(state)
        case "proto", "pr":
            guard let version = ConnectionSample.Version(rawValue: value.lowercased()) else { throw .unknownProtocol(String(value)) }
            return .version(version)
        case "peer": return .peer(value.lowercased())
        default: return try compared(name, .equal, value)
        }
    }

    private static func compared(
        _ name: String, _ comparison: Comparison, _ value: Substring
    ) throws(ConnectionFilterError) -> Test {
        guard let field = FilterField(rawValue: name) else { throw .unknownField(name) }
        guard let figure = figure(value, field.kind) else { throw .notAFigure(String(value), kind: field.kind) }
        return .compare(field, comparison, figure)
    }

    /// A size may be short here, where nothing else is meant: "64k" is 64 KiB.
    private static func figure(_ text: Substring, _ kind: FilterField.Kind) -> Double? {
        switch kind {
        case .bytes:
            let isShort = text.last.map { "kmg".contains($0.lowercased()) } == true
            return try? Quantity.size.real((isShort ? text + "iB" : text).utf8.span)
        case .time: return try? Quantity.time.real(text.utf8.span, needsUnit: true)
        case .count: return try? Quantity.count.real(text.utf8.span)
        }
    }
}

private enum Comparison: Equatable {
    case less, lessOrEqual, equal, greaterOrEqual, greater

    init(_ sign: Character, orEqual: Bool) {
        self = switch sign {
        case "<": orEqual ? .lessOrEqual : .less
        case ">": orEqual ? .greaterOrEqual : .greater
        default: .equal
        }
    }

    func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .equal: left == right
        case .greaterOrEqual: left >= right
        case .greater: left > right
        }
    }
}
