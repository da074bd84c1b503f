internal import Glibc
internal import Measurements

/// An axis of a plot: where a value stands between its ends, and which values are written beside it.
struct ReportScale: Sendable {
    /// The kind of number, which decides ticks and words.
    enum Quantity: Sendable {
        case count, bytes, seconds, share, cores
        /// Time along the run: minutes and hours where seconds would be long.
        case clock
    }

    let quantity: Quantity
    let isLogarithmic: Bool
    let low: Double
    let high: Double
    let ticks: [Double]

    /// From 0 to at least the highest value.
    init(upTo highest: Double, _ quantity: Quantity) {
        self.quantity = quantity
        isLogarithmic = false
        low = 0
        let highest = highest.isFinite && highest > 0 ? min(highest, 1e300) : ReportScale.least(quantity)
        let step = quantity == .share ? 0.25 : ReportScale.step(highest / ReportScale.tickCount, quantity)
        high = quantity == .share ? max(1, highest) : quantity == .clock ? highest : (highest / step).rounded(.up) * step
        let top = high
        ticks = (0...Int((top / step).rounded(.down))).map { Double($0) * step }.filter { $0 <= top * 1.000_1 }
    }

    /// Powers of ten around values above 0; nil when there is none.
    init?(around values: [Double], _ quantity: Quantity) {
        let values = values.filter { $0 > 0 && $0.isFinite }
        guard let least = values.min(), let most = values.max() else { return nil }
        self.quantity = quantity
        isLogarithmic = true
        let bottom = Int(log10(least).rounded(.down)), top = max(Int(log10(most).rounded(.up)), bottom + 1)
        low = pow(10, Double(bottom))
        high = pow(10, Double(top))
        ticks = (bottom...top).map { pow(10, Double($0)) }
    }

    /// 0 at the low end, 1 at the high one; held within.
    func position(_ value: Double) -> Double {
        guard high > low else { return 0 }
        let share = isLogarithmic
            ? (value > 0 ? (log10(value) - log10(low)) / (log10(high) - log10(low)) : 0) : (value - low) / (high - low)
        return min(max(share.isFinite ? share : 0, 0), 1)
    }

    /// A value in short words, as beside an axis.
    func label(_ value: Double) -> String { ReportScale.words(value, quantity, short: true) }

    private static let tickCount = 4.0

    /// The axis of a plot in which all is 0.
    private static func least(_ quantity: Quantity) -> Double {
        switch quantity {
        case .count, .share, .cores, .clock: 1
        case .bytes: 1_024
        case .seconds: 0.001
        }
    }

    /// A round step of at least so much.
    private static func step(_ least: Double, _ quantity: Quantity) -> Double {
        switch quantity {
        case .bytes where least >= 1: return pow(2, log2(least).rounded(.up))
        case .clock where least > 1:
            let steps = [2.0, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200]
            return steps.first { $0 >= least } ?? (least / 86_400).rounded(.up) * 86_400
        case .count where least < 1: return 1
        default:
            let power = pow(10, log10(least).rounded(.down))
            return ([1, 2, 2.5, 5, 10].first { $0 * power >= least * 0.999_999 } ?? 10) * power
        }
    }

    /// A value with its unit: `20k`, `1.5MiB`, `10ms`, `75%`, `1:30`.
    static func words(_ value: Double, _ quantity: Quantity, short: Bool = false) -> String {
        guard value.isFinite else { return "-" }
        switch quantity {
        case .bytes: return short ? trimmed(Figure.bytes(value)) : Figure.bytes(value)
        case .seconds:
            let text = Figure.time(nanoseconds: Metric.nanoseconds(value))
            return short ? trimmed(text) : text
        case .share: return short ? "\(Figure.fixed(value * 100, decimals: 0))%" : Figure.percent(value)
        case .cores: return short ? trimmed(Figure.threeDigits(value)) : Figure.threeDigits(value)
        case .clock: return clock(value)
        case .count:
            for (unit, scale) in [("G", 1e9), ("M", 1e6), ("k", 1e3)] where value.magnitude >= scale * 10 || short && value.magnitude >= scale {
                let number = Figure.threeDigits(value / scale)
                return (short ? trimmed(number) : number) + unit
            }
            return value == value.rounded() ? Figure.fixed(value, decimals: 0) : Figure.threeDigits(value)
        }
    }

    /// `45s`, `1:30`, `2:00:00`; parts of a second while the whole is short.
    private static func clock(_ seconds: Double) -> String {
        if seconds < 60 { return (seconds == seconds.rounded() ? Figure.fixed(seconds, decimals: 0) : trimmed(Figure.fixed(seconds, decimals: 2))) + "s" }
        guard let whole = Int(exactly: seconds.rounded()) else { return Figure.fixed(seconds, decimals: 0) + "s" }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = whole / 60 % 60, rest = two(whole % 60)
        return whole < 3_600 ? "\(minutes):\(rest)" : "\(whole / 3_600):\(two(minutes)):\(rest)"
    }

    /// `1.50KiB` is `1.5KiB`, `20.0ms` is `20ms`.
    private static func trimmed(_ text: String) -> String {
        let number = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
        guard number.contains(".") else { return text }
        var short = number
        while short.last == "0" { short = short.dropLast() }
        if short.last == "." { short = short.dropLast() }
        return String(short + text.dropFirst(number.count))
    }
}
