import Foundation
import Measurements
import Testing
import Workload

@Suite("A time to start") struct StartTimeTests {
    @Test("is that of RFC 3339", arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-12-01T12:00:00Z", 1_796_126_400), ("2026-12-01T13:30:00+01:30", 1_796_126_400),
        ("2026-12-01t04:00:00-08:00", 1_796_126_400), ("2000-02-29T23:59:59Z", 951_868_799), ("2100-03-01T00:00:00Z", 4_107_542_400),
    ] as [(String, Int64)])
    func moments(text: String, unixSeconds: Int64) throws {
        #expect(try StartTime(parsing: text) == .at(unixNanoseconds: unixSeconds * 1_000_000_000))
    }

    @Test("is the same as Foundation's, for any day, and reads what it writes")
    func foundation() throws {
        let formatter = ISO8601DateFormatter()
        for day in stride(from: 0, to: 100_000, by: 97) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400 + Double(day % 86_400))
            let time = try StartTime(parsing: formatter.string(from: date))
            #expect(time == .at(unixNanoseconds: Int64(date.timeIntervalSince1970) * 1_000_000_000))
            #expect(time.text == formatter.string(from: date))
        }
    }

    @Test("keeps a fraction of a second")
    func fraction() throws {
        let time = try StartTime(parsing: "2026-12-01T12:00:00.123456789Z")
        #expect(time == .at(unixNanoseconds: 1_796_126_400_123_456_789))
        #expect(time.text == "2026-12-01T12:00:00.123456789Z")
    }

    @Test("may be so long after the start of the process")
    func after() throws {
        #expect(try StartTime(parsing: "+30s").unixNanoseconds(from: 5) == 30_000_000_005)
        #expect(try StartTime(parsing: "+1m30s").text == "+1m30s")
    }

    @Test("that cannot be is refused, and what would be right", arguments: [
        ("noon", "\"noon\" is not a time; write 2026-12-01T12:00:00Z, or +30s from now"),
        ("2026-02-30T12:00:00Z", "\"2026-02-30T12:00:00Z\" is not a time; write 2026-12-01T12:00:00Z, or +30s from now"),
        ("2026-12-01T12:00:00", "\"2026-12-01T12:00:00\" is not a time; write 2026-12-01T12:00:00Z, or +30s from now"),
        ("+x", "\"x\" is not a time; write 500ms, 30s or 1m30s"),
        ("+25h", "\"25h\" is too large; write 0s to 24h"),
    ])
    func refusals(text: String, words: String) {
        #expect(throws: SettingError("", words)) { try StartTime(parsing: text) }
    }
}
