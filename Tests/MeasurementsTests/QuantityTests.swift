import Measurements
import Testing

@Suite("A duration")
struct DurationTests {
    private let all = Duration.zero...Duration.seconds(1_000_000)

    @Test("is read as people write it", arguments: [
        ("10", Duration.seconds(10)), ("1m30s", .seconds(90)), ("500ms", .milliseconds(500)), ("0.3s", .milliseconds(300)),
        ("1.5h", .seconds(5_400)), ("1h2m3s4ms5us6ns", .nanoseconds(3_723_004_005_006)), ("0", .zero), ("2.5", .milliseconds(2_500)),
        ("7\u{b5}s", .microseconds(7)), ("2MIN", .seconds(120)),
    ])
    func readings(text: String, duration: Duration) throws {
        #expect(try Quantity.duration(text, in: all) == duration)
    }

    @Test("that is none says why", arguments: [
        ("", Quantity.Problem.notANumber), ("x", .notANumber), ("5x", .unknownUnit), ("-1s", .negative),
        ("1m30", .missingUnit), ("1.s", .notANumber), (".5s", .notANumber), ("1..5s", .notANumber), ("0.5ns", .notWhole),
        ("1s ", .unknownUnit), ("99999999999h", .above), ("9999999999999999999s", .above), ("20000000s", .above),
        ("\u{663}s", .notANumber), ("1es", .unknownUnit), ("1e99s", .above), ("1e-99s", .notWhole), ("1s-1s", .unknownUnit), ("5miiiiiiiin", .unknownUnit),
    ])
    func refusals(text: String, problem: Quantity.Problem) {
        #expect(throws: QuantityError(kind: .time, text: text, problem: problem, range: "0s to 277h46m40s")) {
            try Quantity.duration(text, in: all)
        }
    }

    @Test("without a unit is refused where a bare number could be misread")
    func bareNumber() {
        #expect(throws: QuantityError.self) { try Quantity.duration("5", in: all, needsUnit: true) }
        #expect(throws: Never.self) { try Quantity.duration("5s", in: all, needsUnit: true) }
    }

    @Test("out of range is told what is possible")
    func range() {
        func words(_ text: String) -> String {
            do throws(QuantityError) { return "\(try Quantity.duration(text, in: .milliseconds(10)...(.seconds(90))))" } catch { return error.description }
        }
        #expect(words("1ms") == "\"1ms\" is too small; write 10ms to 1m30s")
        #expect(words("-1ms") == "\"-1ms\" is too small; write 10ms to 1m30s")
        #expect(words("2m") == "\"2m\" is too large; write 10ms to 1m30s")
    }

    @Test("is written as it is read, to the nanosecond", arguments: [
        (0, "0s"), (1, "1ns"), (1_500, "1.5us"), (1_250_000, "1.25ms"), (1_250_000_000, "1.25s"), (60_000_000_000, "1m"),
        (90_500_000_000, "1m30.5s"), (3_600_000_000_000, "1h"), (3_600_000_000_001, "1h0.000000001s"), (31_622_400_000_000_000, "8784h"),
    ])
    func text(nanoseconds: Int, text: String) throws {
        #expect(Quantity.time.text(nanoseconds) == text)
        #expect(try Quantity.time.whole(text.utf8.span) == nanoseconds)
    }
}

@Suite("A count")
struct CountTests {
    @Test("is read as people write it", arguments: [("1", 1), ("10k", 10_000), ("2.5k", 2_500), ("1m", 1_000_000), ("0.001M", 1_000), ("3G", 3_000_000_000)])
    func readings(text: String, count: Int) throws {
        #expect(try Quantity.count(text, in: 1...Int.max) == count)
    }

    @Test("that is none says why", arguments: [
        ("0", Quantity.Problem.below), ("-1", .negative), ("ten", .notANumber), ("1.5", .notWhole), ("1.0001k", .notWhole),
        ("10q", .unknownUnit), ("101", .above), ("999999999999999999g", .above), ("10%", .unknownUnit),
    ])
    func refusals(text: String, problem: Quantity.Problem) {
        #expect(throws: QuantityError(kind: .count, text: text, problem: problem, range: "1 to 100")) { try Quantity.count(text, in: 1...100) }
    }

