import Dashboard
import struct Dashboard.Frame
import Glibc
import Load
import Measurements
import Terminal
import TestSupport
import Testing

/// Curses has one screen at a time, so these run one after another.
@Suite("The terminal", .serialized)
struct TerminalTests {
    private let trueColour = ["TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"]

    private func open(_ pty: PseudoTerminal, _ environment: [String: String]) throws -> Terminal {
        try Terminal(environment: environment, input: pty.follower, output: pty.follower)
    }

    @Test("has another stack for a fault for want of stack")
    func signalStack() throws {
        let pty = try PseudoTerminal()
        let terminal = try open(pty, trueColour)
        var stack = stack_t()
        #expect(sigaltstack(nil, &stack) == 0)
        #expect(stack.ss_flags & Int32(SS_DISABLE) == 0 && stack.ss_size >= 16_384)
        terminal.close()
    }

    private func dashboard(_ samples: Int = 6) -> Dashboard {
        var run = RunDescription(
            address: "127.0.0.1:8443", protocolName: "h2c", load: LoadState(connections: 8, streams: 4), loadText: "closed", hasServer: true, hasClients: true)
        run.state = .running
        var dashboard = Dashboard(run: run)
        for tick in 1...samples { dashboard.add(sample(tick)) }
        return dashboard
    }

    private func sample(_ tick: Int) -> Sample {
        var client = ClientSample(), server = ServerSample()
        client.requests.done = UInt64(tick * tick * 1_000)
        client.responseTime.record(nanoseconds: UInt64(tick) * 1_000_000, times: 1_000)
        server.connectionCounts.open = 8
        server.connections = (1...8).map { id in
            ConnectionSample(
                id: UInt64(id), loop: 0, peer: "127.0.0.1:\(50_000 + id)", state: id == 3 ? .waiting : .running,
                version: .http2, streams: id, requests: UInt64(tick * id * 10), receivedBytes: 0, sentBytes: UInt64(tick * 9_000),
                pendingBytes: id == 3 ? tick * 5_000 : 0, oldestAgeNanoseconds: id == 3 ? UInt64(tick) * 9_000_000 : 0,
                arenaUsedBytes: id * 1_000, arenaReservedBytes: id * 2_048, arenaHighWaterBytes: id * 3_000, ageNanoseconds: 0)
        }
        return Sample(
            timeNanoseconds: UInt64(tick) * 500_000_000, intervalNanoseconds: 500_000_000, server: server, client: client,
            process: ProcessSample())
    }

    /// A row as it is meant: a full bar on the chosen one has another character where there are no colours.
    private func row(_ y: Int, of frame: Frame, at depth: ColourDepth) -> String {
        String((0..<frame.width).map { Character(depth.character(of: frame[$0, y])) })
    }

    /// All that the terminal sends, as fast as its user reads: the kernel holds 4 KiB of it at a time.
    private func drain(_ terminal: Terminal, _ pty: PseudoTerminal) -> [UInt8] {
        var bytes = pty.output()
        while terminal.wantsToWrite {
            terminal.sendUnsent()
            bytes += pty.output()
        }
        return bytes
    }

    @Test("every cell arrives as it was meant, character and colour, at every depth", arguments: [
        ["TERM": "xterm-256color", "COLORTERM": "truecolor"], ["TERM": "tmux-256color", "COLORTERM": "24bit"],
        ["TERM": "xterm-256color"], ["TERM": "xterm"], ["TERM": "screen"], ["TERM": "linux"],
        ["TERM": "xterm-256color", "NO_COLOR": "1"], ["TERM": "vt100"],
    ])
    func roundTrip(environment: [String: String]) throws {
        let pty = try PseudoTerminal(width: 100, height: 30)
        let terminal = try open(pty, environment)
        var screen = VirtualTerminal(width: 100, height: 30)
        var dashboard = dashboard()
        for step in 0..<8 {
            switch step {
            case 2: _ = dashboard.handle(.character("?"))
            case 3: _ = dashboard.handle(.escape)
            case 4: _ = dashboard.handle(.character("z"))
            case 5: _ = dashboard.handle(.character("b"))
            case 6: terminal.redraw()
            default: dashboard.add(sample(7 + step))
            }
            let frame = dashboard.frame(width: 100, height: 30)
            terminal.show(frame)
            screen.feed(drain(terminal, pty))
            for y in 0..<30 {
                #expect(screen.row(y) == row(y, of: frame, at: terminal.depth), "row \(y) at step \(step), \(environment)")
                for x in 0..<100 where frame[x, y].scalar != " " {
                    let attributes = screen.cells[y * 100 + x].attributes
                    let ink = Theme.dark.ink(frame[x, y].style)
                    let isRight = switch terminal.depth {
                    case .direct: attributes.foreground == [Int(ink.foreground.red), Int(ink.foreground.green), Int(ink.foreground.blue)]
                    case .indexed256: attributes.foreground.count == 1 && attributes.foreground[0] >= 16
                    case .ansi16: attributes.foreground.allSatisfy { $0 < 16 }
                    case .mono: attributes.foreground.isEmpty && attributes.background.isEmpty
                    }
                    #expect(isRight, "cell \(x),\(y) at step \(step): \(attributes) for \(ink)")
                    if !isRight { return }
                }
            }
        }
        #expect(screen.unknown == [])
        #expect(screen.isAlternate == (environment["TERM"] != "linux" && environment["TERM"] != "vt100"))
        terminal.close()
        screen.feed(pty.output())
        #expect(!screen.isAlternate && screen.isCursorShown)
    }

