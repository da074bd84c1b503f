import Dashboard
import Load
import Measurements
import Testing

@Suite("Frames of any size")
struct FrameTests {
    @Test("no size from 0x0 to 220x70 crashes or draws a character that is not one column wide")
    func sizes() throws {
        let dashboards = try [GlyphSet.braille, .ascii, .block].map { glyphs in
            var dashboard = Dashboard.synthetic(samples: 24, glyphs: glyphs)
            if glyphs == .ascii { dashboard.run.load = try dashboard.run.load.applying(.hold(true)) }
            return dashboard
        }
        var sizes: [(Int, Int)] = [(0, 0), (0, 9), (9, 0), (-1, -1)]
        // Every small size, where the layouts change and the room runs out; then in steps that share no factor.
        for width in 1...24 { for height in 1...7 { sizes.append((width, height)) } }
        #if DEBUG
        let steps = (23, 11)
        #else
        let steps = (3, 2)
        #endif
        for width in stride(from: 1, through: 220, by: steps.0) { for height in stride(from: 1, through: 70, by: steps.1) { sizes.append((width, height)) } }
        sizes += [(59, 16), (60, 15), (60, 16), (71, 22), (72, 21), (72, 22), (99, 30), (100, 29), (100, 30), (220, 70)]
        for (index, (width, height)) in sizes.enumerated() {
            let dashboard = dashboards[index % 3]
            let frame = dashboard.frame(width: width, height: height)
            #expect(frame.width == max(0, width) && frame.height == max(0, height))
            #expect(frame.cells.count == frame.width * frame.height)
            if index % 3 == 1 {
                #expect(frame.cells.allSatisfy { $0.scalar.isASCII }, "not ASCII at \(width)x\(height)")
            }
        }
    }

    @Test("every panel can be zoomed at every size", arguments: PanelKind.allCases)
    func zoomed(kind: PanelKind) {
        var dashboard = Dashboard.synthetic(samples: 12)
        _ = dashboard.handle(.character(Unicode.Scalar(UInt8(48 + kind.rawValue))))
        if dashboard.zoomed == nil { _ = dashboard.handle(.character("z")) }
        #expect(dashboard.zoomed == kind)
        for (width, height) in [(1, 1), (20, 5), (46, 10), (80, 24), (200, 60)] {
            #expect(dashboard.frame(width: width, height: height).width == width)
        }
    }

    @Test("a narrow screen leaves figures out, and cuts none", arguments: [3, 8])
    func wholeFigures(height: Int) {
        let dashboard = Dashboard.synthetic(samples: 24)
        func words(_ width: Int) -> [Substring] {
            let cells = dashboard.frame(width: width, height: height).cells.prefix(width)
            return String(String.UnicodeScalarView(cells.map(\.scalar))).split(separator: " ")
        }
        let whole = Set(words(59))
        #expect(whole.isSuperset(of: ["req/s", "p99"]))
        for width in 6..<59 {
            let shown = words(width)
            #expect(!shown.isEmpty && whole.isSuperset(of: shown), "\(width) columns: \(shown)")
        }
    }

    @Test("borders are closed: every corner is drawn in its place")
    func corners() {
        let frame = Dashboard.synthetic(samples: 12).frame(width: 120, height: 40)
        let corners = frame.cells.reduce(into: [Unicode.Scalar: Int]()) { counts, cell in
            if ["╭", "╮", "╰", "╯"].contains(cell.scalar) { counts[cell.scalar, default: 0] += 1 }
        }
        #expect(corners == ["╭": 7, "╮": 7, "╰": 7, "╯": 7])
    }

    private func dashboard(saying text: String) -> Dashboard {
        var dashboard = Dashboard.synthetic(samples: 2)
        dashboard.add(Event(timeNanoseconds: 1_000_000_000, level: .info, source: "server", text: text))
        return dashboard
    }

    @Test("a name keeps its characters, two columns wide where the terminal takes two; what a terminal obeys is ?")
    func wideText() throws {
        let frame = dashboard(saying: "漢字 \u{1B}[2J 🎉 e\u{301} 👩\u{200D}👧 end").frame(width: 120, height: 40)
        let y = try #require((0..<40).first { frame.row($0).contains("漢字 ?[2J 🎉 e\u{301} 👩👧 end") })
        let x = try #require((0..<120).first { frame[$0, y].scalar == "漢" })
        #expect(frame[x + 1, y].isSecondHalf && frame[x + 2, y].scalar == "字" && frame[x + 4, y].scalar == " ")
        #expect(frame[119, y].scalar == "│")
        #expect((0..<120).filter { frame[$0, y].isSecondHalf }.count == 5)
    }

