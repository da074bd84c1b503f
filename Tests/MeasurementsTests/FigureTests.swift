import Measurements
import Testing

@Suite("A figure")
struct FigureTests {
    @Test("of time has three digits that mean something", arguments: [
        (0, "0ns"), (999, "999ns"), (4_100, "4.10us"), (99_999, "100us"), (100_000, "0.100ms"), (12_345_678, "12.3ms"),
        (999_999_999, "1000ms"), (1_000_000_000, "1.00s"), (83_000_000_000, "83.0s"), (599_000_000_000, "599s"),
    ] as [(UInt64, String)])
    func time(nanoseconds: UInt64, text: String) {
        #expect(Figure.time(nanoseconds: nanoseconds) == text)
    }

    @Test("of a count says one of a thing as one, and else its plural")
    func counts() {
        #expect([0, 1, 2].map { Figure.counted($0, "TLS handshake") } == ["0 TLS handshakes", "1 TLS handshake", "2 TLS handshakes"])
        #expect([1.0, 1.5].map { Figure.counted($0, "body", "bodies") } == ["1 body", "1.5 bodies"])
    }

    @Test("of bytes has the unit that fits", arguments: [
        (0, "0B"), (1023, "1023B"), (1536, "1.50KiB"), (1_048_576, "1.00MiB"), (1e15, "909TiB"),
    ] as [(Double, String)])
    func bytes(count: Double, text: String) {
        #expect(Figure.bytes(count) == text)
    }

    @Test("of a share says 100 % only when it is")
    func percent() {
        #expect(Figure.percent(0.99999) == "99.9%")
        #expect(Figure.percent(1) == "100.0%")
        #expect(Figure.percent(1.234) == "123.4%")
        #expect(Figure.percent(0.0004) == "0.0%")
    }

    @Test("with decimals is rounded, and keeps its zeros")
    func fixed() {
        #expect(Figure.fixed(0.005, decimals: 2) == "0.01")
        #expect(Figure.fixed(-1.05, decimals: 1) == "-1.1")
        #expect(Figure.fixed(-0.001, decimals: 1) == "0.0")
        #expect(Figure.fixed(12, decimals: 0) == "12")
        #expect(Figure.fixed(.infinity, decimals: 1) == "inf")
    }
}
