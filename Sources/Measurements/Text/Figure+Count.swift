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

    /// `once`, `12 times`.
    package static func times(_ count: some BinaryInteger) -> String { count == 1 ? "once" : counted(count, "time") }
}
