internal import Glibc

/// A moment of the wall clock in UTC, in words that do not depend on the locale.
struct UTCTime {
    /// `Tue Nov 14 22:13:20 UTC 2023`, as the C library's `ctime` has it.
    let text: String

    /// - Parameter unixSeconds: since 1970; NaN and numbers beyond the system's time count as 0.
    init(unixSeconds: Double) {
        // A file may have any number, and a conversion of NaN to time_t would trap.
        var time = time_t(exactly: unixSeconds.rounded(.down)) ?? 0
        var parts = unsafe tm()
        guard unsafe gmtime_r(&time, &parts) != nil else {
            text = "-"
            return
        }
        let (weekday, month, year) = unsafe (Int(parts.tm_wday), Int(parts.tm_mon), 1900 + Int(parts.tm_year))
        let clock = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec].map(UTCTime.two).joined(separator: ":")
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        text = "\(days[weekday]) \(months[month]) \(unsafe UTCTime.two(parts.tm_mday)) \(clock) UTC \(year)"
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
