package import Measurements

// How a condition writes a number with a unit, and how a value is shown beside it.
extension Metric.Unit {
    /// A counter's growth.
    var perSecond: Metric.Unit {
        switch self {
        case .bytes: .bytesPerSecond
        case .request: .requestPerSecond
        default: self
        }
    }

    /// A limit with this unit: `25ms`, `8MiB`, `99%`, `10k`.
    ///
    /// - Parameter needsUnit: refuse a bare number of seconds or bytes, but for 0, which is the same in every unit.
    func parse(_ text: String, needsUnit: Bool) throws(ConditionError) -> Double {
        let isBare = text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".") }
        if isBare, let number = Double(text), number == 0 || !needsUnit { return number }
        do throws(Quantity.Problem) {
            return try quantity.real(text.utf8.span, needsUnit: needsUnit) / (self == .seconds ? 1e9 : 1)
        } catch {
            throw .limit(text, examples: examples)
        }
    }

    private var quantity: Quantity {
        switch self {
        case .seconds: .time
        case .bytes: .size
        case .bytesPerSecond: .throughput
        case .one: .share
        case .requestPerSecond: .rate
        default: .count
        }
    }

    /// How a limit is written.
    package var examples: String {
        switch self {
        case .seconds: "25ms, 1.5s or 100us"
        case .bytes: "512B, 64KiB or 8MiB"
        case .bytesPerSecond: "8MiB/s or 1GB/s"
        case .one: "0.9 or 90%"
        case .requestPerSecond: "500 or 20k"
        default: "5, 10k or 1m (a million)"
        }
    }

    /// A number with this unit, for people.
    package func text(_ number: Double) -> String {
        switch self {
        case .seconds: number < 0 ? JSON.number(number).text + "s" : Figure.time(nanoseconds: Metric.nanoseconds(number))
        case .bytes: Figure.bytes(number)
        case .bytesPerSecond: Figure.bytes(number) + "/s"
        case .one: Figure.percent(number)
        case .requestPerSecond: Figure.fixed(number, decimals: 1) + "/s"
        default: number == number.rounded() ? JSON.number(number).text : Figure.threeDigits(number)
        }
    }
}
