internal import Measurements

/// When a run is to begin, so that parts on several machines begin together.
package enum StartTime: Sendable, Equatable {
    /// By the wall clock: nanoseconds since 1970, UTC.
    case at(unixNanoseconds: Int64)
    /// So long after this process was started.
    case after(Duration)

    /// A day: a job that waits longer holds its machines for nothing.
    private static let delayRange: ClosedRange<Duration> = .zero...(.seconds(86_400))

    /// `2026-12-01T12:00:00Z`, with a fraction of a second or an offset as in RFC 3339; `+30s`.
    package init(parsing text: String) throws(SettingError) {
        if text.hasPrefix("+") {
            do throws(QuantityError) { self = .after(try Quantity.duration(String(text.dropFirst()), in: StartTime.delayRange)) } catch {
                throw SettingError("", error.description)
            }
            return
        }
        guard let nanoseconds = StartTime.unixNanoseconds(text) else {
            throw SettingError("", "\"\(text.quotable)\" is not a time; write 2026-12-01T12:00:00Z, or +30s from now")
        }
        self = .at(unixNanoseconds: nanoseconds)
    }

    /// The moment, in nanoseconds since 1970.
    ///
    /// - Parameter now: when the process was started.
    package func unixNanoseconds(from now: Int64) -> Int64 {
        switch self {
        case .at(let moment): moment
        case .after(let delay): now + Int64(clamping: delay.nanoseconds)
        }
    }

    /// As this parser reads it again.
    package var text: String {
        switch self {
        case .after(let delay): "+" + delay.quantityText
        case .at(let moment): StartTime.text(moment)
        }
    }
}

extension StartTime {
    private static let second: Int64 = 1_000_000_000
    private static let day: Int64 = 86_400

    /// RFC 3339, 5.6: a date, a time of day and its offset; nil for anything else.
    private static func unixNanoseconds(_ text: String) -> Int64? {
        let form = /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))/
        guard let parts = text.wholeMatch(of: form)?.output else { return nil }
        func number(_ digits: Substring?) -> Int64 { digits.flatMap { Int64($0) } ?? 0 }
        let (year, month, dayOfMonth) = (number(parts.1), number(parts.2), number(parts.3))
        let (hour, minute, seconds) = (number(parts.4), number(parts.5), number(parts.6))
        let (offsetHour, offsetMinute) = (number(parts.9), number(parts.10))
        // A year in which nanoseconds since 1970 fit into 64 bits. Second 60 is a leap second.
        guard (1970...2261).contains(year), (1...12).contains(month), (1...dayCount(ofMonth: month, year: year)).contains(dayOfMonth),
            hour < 24, minute < 60, seconds <= 60, offsetHour < 24, offsetMinute < 60
        else { return nil }
        let offset = (offsetHour * 3_600 + offsetMinute * 60) * (parts.8 == "-" ? -1 : 1)
        let whole = days(year, month, dayOfMonth) * day + hour * 3_600 + minute * 60 + seconds - offset
        let fraction = parts.7.map { number($0 + String(repeating: "0", count: 9 - $0.count)) } ?? 0
        return whole * second + fraction
    }

    private static func dayCount(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Days from 1970-01-01 to a date, with years that begin in March, so that a leap day is the last of its year.
    private static func days(_ year: Int64, _ month: Int64, _ dayOfMonth: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + dayOfMonth - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    private static func text(_ unixNanoseconds: Int64) -> String {
        let seconds = unixNanoseconds / second, fraction = unixNanoseconds % second
        var year: Int64 = 1970, rest = seconds / day
        while rest >= 365 + (dayCount(ofMonth: 2, year: year) - 28) {
            rest -= 365 + (dayCount(ofMonth: 2, year: year) - 28)
            year += 1
        }
        var month: Int64 = 1
        while rest >= dayCount(ofMonth: month, year: year) {
            rest -= dayCount(ofMonth: month, year: year)
            month += 1
        }
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = seconds % day
        var text = "\(year)-\(two(month))-\(two(rest + 1))T\(two(clock / 3_600)):\(two(clock / 60 % 60)):\(two(clock % 60))"
        if fraction > 0 {
            var digits = String(fraction + second).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        return text + "Z"
    }
}

extension ValueForm<StartTime> {
    /// `2026-12-01T12:00:00Z`, or `+30s`.
    static var startTime: Self {
        written("2026-12-01T12:00:00Z", { (text) throws(SettingError) in try StartTime(parsing: text) }, text: \.text)
    }
}