    @Test("characters of two columns arrive whole, wherever they move, with the marks that are theirs")
    func wide() throws {
        let pty = try PseudoTerminal(width: 100, height: 30)
        let terminal = try open(pty, trueColour)
        var screen = VirtualTerminal(width: 100, height: 30)
        var dashboard = dashboard()
        _ = dashboard.handle(.character("7"))
        _ = dashboard.handle(.character("z"))
        for (step, text) in ["漢字かな e\u{301}🎉 한글", "a漢字かなe\u{323}\u{302} 🎉🎉", "字漢 plain", "plain text", "x🎉y漢z"].enumerated() {
            // On lines of its own, over the others, and gone again.
            for repeats in 1...2 { dashboard.add(Event(timeNanoseconds: UInt64(step) * 1_000_000, level: .info, source: "テスト", text: String(repeating: text, count: repeats * 8))) }
            if step == 3 { _ = dashboard.handle(.character("?")) }
            if step == 4 { _ = dashboard.handle(.escape) }
            let frame = dashboard.frame(width: 100, height: 30)
            terminal.show(frame)
            screen.feed(drain(terminal, pty))
            for y in 0..<30 { #expect(screen.row(y) == frame.row(y), "row \(y) at step \(step)") }
        }
        #expect(screen.unknown == [])
        terminal.close()
    }

    @Test("without colours a full bar on the chosen row is still a bar, and no hole in the reversed row")
    func monoBar() throws {
        let pty = try PseudoTerminal(width: 120, height: 40)
        let terminal = try open(pty, ["TERM": "xterm-256color", "NO_COLOR": "1"])
        var screen = VirtualTerminal(width: 120, height: 40)
        var dashboard = dashboard(1)
        var sample = sample(2)
        for index in sample.server?.connections.indices ?? 0..<0 {
            sample.server?.connections[index].arenaReservedBytes = 4_096
            sample.server?.connections[index].arenaUsedBytes = 4_096
            sample.server?.connections[index].arenaHighWaterBytes = 4_096
        }
        dashboard.add(sample)
        let frame = dashboard.frame(width: 120, height: 40)
        terminal.show(frame)
        screen.feed(drain(terminal, pty))
        let bar = (0..<120 * 40).filter { frame.cells[$0].style.ground == .selected && frame.cells[$0].scalar == "█" }
        #expect(bar.count >= 8)
        #expect(bar.allSatisfy { screen.cells[$0].scalar == "▓" && screen.cells[$0].attributes.reverse })
        terminal.close()
    }

    @Test("a frame stands between begin and end of synchronized output")
    func synchronized() throws {
        let pty = try PseudoTerminal()
        let terminal = try open(pty, trueColour)
        terminal.show(dashboard().frame(width: 80, height: 24))
        let bytes = drain(terminal, pty)
        #expect(bytes.starts(with: Array("\u{1B}[?2026h".utf8)))
        #expect(bytes.suffix(8) == Array("\u{1B}[?2026l".utf8)[...])
        #expect(terminal.statistics.framesShown == 1 && terminal.statistics.bytesWritten == UInt64(bytes.count))
    }

    @Test("the same frame again costs next to nothing")
    func unchanged() throws {
        let pty = try PseudoTerminal()
        let terminal = try open(pty, trueColour)
        let frame = dashboard().frame(width: 80, height: 24)
        terminal.show(frame)
        _ = drain(terminal, pty)
        terminal.show(frame)
        #expect(drain(terminal, pty).count < 32)
    }

    @Test("a terminal that does not read costs frames, never time; then the newest arrives whole")
    func backPressure() throws {
        let pty = try PseudoTerminal(width: 160, height: 48)
        let terminal = try open(pty, trueColour)
        var screen = VirtualTerminal(width: 160, height: 48)
        var dashboard = dashboard()
        let time = ContinuousClock().measure {
            for tick in 0..<40 {
                dashboard.add(sample(10 + tick))
                terminal.redraw()
                terminal.show(dashboard.frame(width: 160, height: 48))
            }
        }
        #expect(terminal.statistics.framesSkipped > 0 && terminal.wantsToWrite)
        #expect(time < .seconds(8))
        // The frame on its way and the newest one; nothing in between was kept.
        screen.feed(drain(terminal, pty))
        let frame = dashboard.frame(width: 160, height: 48)
        terminal.show(frame)
        screen.feed(drain(terminal, pty))
        #expect((0..<48).allSatisfy { screen.row($0) == frame.row($0) })
    }

    @Test("modes are as they were after close, twice, and after suspend; raw in between")
    func modes() throws {
        let pty = try PseudoTerminal()
        let before = pty.modes
        let terminal = try open(pty, trueColour)
        #expect(pty.modes != before)
        var screen = VirtualTerminal(width: 80, height: 24)
        terminal.show(dashboard().frame(width: 80, height: 24))
        screen.feed(drain(terminal, pty))
        terminal.suspend()
        #expect(pty.modes == before)
        screen.feed(pty.output())
        #expect(!screen.isAlternate && screen.isCursorShown)
        terminal.resume()
        #expect(pty.modes != before)
        terminal.show(dashboard().frame(width: 80, height: 24))
        screen.feed(drain(terminal, pty))
        #expect(screen.isAlternate && !screen.isCursorShown && screen.row(1).contains("pending"))
        terminal.close()
        terminal.close()
        #expect(pty.modes == before)
        screen.feed(pty.output())
        #expect(!screen.isAlternate && screen.isCursorShown && screen.synchronized <= screen.desynchronized)
    }

    @Test("a terminal that is stopped cannot keep us: closing gives up and restores the modes")
    func stuck() throws {
        let pty = try PseudoTerminal()
        let before = pty.modes
        let terminal = try open(pty, trueColour)
        terminal.show(dashboard().frame(width: 80, height: 24))
        tcflow(pty.follower, TCOOFF)
        let time = ContinuousClock().measure { terminal.close() }
        #expect(time < .seconds(3))
        #expect(pty.modes == before)
    }

    @Test("forgetting to close gives the terminal back too")
    func forgotten() throws {
        let pty = try PseudoTerminal()
        let before = pty.modes
        var screen = VirtualTerminal(width: 80, height: 24)
        do {
            let terminal = try open(pty, trueColour)
            terminal.show(dashboard().frame(width: 80, height: 24))
            screen.feed(drain(terminal, pty))
        }
        #expect(pty.modes == before)
        screen.feed(pty.output())
        #expect(!screen.isAlternate && screen.isCursorShown)
    }

    @Test("the descriptor we were given stays blocking: the shell shares it")
    func blocking() throws {
        let pty = try PseudoTerminal()
        let terminal = try open(pty, trueColour)
        #expect(fcntl(pty.follower, F_GETFL) & O_NONBLOCK == 0)
        #expect(fcntl(terminal.inputDescriptor, F_GETFL) & O_NONBLOCK != 0)
    }

    @Test("a new size is seen at once and drawn whole")
    func resize() throws {
        let pty = try PseudoTerminal(width: 80, height: 24)
        let terminal = try open(pty, trueColour)
        terminal.show(dashboard().frame(width: 80, height: 24))
        _ = drain(terminal, pty)
        for (width, height) in [(120, 40), (20, 5), (1, 1), (100, 30)] {
            pty.resize(width, height)
            terminal.sizeDidChange()
            #expect(terminal.size == (width, height))
            let frame = dashboard().frame(width: width, height: height)
            terminal.show(frame)
            var screen = VirtualTerminal(width: width, height: height)
            screen.feed(drain(terminal, pty))
            #expect((0..<height).allSatisfy { screen.row($0) == frame.row($0) }, "\(width)x\(height)")
        }
    }

    @Test("keys arrive, an ESC after its time, and the end of the terminal once")
    func keys() throws {
        var pty: PseudoTerminal? = try PseudoTerminal()
        let terminal = try open(try #require(pty), trueColour)
        pty?.type("q\u{1B}[A")
        #expect(terminal.readKeys() == [.character("q"), .up])
        pty?.type("\u{1B}")
        #expect(terminal.readKeys() == [] && terminal.keyTimeoutMilliseconds == 25)
        #expect(terminal.flushKeys() == [.escape] && terminal.keyTimeoutMilliseconds == nil)
        pty?.type("\u{3}\u{1A}")
        #expect(terminal.readKeys() == [.control("c"), .control("z")])
        pty = nil
        // A process that another test is just starting has the other end too, until it runs its program.
        #expect(holds { terminal.readKeys() == [.hangup] })
        #expect(terminal.readKeys() == [])
        // Nobody is there any more, and nothing may wait for them.
        terminal.show(dashboard().frame(width: 80, height: 24))
        terminal.close()
    }

    @Test("Q leaves the last frame as text on the screen that scrolls")
    func leave() throws {
        let pty = try PseudoTerminal()
        let terminal = try open(pty, trueColour)
        let frame = dashboard().frame(width: 80, height: 20)
        terminal.show(frame)
        _ = drain(terminal, pty)
        terminal.leave(lastFrame: frame)
        var screen = VirtualTerminal(width: 80, height: 24)
        screen.feed(pty.output())
        #expect(!screen.isAlternate)
        #expect((0..<24).contains { screen.row($0) == frame.row(1) })
    }

    @Test("where no dashboard can be shown, the error says why")
    func refusals() throws {
        let pty = try PseudoTerminal()
        let file = Glibc.open("/dev/null", O_RDWR)
        defer { Glibc.close(file) }
        #expect(throws: TerminalError.notATerminal(descriptor: file)) {
            _ = try Terminal(environment: trueColour, input: pty.follower, output: file)
        }
        #expect(throws: TerminalError.termUnset) { _ = try open(pty, [:]) }
        #expect(throws: TerminalError.termCannotDraw("dumb")) { _ = try open(pty, ["TERM": "dumb"]) }
        let before = pty.modes
        #expect(pty.modes == before && pty.output().isEmpty)
    }

    @Test("a terminal that terminfo does not know is taken for an xterm, and that is said")
    func unknown() throws {
        let pty = try PseudoTerminal()
        let terminal = try open(pty, ["TERM": "nonesuch-9000"])
        #expect(terminal.fallbackTerm == "xterm-256color" && terminal.depth == .indexed256)
    }

    @Test("colours by environment: NO_COLOR wins, an empty one does not count")
    func depths() {
        #expect(ColourDepth(environment: ["NO_COLOR": "1", "COLORTERM": "truecolor"]) == .mono)
        #expect(ColourDepth(environment: ["NO_COLOR": "", "COLORTERM": "truecolor"]) == .direct)
        #expect(ColourDepth(environment: ["TERM": "xterm-direct"]) == .direct)
        #expect(ColourDepth(environment: ["TERM": "xterm-256color"]) == nil)
    }

    @Test("the locale decides on glyphs: LC_ALL, then LC_CTYPE, then LANG")
    func locale() {
        #expect(Terminal.isUnicode(["LANG": "en_GB.UTF-8"]))
        #expect(Terminal.isUnicode(["LC_ALL": "", "LC_CTYPE": "C.utf8", "LANG": "C"]))
        #expect(!Terminal.isUnicode(["LC_ALL": "C", "LANG": "en_GB.UTF-8"]))
        #expect(!Terminal.isUnicode([:]))
    }

    @Test("another theme recolours every cell with the next frame, at every depth, and a theme of sixteen colours uses those", arguments: [
        ["TERM": "xterm-256color", "COLORTERM": "truecolor"], ["TERM": "xterm-256color"], ["TERM": "xterm"], ["TERM": "vt100"],
    ])
    func themes(environment: [String: String]) throws {
        let pty = try PseudoTerminal(width: 100, height: 30)
        let terminal = try open(pty, environment)
        var screen = VirtualTerminal(width: 100, height: 30)
        let frame = dashboard().frame(width: 100, height: 30)
        let deepest = terminal.depth
        for file in Theme.shipped + [Theme.shipped[0]] {
            let theme = Theme(file)
            terminal.use(theme)
            terminal.show(frame)
            screen.feed(drain(terminal, pty))
            let wanted: ColourDepth = switch theme.colours {
            case .own: deepest
            case .ansi: min(deepest, .ansi16)
            case .none: .mono
            }
            #expect(terminal.depth == wanted)
            for index in 0..<3_000 where frame.cells[index].scalar != " " {
                let attributes = screen.cells[index].attributes, ink = theme.ink(frame.cells[index].style)
                let isRight = switch terminal.depth {
                case .direct:
                    attributes.foreground == channels(ink.foreground) && attributes.background == (ink.background.map(channels) ?? [])
                case .indexed256: attributes.foreground.count == 1 && attributes.foreground[0] >= 16
                case .ansi16 where deepest > .ansi16: attributes.foreground == (ink.foreground.ansi.map { [Int($0)] } ?? [])
                case .ansi16: attributes.foreground.allSatisfy { $0 < 16 }
                case .mono: attributes.foreground.isEmpty && attributes.background.isEmpty
                }
                #expect(isRight, "\(theme.name), cell \(index): \(attributes) for \(ink)")
                if !isRight { return }
            }
            #expect((0..<30).allSatisfy { screen.row($0) == row($0, of: frame, at: terminal.depth) })
        }
        #expect(screen.unknown == [])
    }

    /// Of the sixteen lowest values a direct colour has none: they are the terminal's own.
    private func channels(_ swatch: Swatch) -> [Int] {
        let channels = [Int(swatch.red), Int(swatch.green), Int(swatch.blue)]
        return channels[0] == 0 && channels[1] == 0 && channels[2] < 16 ? [1, 1, 1] : channels
    }

    @Test("pasted text is marked while frames are shown, and not after the terminal is given back")
    func paste() throws {
        let pty = try PseudoTerminal()
        let terminal = try open(pty, trueColour)
        var screen = VirtualTerminal(width: 80, height: 24)
        func show() {
            terminal.show(dashboard().frame(width: 80, height: 24))
            screen.feed(drain(terminal, pty))
        }
        show()
        #expect(screen.isPasteMarked)
        pty.type("\u{1B}[200~q\u{1B}[201~")
        #expect(terminal.readKeys() == [.paste("q")])
        terminal.suspend()
        screen.feed(pty.output())
        #expect(!screen.isPasteMarked)
        terminal.resume()
        show()
        #expect(screen.isPasteMarked)
        terminal.close()
        screen.feed(pty.output())
        #expect(!screen.isPasteMarked)
    }

    @Test("a terminal of more than 16 bits of columns or rows is drawn on up to a limit", arguments: [(40_000, 24), (80, 40_000), (65_535, 65_535)])
    func hugeSize(width: Int, height: Int) throws {
        let pty = try PseudoTerminal(width: width, height: height)
        let terminal = try open(pty, trueColour)
        #expect(terminal.size == (min(width, 2_048), min(height, 1_024)))
        terminal.show(dashboard().frame(width: terminal.size.width, height: terminal.size.height))
        #expect(terminal.statistics.framesShown == 1)
        terminal.close()
    }

    @Test("a console has no braille and no round corners, whatever the locale", arguments: [
        ("linux", false), ("vt220", false), ("linux-16color", false), ("vte-256color", true), ("xterm-256color", true),
    ])
    func console(term: String, isUnicode: Bool) throws {
        let pty = try PseudoTerminal()
        let terminal = try open(pty, ["TERM": term, "LANG": "C.UTF-8"])
        #expect(terminal.isUnicode == isUnicode)
    }

    @Test("the mouse is listened to with the next frame, and let go of by a word, a suspend and the end")
    func mouse() throws {
        let pty = try PseudoTerminal()
        let terminal = try open(pty, trueColour)
        var screen = VirtualTerminal(width: 80, height: 24)
        func show() {
            terminal.show(dashboard().frame(width: 80, height: 24))
            screen.feed(drain(terminal, pty))
        }
        show()
        #expect(!screen.isMouseOn)
        terminal.listensToMouse = true
        show()
        #expect(screen.isMouseOn)
        pty.type("\u{1B}[<0;5;6M\u{1B}[<0;5;6m\u{1B}[<65;1;1M")
        #expect(terminal.readKeys() == [.mouse(Mouse(.press, x: 4, y: 5)), .mouse(Mouse(.wheelDown, x: 0, y: 0))])
        terminal.listensToMouse = false
        show()
        #expect(!screen.isMouseOn)
        terminal.listensToMouse = true
        show()
        terminal.suspend()
        screen.feed(pty.output())
        #expect(!screen.isMouseOn)
        terminal.resume()
        show()
        #expect(screen.isMouseOn && terminal.listensToMouse)
        terminal.close()
        screen.feed(pty.output())
        #expect(!screen.isMouseOn)
    }

    @Test("a terminal that answers says what it draws on, and what was typed meanwhile is not lost")
    func background() throws {
        let pty = try PseudoTerminal()
        // Typed before it was asked: the reader is not there yet, as over a slow line.
        pty.type("j\u{1B}]11;rgb:fdfd/f6f6/e3e3\u{1B}\\\u{1B}[?62;22ck")
        let terminal = try Terminal(environment: trueColour, asksBackground: true, input: pty.follower, output: pty.follower)
        #expect(terminal.background == Swatch(0xFDF6E3, ansi: nil))
        #expect(String(decoding: pty.output(), as: UTF8.self).hasSuffix("\u{1B}]11;?\u{1B}\\\u{1B}[c"))
        // The line was still in cooked mode when these were typed, so a k behind the answer may wait for more.
        #expect(terminal.readKeys().contains(.character("j")))
    }

    @Test("a terminal that does not answer costs a tenth of a second, once; a late answer still counts and is no key")
    func noBackground() throws {
        let pty = try PseudoTerminal()
        let time = ContinuousClock().measure {
            _ = try? Terminal(environment: trueColour, asksBackground: true, input: pty.follower, output: pty.follower)
        }
        // Opening and giving back, each with its wait.
        #expect(time >= .milliseconds(90) && time < .seconds(2))
        let terminal = try Terminal(environment: trueColour, asksBackground: true, input: pty.follower, output: pty.follower)
        #expect(terminal.background == nil)
        pty.type("\u{1B}]11;rgb:ffff/ffff/ffff\u{7}\u{1B}[?1;2cq")
        #expect(terminal.readKeys() == [.character("q")])
        #expect(terminal.background == Swatch(0xFFFFFF, ansi: nil))
        let closing = ContinuousClock().measure { terminal.close() }
        #expect(closing < .milliseconds(80))
    }

    @Test("an answer that comes while we go is taken along, and not left to the shell")
    func lateAnswer() throws {
        let pty = try PseudoTerminal()
        let terminal = try Terminal(environment: trueColour, asksBackground: true, input: pty.follower, output: pty.follower)
        pty.type("\u{1B}]11;rgb:0/0/0\u{7}\u{1B}[?1;2c")
        terminal.close()
        var bytes = [UInt8](repeating: 0, count: 100)
        #expect(fcntl(pty.follower, F_SETFL, O_NONBLOCK) == 0)
        #expect(read(pty.follower, &bytes, 100) < 0)
    }

    @Test("a console that would print the question is not asked", arguments: ["linux", "vt100"])
    func notAsked(term: String) throws {
        let pty = try PseudoTerminal()
        let terminal = try Terminal(environment: ["TERM": term], asksBackground: true, input: pty.follower, output: pty.follower)
        #expect(!String(decoding: pty.output(), as: UTF8.self).contains("]11"))
        #expect(terminal.background == nil)
    }

    @Test("what was asked for comes before what the environment says", arguments: [
        (ColourChoice.never, ColourDepth.mono), (.always, .indexed256), (.depth(.ansi16), .ansi16), (.depth(.indexed256), .indexed256),
        (.depth(.direct), .direct), (.auto, .mono),
    ])
    func colourChoice(choice: ColourChoice, depth: ColourDepth) throws {
        let pty = try PseudoTerminal()
        let terminal = try Terminal(
            environment: ["TERM": "xterm-256color", "NO_COLOR": "1"], colours: choice, input: pty.follower, output: pty.follower)
        #expect(terminal.depth == depth)
        #expect(ColourChoice(choice.name) == choice)
    }
}
