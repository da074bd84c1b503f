internal import CNcurses
package import Dashboard
internal import Glibc

/// The terminal as ours, from `init` to `close`: frames go out, keys come in, and however
/// it ends, it is given back as it was.
///
/// Used by one thread. It never waits for the terminal: a frame that does not fit into a
/// slow line is sent on later, and frames in between are skipped.
package final class Terminal {
    /// Of the curses that is linked now; begins with its name, "ncurses 6.4.20221231".
    package static var cursesVersion: String {
        guard let text = unsafe curses_version() else { return "curses" }
        return unsafe String(cString: text)
    }

    /// What curses was opened as, if not as TERM says: then TERM is not in terminfo.
    package let fallbackTerm: String?
    package var depth: ColourDepth { screen.depth }
    /// What the frames are drawn with.
    package private(set) var theme: Theme
    /// Clicks and the wheel come as keys, from the next frame on; the terminal then selects no text.
    package var listensToMouse = false
    /// The locale takes more than ASCII, and the terminal is not one whose fonts have little more.
    package let isUnicode: Bool
    package private(set) var statistics = Statistics()

    /// What showing has cost.
    package struct Statistics: Sendable, Equatable {
        package var bytesWritten: UInt64 = 0
        package var framesShown: UInt64 = 0
        /// Frames not sent because the one before was still on its way.
        package var framesSkipped: UInt64 = 0
    }

    private let device: TerminalDevice
    private let screen: Screen
    private var decoder = KeyDecoder()
    private var isMouseOn = false
    /// The terminal marks pasted text (bracketed paste), so that it is no key.
    private var isPasteMarked = false
    private var hasHungUp = false
    /// Pressed while the answer was awaited.
    private var earlyKeys: [Key] = []
    /// What the terminal has not taken yet.
    private var unsent: ArraySlice<UInt8> = []
    private var state = State.shown

    private enum State {
        case shown, suspended, closed
    }

    /// Opens the terminal that `input` and `output` are. `environment` decides on TERM, colours and locale.
    ///
    /// - Parameter asksBackground: asks for the colour that lies behind everything, and waits for it
    ///   a moment; see `background`.
    package init(
        environment: [String: String], theme: Theme = .dark, colours: ColourChoice = .auto, asksBackground: Bool = false,
        input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO
    ) throws(TerminalError) {
        device = try TerminalDevice(input: input, output: output)
        let term = environment["TERM"] ?? ""
        if term.isEmpty { throw .termUnset }
        if term == "dumb" { throw .termCannotDraw(term) }
        let size = device.size
        self.theme = theme
        let asked = SuspendingClock.now
        // What comes back must not be echoed.
        device.enterRaw()
        if asksBackground && BackgroundQuery.isUnderstood(by: term) {
            decoder.expectAnswer()
            device.writeAll(BackgroundQuery.bytes[...], milliseconds: 0)
        }
        screen = try Screen(
            term: term, depth: ColourDepth(environment: environment, choice: colours), environment: environment, theme: theme,
            width: size.width, height: size.height)
        fallbackTerm = screen.term == term ? nil : screen.term
        isUnicode = Terminal.isUnicode(environment) && !Terminal.isConsole(term)
        awaitAnswer(until: asked + .milliseconds(BackgroundQuery.patienceMilliseconds))
    }

    deinit { close() }

    /// Readable when there are keys; a hang-up also makes it so. -1 while the terminal is not ours: its keys are for
    /// another program.
    package var inputDescriptor: Int32 { state == .suspended || device.isOfAnotherGroup ? -1 : device.descriptor }

    /// The terminal that this is belongs to another process group: a program that draws on it now is stopped.
    package static func isOfAnotherGroup(_ descriptor: Int32) -> Bool { TerminalDevice.isOfAnotherGroup(descriptor) }

    /// Columns and rows, asked of the terminal each time.
    package var size: (width: Int, height: Int) { device.size }

    /// Wait no longer than this for input, then call `flushKeys`; nil where there is nothing to flush.
    package var keyTimeoutMilliseconds: Int32? {
        decoder.isWaiting ? KeyDecoder.escapeTimeoutMilliseconds : nil
    }

    /// The terminal was given back, and the first frame in the foreground takes it again.
    package var isSuspended: Bool { state == .suspended }

    /// Poll for writing too: a frame is on its way. Then call `sendUnsent`.
    package var wantsToWrite: Bool { !unsent.isEmpty }

    /// Keys pressed since the last call. The end of the terminal is one `.hangup`, once.
    package func readKeys() -> [Key] {
        var keys = earlyKeys
        earlyKeys = []
        while !hasHungUp {
            let (bytes, hasEnded) = device.read()
            if hasEnded {
                hasHungUp = true
                keys.append(.hangup)
            }
            if bytes.isEmpty { break }
            keys += decoder.decode(bytes)
        }
        return keys
    }

    /// Nothing more has come for `keyTimeoutMilliseconds`: an ESC that waits was a key.
    package func flushKeys() -> [Key] { decoder.flush() }

    /// The colour that the terminal draws on, where it has said so; over a slow line that comes later.
    package var background: Swatch? { decoder.background }

    /// Draws with another theme from the next frame on.
    package func use(_ theme: Theme) {
        self.theme = theme
        screen.use(theme)
    }

    /// Shows a frame with one write, or skips it while an earlier one is on its way.
    ///
    /// In the background the terminal is given back and nothing is drawn. The first frame in the foreground takes it again.
    package func show(_ frame: Frame) {
        if device.isOfAnotherGroup { suspend() } else { resume() }
        guard state == .shown else { return }
        sendUnsent()
        guard unsent.isEmpty else {
            statistics.framesSkipped += 1
            return
        }
        let bytes = modeBytes(mouse: listensToMouse, paste: true) + screen.bytes(showing: frame)
        statistics.framesShown += 1
        guard !bytes.isEmpty else { return }
        // Synchronized output: the terminal shows all of it at once. Ignored where it is unknown.
        unsent = ([UInt8]("\u{1B}[?2026h".utf8) + bytes + [UInt8]("\u{1B}[?2026l".utf8))[...]
        sendUnsent()
    }

    /// Sends on what a slow terminal did not take.
    package func sendUnsent() {
        guard !unsent.isEmpty else { return }
        let count = device.write(unsent)
        statistics.bytesWritten += UInt64(count)
        unsent = unsent.dropFirst(count)
    }

    /// Hands words to the terminal's clipboard (OSC 52), ahead of the next frame. Whether it takes them it does not say.
    ///
    /// - Returns: false for more than terminals take.
    package func copy(_ text: String) -> Bool {
        guard state == .shown, text.utf8.count <= Terminal.copyLimit else { return false }
        unsent += [UInt8]("\u{1B}]52;c;".utf8) + Base64.encode(Array(text.utf8)) + [0x07]
        sendUnsent()
        return true
    }

    /// Draws the next frame whole: after ^L, or when something else wrote on the screen.
    package func redraw() { screen.invalidate() }

    /// After SIGWINCH: the next frame is drawn whole, at whatever size it has.
    package func sizeDidChange() { screen.invalidate() }

    /// Gives the terminal back until `resume`: the caller then stops the process.
    package func suspend() {
        guard state == .shown else { return }
        giveBack()
        state = .suspended
    }

    /// Takes the terminal again, unless this process was continued in the background. The next frame is drawn whole, at
    /// the size of then.
    package func resume() {
        guard state == .suspended, !device.isOfAnotherGroup else { return }
        device.enterRaw()
        screen.invalidate()
        state = .shown
    }

    /// Gives the terminal back for good. More than once is as once.
    package func close() {
        if state == .shown { giveBack() }
        state = .closed
    }

    /// Gives the terminal back and leaves a frame on it as text, above the shell's next prompt.
    package func leave(lastFrame frame: Frame) {
        close()
        device.writeAll(frame.lines(theme, depth)[...], milliseconds: Terminal.closingMilliseconds)
    }

    /// A frame as lines of text, in the colours that it has here.
    package func text(of frame: Frame) -> [UInt8] { frame.lines(theme, depth) }

    /// Gives the terminal back from within a signal handler that then ends the process: nothing here
    /// waits, allocates or locks. Without a terminal of ours, nothing happens.
    package static func giveBackFromHandler() { EmergencyRestore.restore() }

    /// Bytes for the clipboard: a few rows. Terminals take 8 KB and more of base 64.
    private static let copyLimit = 4_096

    /// How long a slow terminal may keep us from ending. Longer than a second round the world.
    private static let closingMilliseconds: Int32 = 1_000

    /// Keys and answers until the terminal has answered, or the time is over.
    private func awaitAnswer(until end: SuspendingClock.Instant) {
        while decoder.expectsAnswer, case let left = end - SuspendingClock.now, left > .zero {
            guard device.waitToRead(milliseconds: Int32(left / .milliseconds(1)) + 1) else { return }
            let (bytes, hasEnded) = device.read()
            // The end comes again, and is read where keys are.
            if hasEnded { return }
            earlyKeys += decoder.decode(bytes)
        }
    }

    /// The bytes that turn reports of the mouse and marks around pasted text on or off, where they are not so already.
    private func modeBytes(mouse: Bool, paste: Bool) -> [UInt8] {
        var text = ""
        if isMouseOn != mouse {
            isMouseOn = mouse
            // Buttons and the wheel, and their places as numbers: the older way ends at column 223.
            text += mouse ? "\u{1B}[?1000h\u{1B}[?1006h" : "\u{1B}[?1006l\u{1B}[?1000l"
        }
        if isPasteMarked != paste {
            isPasteMarked = paste
            text += paste ? "\u{1B}[?2004h" : "\u{1B}[?2004l"
        }
        return Array(text.utf8)
    }

    private func giveBack() {
        // An answer that comes after us would be typed into the shell.
        if decoder.expectsAnswer, !hasHungUp {
            awaitAnswer(until: .now + .milliseconds(BackgroundQuery.patienceMilliseconds))
        }
        // A frame cut off half way would swallow what follows: its rest goes first.
        var ending = Array(unsent) + modeBytes(mouse: false, paste: false)
        ending += screen.bytesEnding()
        ending += [UInt8]("\u{1B}[?2026l\u{1B}[?25h\u{1B}[0m".utf8)
        unsent = []
        device.writeAll(ending[...], milliseconds: Terminal.closingMilliseconds)
        statistics.bytesWritten += UInt64(ending.count)
        device.leaveRaw()
    }

    /// A console or a terminal of old, in whatever locale: its font has no braille and no round corners.
    package static func isConsole(_ term: String) -> Bool {
        term == "linux" || ["linux-", "cons", "vt1", "vt2", "vt3", "vt4", "vt5", "ansi", "sun"].contains { term.hasPrefix($0) }
    }

    /// POSIX: LC_ALL, else LC_CTYPE, else LANG; empty counts as unset.
    package static func isUnicode(_ environment: [String: String]) -> Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let upper = locale.uppercased()
        return upper.contains("UTF-8") || upper.contains("UTF8")
    }
}
