internal import Measurements

extension Change {
    /// The unit as JSON has it.
    var unitText: String { figure.kind == .metric(.counter) ? "\(figure.unit.rawValue)/s".replacing("/s/s", with: "/s") : figure.unit.rawValue }

    /// A value of this figure, as short as a column needs; "-" for none.
    func valueText(_ value: Double?) -> String {
        guard let value else { return "-" }
        switch figure.unit {
        case .seconds where figure.kind == .metric(.counter): return Figure.threeDigits(value)
        case .seconds: return Figure.time(nanoseconds: Metric.nanoseconds(value))
        case .bytes, .bytesPerSecond: return Figure.bytes(value)
        // One failure in ten thousand requests is not 0.0 %.
        case .one: return value > 0 && value < 0.001 ? Figure.fixed(value * 100, decimals: 4) + "%" : Figure.percent(value)
        case .bug: return JSON.number(value).text
        default: return value >= 1e6 ? Figure.threeDigits(value / 1e6) + "M" : Figure.threeDigits(value)
        }
    }

    var shareText: String { share.map(Change.signedPercent) ?? (base == nil || other == nil ? "-" : "from 0") }

    /// In per cent of the base, where that is not 0.
    var noiseText: String {
        noiseFloor.map { floor in base.flatMap { $0 == 0 ? nil : Change.percent(floor / $0.magnitude) } ?? valueText(floor) } ?? "-"
    }

    /// `+12.5%`; `x2002` for what has become many times as much.
    static func signedPercent(_ share: Double) -> String {
        share >= 99.995 ? "x" + Figure.threeDigits(share + 1) : (share > 0 ? "+" : "") + percent(share)
    }

    private static func percent(_ share: Double) -> String {
        Figure.fixed(share * 100, decimals: share.magnitude >= 9.995 ? 0 : 1) + "%"
    }
}
