import Dashboard
import Testing

@Suite("GridFigure as text")
struct GridFigureTests {
    @Test("counts take five characters at most", arguments: [
        (0.0, "0"), (0.5, "0.5"), (7, "7"), (9_999, "9999"), (10_000, "10.0k"), (48_213, "48.2k"), (482_130, "482k"),
        (999_499, "999k"), (999_500, "1.00M"), (12_100_000, "12.1M"), (1.8e19, "18.0E"), (-3, "0"), (.nan, "0"), (.infinity, "0"),
    ])
    func counts(value: Double, text: String) {
        #expect(GridFigure.count(value) == text)
        #expect(text.count <= 5)
    }

    @Test("memory is in steps of 1024, eight characters at most", arguments: [
        (0.0, "0 B"), (512, "512 B"), (1_023, "1.00 KiB"), (1_536, "1.50 KiB"), (12_595, "12.3 KiB"), (1_373_634, "1.31 MiB"),
        (16_777_216, "16.0 MiB"), (1_072_000_000, "1.00 GiB"),
    ])
    func bytes(value: Double, text: String) {
        #expect(GridFigure.bytes(value) == text)
        #expect(text.count <= 8)
    }

    @Test("bytes on a wire are counted as bytes in memory", arguments: [
        (0.0, "0 B/s"), (999.0, "999 B/s"), (1_024.0, "1.00 KiB/s"), (421_527_552.0, "402 MiB/s"),
    ])
    func byteRates(value: Double, text: String) {
        #expect(GridFigure.byteRate(value) == text)
        #expect(text.count <= 10)
    }

    @Test("times take the unit that leaves three digits", arguments: [
        (0 as UInt64, "0"), (950, "950ns"), (12_100, "12.1µs"), (999_600, "1.00ms"), (1_210_000, "1.21ms"),
        (88_000_000, "88.0ms"), (1_210_000_000, "1.21s"), (600_000_000_000, "600s"),
    ])
    func durations(value: UInt64, text: String) {
        #expect(GridFigure.duration(value, .braille) == text)
        #expect(GridFigure.duration(value, .ascii).unicodeScalars.allSatisfy { $0.isASCII })
        #expect(text.count <= 6)
    }

    @Test("all is said of all and of nothing less", arguments: [(0.0, "0%"), (0.5, "50.0%"), (0.9999, "99.9%"), (1, "100%"), (1.5, "150%")])
    func percents(value: Double, text: String) {
        #expect(GridFigure.percent(value) == text)
    }

    @Test("long counts are grouped by three")
    func grouped() {
        #expect(GridFigure.grouped(48_213) == "48 213")
        #expect(GridFigure.grouped(999) == "999")
        #expect(GridFigure.grouped(1_234_567) == "1 234 567")
    }

    @Test("clocks count hours, minutes, seconds")
    func clocks() {
        #expect(GridFigure.clock(3_852_000_000_000) == "01:04:12")
        #expect(GridFigure.preciseClock(12_034_000_000) == "00:00:12.034")
    }
}
