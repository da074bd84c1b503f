import Measurements

/// Figures for a grid: three digits and a unit, each kind with a width that it never passes,
/// so that nothing beside it moves. (`Figure` is for sentences.)
///
/// Counts take decimal units (k, M, G), bytes binary ones (KiB, MiB, GiB), on a wire too.
package enum GridFigure {
    /// Five characters at most: 9999, 48.2k, 482k, 1.21M.
    package static func count(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return "0" }
        if value < 9_999.5 { return value < 9.95 && value != value.rounded() ? tenths(value) : whole(value) }
        return scaled(value, step: 1_000, units: ["", "k", "M", "G", "T", "P", "E"])
    }

    static func count(_ value: UInt64) -> String { count(Double(value)) }
    static func count(_ value: Int) -> String { count(Double(value)) }

    /// In full, with a space between groups: 48 213.
    package static func grouped(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return "0" }
        guard value < 1e12 else { return count(value) }
        let digits = whole(value)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index).isMultiple(of: 3) { text.append(" ") }
            text.append(digit)
        }
        return text
    }

    /// Memory, eight characters at most: 0 B, 12.3 KiB, 1.31 MiB.
    package static func bytes(_ value: Double) -> String {
        guard value.isFinite, value >= 1 else { return "0 B" }
        return scaled(value, step: 1_024, units: [" B", " KiB", " MiB", " GiB", " TiB", " PiB"])
    }

    static func bytes(_ value: Int) -> String { bytes(Double(value)) }

    /// Memory in a narrow column, five characters at most: 0, 512, 12.3K, 1.31M.
    package static func shortBytes(_ value: Int) -> String {
        guard value > 0 else { return "0" }
        return scaled(Double(value), step: 1_024, units: ["", "K", "M", "G", "T", "P"])
    }

    /// Bytes a second, ten characters at most: 31.2 MiB/s.
    package static func byteRate(_ value: Double) -> String { bytes(value) + "/s" }

    /// Nanoseconds, six characters at most: 950ns, 12.1µs, 1.21ms, 88.0ms, 1.21s.
    package static func duration(_ nanoseconds: UInt64, _ glyphs: GlyphSet) -> String {
        guard nanoseconds > 0 else { return "0" }
        let micro = glyphs == .ascii ? "us" : "µs"
        return scaled(Double(nanoseconds), step: 1_000, units: ["ns", micro, "ms", "s"])
    }

    /// Nanoseconds that are a round figure, without the zeros that say so: 1ms, 1.5ms, 300µs.
    static func roundDuration(_ nanoseconds: UInt64, _ glyphs: GlyphSet) -> String {
        let text = duration(nanoseconds, glyphs)
        let unit = text.drop { $0.isNumber || $0 == "." }
        var figure = text.dropLast(unit.count)
        if figure.contains(".") {
            while figure.last == "0" { figure.removeLast() }
            if figure.last == "." { figure.removeLast() }
        }
        return String(figure + unit)
    }

    /// A fraction from 0 to 1, five characters at most: 97.8%, 100%.
    package static func percent(_ fraction: Double) -> String {
        guard fraction.isFinite, fraction > 0 else { return "0%" }
        let percent = fraction * 100
        // 100% is said of all and nothing less: 99.97 is 99.9.
        if percent < 100 { return tenths(min(percent, 99.9)) + "%" }
        return whole(percent) + "%"
    }

    /// The same in four characters, rounded down: 99%, 100%.
    package static func wholePercent(_ fraction: Double) -> String {
        fraction.isFinite && fraction > 0 ? whole((fraction * 100).rounded(.down)) + "%" : "0%"
    }

    /// Time since the start: 00:04:12.
    package static func clock(_ nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        return "\(twoDigits(seconds / 3_600)):\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
    }

    /// The same with milliseconds: 00:04:12.345.
    package static func preciseClock(_ nanoseconds: UInt64) -> String {
        let milliseconds = String(nanoseconds / 1_000_000 % 1_000)
        return clock(nanoseconds) + "." + String(repeating: "0", count: 3 - milliseconds.count) + milliseconds
    }

    /// Three digits and the first unit in which they are below 1000.
    private static func scaled(_ value: Double, step: Double, units: [String]) -> String {
        var value = value
        var unit = 0
        while value >= 999.5 && unit < units.count - 1 {
            value /= step
            unit += 1
        }
        // The smallest unit has no parts: there is no half byte.
        return (unit == 0 ? whole(value) : threeDigits(value)) + units[unit]
    }

    /// Not as `Figure.threeDigits`: 0.976 would be a character too wide.
    private static func threeDigits(_ value: Double) -> String {
        Figure.fixed(value, decimals: value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
    }

    private static func whole(_ value: Double) -> String { Figure.fixed(value, decimals: 0) }

    private static func tenths(_ value: Double) -> String { Figure.fixed(value, decimals: 1) }

    private static func twoDigits(_ value: UInt64) -> String {
        value < 10 ? "0\(value)" : String(value)
    }
}

extension String {
    /// Moved to the right edge of a column; as it is where it does not fit.
    func right(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - columns)) + self
    }

    /// Filled up to a column's width, or cut to it.
    func left(_ width: Int) -> String {
        // Half a character that takes two columns is a space.
        (columns <= width ? self : prefix(columns: max(0, width))).padded(to: width)
    }
}
