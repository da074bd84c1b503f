internal import Glibc

/// Numbers for people: short, with their unit, of a width that changes little.
package enum Figure {
    /// `120ns`, `4.10us`, `0.410ms`, `12.3ms`, `1.20s`, `83.0s`; three digits that mean something.
    package static func time(nanoseconds: UInt64) -> String {
        let value = Double(nanoseconds)
        if nanoseconds < 1_000 { return "\(nanoseconds)ns" }
        if nanoseconds < 100_000 { return threeDigits(value / 1e3) + "us" }
        if nanoseconds < 1_000_000_000 { return threeDigits(value / 1e6) + "ms" }
        return threeDigits(value / 1e9) + "s"
    }

    /// `512B`, `1.50KiB`, `20.6MiB`.
    package static func bytes(_ count: Double) -> String {
        var value = count
        var unit = "B"
        for next in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 {
            value /= 1024
            unit = next
        }
        return (unit == "B" ? fixed(value, decimals: 0) : threeDigits(value)) + unit
    }

    /// `99.9%`; 100 % only when it is.
    package static func percent(_ share: Double) -> String {
        let rounded = (share * 1000).rounded() / 10
        return fixed(share < 1 ? min(rounded, 99.9) : rounded, decimals: 1) + "%"
    }

    /// With three digits that mean something, but never fewer than the whole ones.
    package static func threeDigits(_ value: Double) -> String {
        // The edges are where the next digit would appear by rounding.
        fixed(value, decimals: value < 0.9995 ? 3 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
    }

    /// Just so many decimals, rounded.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int64((value.magnitude * scale).rounded())
        let digits = String(scaled)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = value < 0 && scaled != 0 ? "-" : ""
        guard decimals > 0 else { return sign + padded }
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// How many powers of ten a number above 0 has: its decimal logarithm.
    package static func decades(_ value: Double) -> Double { log10(value) }
}
