extension Figure {
    /// `1 request`, `12 requests`; `1 body`, `2 bodies` where the plural is said.
    ///
    /// - Parameters:
    ///   - noun: the words for one: "TLS handshake".
    ///   - plural: those for any other number; nil: the noun with an s.
    package static func counted(_ count: some BinaryInteger, _ noun: String, _ plural: String? = nil) -> String {
        "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
    }

    /// The same of a number that a metric has: a count as a rule, and a fraction where it is derived.
    package static func counted(_ number: Double, _ noun: String, _ plural: String? = nil) -> String {
        "\(JSON.number(number).text) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// `1st`, `2nd`, `97th`, `111th`.
    package static func ordinal(_ number: UInt64) -> String {
        let ending =
            switch (number % 100, number % 10) {
            case (11...13, _): "th"
            case (_, 1): "st"
            case (_, 2): "nd"
            case (_, 3): "rd"
            default: "th"
            }
        return "\(number)\(ending)"
    }

    /// `once`, `12 times`.
    package static func times(_ count: some BinaryInteger) -> String { count == 1 ? "once" : counted(count, "time") }
}
