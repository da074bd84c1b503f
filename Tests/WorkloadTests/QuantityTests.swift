import Testing
import Workload

@Suite("A duration")
struct DurationTests {
    private let all = Duration.zero...Duration.seconds(1_000_000)

    @Test("is read as people write it", arguments: [
        ("10", Duration.seconds(10)), ("1m30s", .seconds(90)), ("500ms", .milliseconds(500)), ("0.3s", .milliseconds(300)),
        ("1.5h", .seconds(5_400)), ("1h2m3s4ms5us6ns", .nanoseconds(3_723_004_005_006)), ("0", .zero), ("2.5", .milliseconds(2_500)),
    ])
    func readings(text: String, duration: Duration) throws {
        #expect(try Quantity.duration(text, in: all) == duration)
    }

    @Test("that is none says why", arguments: [
        ("", QuantityError.Problem.notANumber), ("x", .notANumber), ("5x", .unknownUnit("x")), ("-1s", .negative),
        ("1m30", .missingUnit), ("1.s", .notANumber), (".5s", .notANumber), ("1..5s", .notANumber), ("0.5ns", .notWhole),
        ("1s ", .unknownUnit("s ")), ("99999999999h", .tooLarge), ("9999999999999999999s", .tooLarge), ("20000000s", .above("1000000s")),
        ("٣s", .notANumber), ("1e3s", .unknownUnit("e")),
    ])
    func refusals(text: String, problem: QuantityError.Problem) {
        #expect(throws: QuantityError(kind: .duration, text: text, problem: problem)) { try Quantity.duration(text, in: all) }
    }

    @Test("out of range names the bound")
    func range() {
        #expect(throws: QuantityError(kind: .duration, text: "1ms", problem: .below("10ms"))) {
            try Quantity.duration("1ms", in: .milliseconds(10)...(.seconds(1)))
        }
    }
}

@Suite("A count")
struct CountTests {
    @Test("is read as people write it", arguments: [("1", 1), ("10k", 10_000), ("2.5k", 2_500), ("1m", 1_000_000), ("0.001M", 1_000), ("3G", 3_000_000_000)])
    func readings(text: String, count: Int) throws {
        #expect(try Quantity.count(text, in: 1...Int.max) == count)
    }

    @Test("that is none says why", arguments: [
        ("0", QuantityError.Problem.below("1")), ("-1", .negative), ("ten", .notANumber), ("1.5", .notWhole), ("1.0001k", .notWhole),
        ("10q", .unknownUnit("q")), ("101", .above("100")), ("999999999999999999g", .tooLarge),
    ])
    func refusals(text: String, problem: QuantityError.Problem) {
        #expect(throws: QuantityError(kind: .count, text: text, problem: problem)) { try Quantity.count(text, in: 1...100) }
    }
}

@Suite("A size")
struct ByteCountTests {
    @Test("is read as people write it", arguments: [("512B", 512), ("64KiB", 65_536), ("1.5MiB", 1_572_864), ("1MB", 1_000_000), ("2kB", 2_000), ("100", 100)])
    func readings(text: String, count: Int) throws {
        #expect(try Quantity.byteCount(text, in: 0...Int.max, allowsBareNumber: true) == count)
    }

    @Test("that is none says why", arguments: [
        ("64", QuantityError.Problem.missingUnit), ("64K", .unknownUnit("K")), ("-1B", .negative), ("1.5B", .notWhole), ("2GiB", .above("1073741824")),
    ])
    func refusals(text: String, problem: QuantityError.Problem) {
        #expect(throws: QuantityError(kind: .byteCount, text: text, problem: problem)) {
            try Quantity.byteCount(text, in: 0...(1 << 30), allowsBareNumber: false)
        }
    }
}

@Suite("A rate")
struct RateTests {
    @Test("is read as people write it", arguments: [("500", 500), ("20k", 20_000), ("0.5", 0.5), ("90/m", 1.5), ("2k/s", 2_000), ("36/h", 0.01)])
    func readings(text: String, rate: Double) throws {
        #expect(try Quantity.rate(text, in: 0.001...1e9) == rate)
    }

    @Test("that is none says why", arguments: [
        ("0", QuantityError.Problem.below("0.001")), ("-5", .negative), ("fast", .notANumber), ("5/x", .unknownUnit("/x")), ("5/", .unknownUnit("/")), ("2g", .above("1000000000.0")),
    ])
    func refusals(text: String, problem: QuantityError.Problem) {
        #expect(throws: QuantityError(kind: .rate, text: text, problem: problem)) { try Quantity.rate(text, in: 0.001...1e9) }
    }
}

@Suite("A share")
struct ShareTests {
    @Test("is read as people write it", arguments: [("5%", 0.05), ("0.05", 0.05), ("0", 0), ("100%", 1), ("0.5%", 0.005)])
    func readings(text: String, share: Double) throws { #expect(try Quantity.share(text) == share) }

    @Test("that is none says why", arguments: [
        ("-5%", QuantityError.Problem.negative), ("5", .above("100%")), ("5 %", .unknownUnit(" %")), ("half", .notANumber),
    ])
    func refusals(text: String, problem: QuantityError.Problem) {
        #expect(throws: QuantityError(kind: .share, text: text, problem: problem)) { try Quantity.share(text) }
    }
}
