#if canImport(Glibc)
internal import Glibc
#endif
internal import Memory

/// The Date field's value (RFC 9110, 5.6.7), made once a second.
///
/// `@safe`: its buffer is its own.
@safe
final class HTTPDate {
    static let byteCount = 29

    private let text: UnsafeMutablePointer<UInt8>
    private var second: UInt64 = .max

    init() { unsafe text = .allocate(capacity: HTTPDate.byteCount) }

    deinit { unsafe text.deallocate() }

    /// - Parameter monotonicNanoseconds: any clock that moves on: the wall clock is asked when
    ///   its second changes. The bytes stay in place and valid.
    func bytes(monotonicNanoseconds: UInt64) -> ArenaBytes {
        let now = monotonicNanoseconds / 1_000_000_000
        if now != second {
            second = now
            unsafe HTTPDate.write(unixSeconds: time(nil), to: text)
        }
        return unsafe ArenaBytes(start: text, count: HTTPDate.byteCount)
    }

    /// "Sun, 06 Nov 1994 08:49:37 GMT", by the calendar's arithmetic: no locale, no time zone.
    static func write(unixSeconds: Int, to text: UnsafeMutablePointer<UInt8>) {
        let days = unixSeconds / 86_400
        let rest = unixSeconds % 86_400
        // Days to civil date: the year starts in March, so that the leap day is its last.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

        var index = 0
        func put(_ literal: StaticString, at offset: Int, count: Int) {
            unsafe (text + index).update(from: literal.utf8Start + offset, count: count)
            index += count
        }
        func put(_ number: Int, digits: Int) {
            var number = number
            for place in stride(from: digits - 1, through: 0, by: -1) {
                unsafe text[index + place] = UInt8(ascii: "0") + UInt8(number % 10)
                number /= 10
            }
            index += digits
        }
        put("ThuFriSatSunMonTueWed", at: days % 7 * 3, count: 3)
        put(", ", at: 0, count: 2)
        put(day, digits: 2)
        put(" ", at: 0, count: 1)
        put("JanFebMarAprMayJunJulAugSepOctNovDec", at: (month - 1) * 3, count: 3)
        put(" ", at: 0, count: 1)
        put(year, digits: 4)
        put(" ", at: 0, count: 1)
        put(rest / 3600, digits: 2)
        put(":", at: 0, count: 1)
        put(rest / 60 % 60, digits: 2)
        put(":", at: 0, count: 1)
        put(rest % 60, digits: 2)
        put(" GMT", at: 0, count: 4)
    }
}
