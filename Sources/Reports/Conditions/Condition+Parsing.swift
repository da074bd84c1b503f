internal import Measurements

extension Condition {
    /// Reads `steady: client.response_time.p99 < 25ms`, or the same without a phase, for the whole run; and of one kind
    /// of request: `steady: request(order).response_time.p99 < 25ms`.
    ///
    /// A limit has the figure's unit (`25ms`, `8MiB`, `90%`, `10k`). A per cent with a sign (`+10%`), or of a figure
    /// that is no share, is a change from another run.
    ///
    /// - Parameter needsUnit: refuse a bare number of seconds or bytes. `compare --fail-on` takes one.
    package init(parsing text: String, needsUnit: Bool = false) throws(ConditionError) {
        let (request, text) = Condition.takeRequest(text)
        if let brace = text.firstIndex(of: "{"), let known = RunFigure.foreign(text[..<brace]) {
            throw .unknownMetric(String(text[...(text.firstIndex(of: "}") ?? brace)]), nearest: "request(NAME).\(known)")
        }
        let (phase, condition) = try Condition.takePhase(text)
        guard let start = condition.firstIndex(where: { "<>=!".contains($0) }),
            let relation = Relation.allCases.first(where: { condition[start...].hasPrefix($0.rawValue) })
        else { throw .noRelation }
        let name = Condition.normalized(condition[..<start])
        guard !name.isEmpty else { throw .noFigure }
        let limitText = condition[condition.index(start, offsetBy: relation.rawValue.count)...].filter { $0 != " " }
        guard !limitText.isEmpty else { throw .noLimit }
        let figure = try Condition.figure(name, of: request)
        if figure.unit == .requestPerSecond, let number = Double(limitText), number > 0, number <= 1 { throw .shareAsRate(limitText) }
        let (limit, isChange) = try Condition.limit(limitText, figure.unit, needsUnit: needsUnit)
        if figure.isShare, !isChange, limit > 1 { throw .shareAboveAll(limitText) }
        self.init(
            phase: phase, figure: figure, relation: relation, limit: limit, isChange: isChange,
            text: "\(request.map { "request(\($0))." } ?? "")\(name) \(relation.rawValue) \(limitText)")
    }

    /// Takes the kind of request out of a text: its name may have colons and signs of relations.
    private static func takeRequest(_ text: String) -> (request: String?, rest: String) {
        guard let start = text.firstRange(of: "request("), let end = text.ranges(of: ").").last, start.upperBound <= end.lowerBound
        else { return (nil, text) }
        return (String(text[start.upperBound..<end.lowerBound]), String(text[..<start.lowerBound] + text[end.upperBound...]))
    }

    private static func figure(_ name: String, of request: String?) throws(ConditionError) -> RunFigure {
        let figure = try RunFigure(parsing: name)
        guard let request else { return figure }
        guard let part = figure.of(request: request) else { throw .notByRequest(figure.metric) }
        return part
    }

    private static func takePhase(_ text: String) throws(ConditionError) -> (String?, Substring) {
        // The last colon: a phase's name may have one, figures and limits have none.
        guard let colon = text.lastIndex(of: ":") else { return (nil, text[...]) }
        let phase = normalized(text[..<colon])
        guard !phase.isEmpty else { throw .noPhase }
        return (phase == wholeRun ? nil : phase, text[text.index(after: colon)...])
    }

    private static func normalized(_ text: Substring) -> String { text.split(separator: " ").joined(separator: " ") }

    private static func limit(
        _ text: String, _ unit: Metric.Unit, needsUnit: Bool
    ) throws(ConditionError) -> (limit: Double, isChange: Bool) {
        let sign = text.first.flatMap { ["+": 1.0, "-": -1.0][$0] }
        let digits = text.dropFirst(sign == nil ? 0 : 1)
        guard digits.last == "%", sign != nil || unit != .one else {
            return ((sign ?? 1) * (try unit.parse(String(digits), needsUnit: needsUnit)), false)
        }
        guard digits.first?.isNumber == true, let percent = Double(digits.dropLast()), percent.isFinite else { throw .change(text) }
        return ((sign ?? 1) * percent / 100, true)
    }
}
