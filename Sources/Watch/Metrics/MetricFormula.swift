/// The right side of a map's line: series of a page, and numbers, joined by + - * / and computed from left to right.
///
///     nginx_connections_accepted - nginx_connections_active
///     haproxy_frontend_http_responses_total{proxy!="stats",code="2xx"}
struct MetricFormula: Equatable, Sendable {
    private enum Term: Equatable, Sendable {
        case number(Double)
        /// All series of this name that fulfil the conditions, added.
        case series(String, [MetricLabel])
    }

    private enum Operator: Character, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"

        func apply(_ left: Double, _ right: Double) -> Double {
            switch self {
            case .plus: left + right
            case .minus: left - right
            case .times: left * right
            case .over: left / right
            }
        }
    }

    private let first: Term
    private let others: [(Operator, Term)]

    /// Errors: what is wrong with it, in words.
    init(parsing text: String) throws(WatchError) {
        var rest = text[...]
        first = try MetricFormula.term(&rest)
        var others: [(Operator, Term)] = []
        while let sign = rest.drop(while: \.isWhitespace).first {
            guard let sign = Operator(rawValue: sign) else {
                throw WatchError("\"\(rest)\" does not follow a name or a number; write + - * or / between two of them")
            }
            rest = rest.drop(while: \.isWhitespace).dropFirst()
            others.append((sign, try MetricFormula.term(&rest)))
        }
        self.others = others
    }

    static func == (left: MetricFormula, right: MetricFormula) -> Bool {
        left.first == right.first && left.others.elementsEqual(right.others) { $0.0 == $1.0 && $0.1 == $1.1 }
    }

    private static func term(_ rest: inout Substring) throws(WatchError) -> Term {
        rest = rest.drop(while: \.isWhitespace)
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" || $0 == "." }
        rest = rest.dropFirst(word.count)
        guard let start = word.first else { throw WatchError("a name or a number is missing") }
        if start.isNumber || start == "." {
            guard let number = Double(word) else { throw WatchError("\"\(word)\" is neither a name nor a number") }
            return .number(number)
        }
        guard rest.first == "{" else { return .series(String(word), []) }
        rest.removeFirst()
        guard let labels = MetricLabel.readAll(&rest) else {
            throw WatchError("the labels of \(word) are not of the form {name=\"value\", other!=\"value\"}")
        }
        return .series(String(word), labels)
    }

    /// The series that it has to do with.
    var names: [String] {
        ([first] + others.map(\.1)).compactMap { if case .series(let name, _) = $0 { name } else { nil } }
    }

    /// Its value on a page; nil where a series is not there, or the value is no number.
    func value(on page: MetricsText) -> Double? {
        guard var value = MetricFormula.value(of: first, page) else { return nil }
        for (sign, term) in others {
            guard let right = MetricFormula.value(of: term, page) else { return nil }
            value = sign.apply(value, right)
        }
        return value.isFinite ? value : nil
    }

    private static func value(of term: Term, _ page: MetricsText) -> Double? {
        switch term {
        case .number(let number): number
        case .series(let name, let conditions):
            page.sum(of: name) { labels in conditions.allSatisfy { (labels[$0.name] == $0.value) != $0.isExcluded } }
        }
    }
}