    @Test("is written as it is read", arguments: [(0, "0"), (1_000, "1000"), (10_000, "10k"), (65_536, "65536"), (64_000, "64k"), (1_000_000, "1M"), (Int.max, "\(Int.max)")])
    func text(count: Int, text: String) throws {
        #expect(Quantity.count.text(count) == text)
        #expect(try Quantity.count(text, in: 0...Int.max) == count)
    }
}

@Suite("A size")
struct ByteCountTests {
    @Test("is read as people write it", arguments: [
        ("512B", 512), ("64KiB", 65_536), ("64kib", 65_536), ("1.5MiB", 1_572_864), ("1MB", 1_000_000), ("2kB", 2_000), ("100", 100),
    ])
    func readings(text: String, count: Int) throws {
        #expect(try Quantity.byteCount(text, in: 0...Int.max) == count)
    }

    @Test("that is none says why", arguments: [
        ("64", Quantity.Problem.missingUnit), ("64K", .unknownUnit), ("-1B", .negative), ("1.5B", .notWhole), ("2GiB", .above), ("1KiB1B", .unknownUnit),
    ])
    func refusals(text: String, problem: Quantity.Problem) {
        #expect(throws: QuantityError(kind: .size, text: text, problem: problem, range: "0B to 1GiB")) {
            try Quantity.byteCount(text, in: 0...(1 << 30), needsUnit: true)
        }
    }

    @Test("is written as it is read", arguments: [(0, "0B"), (1_023, "1023B"), (65_536, "64KiB"), (1 << 40, "1024GiB"), ((1 << 30) + 1024, "1048577KiB")])
    func text(count: Int, text: String) throws {
        #expect(Quantity.size.text(count) == text)
        #expect(try Quantity.byteCount(text, in: 0...Int.max) == count)
    }
}

@Suite("A rate")
struct RateTests {
    @Test("is read as people write it", arguments: [("500", 500), ("20k", 20_000), ("0.5", 0.5), ("90/m", 1.5), ("2k/s", 2_000), ("36/h", 0.01)])
    func readings(text: String, rate: Double) throws {
        #expect(try Quantity.rate(text, in: 0.001...1e9) == rate)
    }

    @Test("that is none says why", arguments: [
        ("0", Quantity.Problem.below), ("-5", .negative), ("fast", .notANumber), ("5/x", .unknownUnit), ("5/", .unknownUnit), ("2g", .above), ("nan", .notANumber),
    ])
    func refusals(text: String, problem: Quantity.Problem) {
        #expect(throws: QuantityError(kind: .rate, text: text, problem: problem, range: "0.001 to 1G")) { try Quantity.rate(text, in: 0.001...1e9) }
    }
}

@Suite("A share")
struct ShareTests {
    @Test("is read as people write it", arguments: [("5%", 0.05), ("0.05", 0.05), ("0", 0), ("100%", 1), ("0.5%", 0.005)])
    func readings(text: String, share: Double) throws { #expect(try Quantity.share(text) == share) }

    @Test("that is none says why", arguments: [
        ("-5%", Quantity.Problem.negative), ("5", .above), ("5 %", .unknownUnit), ("half", .notANumber),
    ])
    func refusals(text: String, problem: Quantity.Problem) {
        #expect(throws: QuantityError(kind: .share, text: text, problem: problem, range: "0% to 100%")) { try Quantity.share(text) }
    }

    @Test("is written as it is read", arguments: [(0.2, "20%"), (0.07, "7%"), (1.0 / 3.0, "0.3333333333333333"), (10.0, "1000%"), (0.0, "0%")])
    func text(share: Double, text: String) throws {
        #expect(Quantity.share.text(share) == text)
        #expect(try Quantity.share(text, in: 0...10) == share)
    }
}