    @Test("no character is cut in two, at any width: half of one is a space", arguments: ["漢字漢字漢字漢字漢字漢字", "a漢字漢字漢字漢字漢字漢字"])
    func halves(text: String) {
        let dashboard = dashboard(saying: text + text + text + text)
        for width in 100..<134 {
            let frame = dashboard.frame(width: width, height: 40)
            for y in 0..<40 {
                #expect(frame.row(y).columns == width)
                for x in 0..<width where frame[x, y].scalar.terminalSign == .wide { #expect(x + 1 < width && frame[x + 1, y].isSecondHalf) }
                for x in 0..<width where frame[x, y].isSecondHalf { #expect(x > 0 && frame[x - 1, y].scalar.terminalSign == .wide) }
            }
        }
    }

    @Test("what is laid over half of a character leaves a space, and the help over names leaves the grid whole")
    func overlays() {
        var dashboard = dashboard(saying: String(repeating: "漢", count: 60))
        _ = dashboard.handle(.character("7"))
        _ = dashboard.handle(.character("z"))
        for _ in 0..<20 { dashboard.add(Event(timeNanoseconds: 1_000_000_000, level: .info, source: "server", text: String(repeating: "字", count: 60))) }
        for key: Key in [.character("?"), .character("T")] {
            var covered = dashboard
            _ = covered.handle(key)
            for width in 80..<84 {
                let frame = covered.frame(width: width, height: 24)
                for y in 0..<24 { #expect(frame.row(y).columns == width, "\(frame.row(y))") }
            }
        }
    }

    @Test("a peer's name in the table keeps its end, and its column")
    func widePeer() throws {
        var source = SyntheticRun(connections: 4)
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0).run)
        for _ in 0..<2 {
            var sample = source.next()
            for index in 0..<4 { sample.server?.connections[index].peer = "unix:/run/é\u{301}漢字漢字漢字漢字漢字/\(index).sock" }
            dashboard.add(sample)
        }
        let frame = dashboard.frame(width: 120, height: 40)
        let rows = (0..<40).map { frame.row($0) }.filter { $0.contains(".sock ") }
        #expect(rows.count == 4 && rows.allSatisfy { $0.contains("漢字漢字/") && $0.columns == 120 })
    }

    @Test("unread warnings and errors are counted in the header until the events are looked at, with the last error")
    func unread() {
        var dashboard = Dashboard.synthetic()
        #expect(dashboard.frame(width: 80, height: 24).row(0).contains("!2 unread"))
        #expect(dashboard.frame(width: 240, height: 24).row(0).contains("2 requests ended with a reset"))
        #expect(dashboard.frame(width: 46, height: 10).row(0).contains("!2"))
        _ = dashboard.handle(.character("?"))
        #expect((0..<40).contains { dashboard.frame(width: 120, height: 40).row($0).contains("!3      unread warnings and errors") })
        _ = dashboard.handle(.escape)
        _ = dashboard.handle(.character("7"))
        #expect(!dashboard.frame(width: 80, height: 24).row(0).contains("unread"))
        dashboard.add(Event(timeNanoseconds: 1, level: .error, source: "client", text: "seen at once"))
        _ = dashboard.handle(.character("3"))
        dashboard.add(Event(timeNanoseconds: 2, level: .info, source: "client", text: "no trouble"))
        #expect(!dashboard.frame(width: 80, height: 24).row(0).contains("unread"))
    }

    @Test("the header says what the clients speak, once they have fallen back to HTTP/1.1")
    func fallback() {
        var source = SyntheticRun()
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0).run)
        dashboard.run.protocolName = "h2c"
        var sample = source.next()
        dashboard.add(sample)
        #expect(dashboard.frame(width: 160, height: 40).row(0).contains(" h2c "))
        sample.client?.connectionCounts.open = 8
        sample.client?.connectionCounts.http1 = 8
        dashboard.add(sample)
        #expect(dashboard.frame(width: 160, height: 40).row(0).contains(" h1 "))
    }

    @Test("the header says why the run has failed, and that the measurement is not valid", arguments: [80, 160])
    func verdict(width: Int) {
        var dashboard = Dashboard.synthetic(samples: 3)
        #expect(!dashboard.frame(width: width, height: 40).row(0).contains("FAILED"))
        dashboard.run.failure = "the server was gone at 2.00s"
        dashboard.run.invalidity = "requests were sent late"
        let header = dashboard.frame(width: width, height: 40).row(0)
        #expect(header.contains("FAILED: the server was gone at 2.00s"))
        #expect(header.contains("measurement not valid") == (width == 160), "\(header)")
        #expect(dashboard.frame(width: 240, height: 40).row(0).contains("measurement not valid  requests were sent late"))
    }

    @Test("the first frame stands before the first sample")
    func empty() {
        let run = RunDescription(
            address: "127.0.0.1:1", protocolName: "h2c", load: LoadState(connections: 1, streams: 1), loadText: "closed", hasServer: true, hasClients: true)
        let frame = Dashboard(run: run).frame(width: 80, height: 24)
        let text = (0..<24).map { frame.row($0) }.joined()
        #expect(text.contains("waiting for the first sample"))
        #expect(text.contains("START"))
    }

    /// Without optimization all is ten to forty times as slow, under a sanitizer more.
    private func limit(_ milliseconds: Int) -> Duration {
        #if DEBUG
        .milliseconds(milliseconds * 100)
        #else
        .milliseconds(milliseconds)
        #endif
    }

    private func best(of count: Int, _ body: () -> Void) -> Duration {
        (0..<count).map { _ in ContinuousClock().measure(body) }.min() ?? .zero
    }

    @Test("with 10 000 connections a frame composes within 5 ms, and a key and its frame within 20, sorted or not", arguments: ["", "s", "sssssssss", "/pend>1\r"])
    func manyConnections(keys: String) {
        var source = SyntheticRun(connections: 10_000)
        var dashboard = Dashboard(run: Dashboard.synthetic(samples: 0).run)
        for _ in 0..<2 { dashboard.add(source.next()) }
        for scalar in keys.unicodeScalars { _ = dashboard.handle(scalar == "\r" ? .enter : .character(scalar)) }
        let composing = best(of: 5) { _ = dashboard.frame(width: 160, height: 48) }
        let scrolling = best(of: 5) {
            _ = dashboard.handle(.pageDown)
            _ = dashboard.frame(width: 160, height: 48)
        }
        print("10 000 connections, keys \"\(keys)\": frame \(composing), key and frame \(scrolling)")
        #expect(composing < limit(5) && scrolling < limit(20))
    }

    @Test("80x24 fits in a tenth of the time between two samples, even in debug")
    func cost() {
        let dashboard = Dashboard.synthetic(samples: 20)
        let time = ContinuousClock().measure { _ = dashboard.frame(width: 80, height: 24) }
        #expect(time < .milliseconds(50))
    }
}
