extension Duration {
    /// To the next lower nanosecond; at most what 64 bits hold, which is 292 years.
    package var wholeNanoseconds: Int {
        let parts = components
        let (product, overflows) = Int(parts.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isTooLarge) = product.addingReportingOverflow(Int(parts.attoseconds / 1_000_000_000))
        return overflows || isTooLarge ? (parts.seconds < 0 ? .min : .max) : sum
    }

    /// The same, and 0 for a negative duration.
    package var nanoseconds: UInt64 { UInt64(clamping: wholeNanoseconds) }

    /// Seconds, as Double has them.
    package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }

    /// To the nearest nanosecond. nil: negative, or longer than 292 years.
    package init?(inSeconds seconds: Double) {
        guard seconds >= 0, let nanoseconds = Int64(exactly: (seconds * 1e9).rounded()) else { return nil }
        self = .nanoseconds(nanoseconds)
    }

    /// As the command line has it: `1m30s`.
    package var quantityText: String { Quantity.time.text(wholeNanoseconds) }
}
