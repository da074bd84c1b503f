internal import CNcurses
internal import Dashboard
internal import Glibc

/// Curses as a function: a frame in, the bytes that turn the last frame into this one out.
///
/// Curses writes to a file in memory instead of the terminal, since on its own it calls
/// write(2) at every cursor move: 185 times for one scrolling graph. It draws only; keys,
/// modes and signals are ours. At most one exists at a time, on one thread: curses has
/// one current screen.
///
/// Safe: the pointers live from `init` to `deinit` and never leave.
@safe final class Screen {
    /// What was really opened, where TERM was unknown.
    let term: String
    /// As many as the terminal shows, and the theme wants.
    private(set) var depth: ColourDepth

    private let deepest: ColourDepth
    private let memory: Int32
    private let output: UnsafeMutablePointer<FILE>
    private let input: UnsafeMutablePointer<FILE>
    private let screen: OpaquePointer
    private var theme: Theme
    private var inks: [Style: (attributes: attr_t, pair: Int32)] = [:]
    private var shown = Frame(width: 0, height: 0)
    private var isEnded = false
    private var filter = PenFilter()
    /// Curses has forgotten its cells: every one is written.
    private var hasJustCleared = true

    /// The entry that stands in where terminfo does not have the terminal's own: every terminal of
    /// this century understands it well enough.
    static let fallbackTerm = "xterm-256color"

    init(
        term: String, depth wanted: ColourDepth?, environment: [String: String], theme: Theme, width: Int, height: Int
    ) throws(TerminalError) {
        // Blocks and braille need a UTF-8 locale in curses, whatever the user's; ours writes UTF-8 or ASCII only.
        unsafe setlocale(LC_CTYPE, "C.UTF-8")
        memory = hw_memory_file()
        guard memory >= 0 else { throw .system(call: "memfd_create", code: errno) }
        guard let output = unsafe fdopen(memory, "w") else {
            let code = errno
            close(memory)
            throw .system(call: "fdopen", code: code)
        }
        guard let input = unsafe fopen("/dev/null", "re") else {
            let code = errno
            unsafe fclose(output)
            throw .system(call: "fopen", code: code)
        }
        // Curses takes over signals that have their default action; they are the program's.
        let signals = SignalActions([SIGINT, SIGTERM, SIGTSTP, SIGWINCH])
        defer { signals.restore() }
        var opened = term
        var screen = unsafe Screen.open(term, wanted, environment, output, input)
        if unsafe screen == nil && term != Screen.fallbackTerm {
            opened = Screen.fallbackTerm
            unsafe screen = unsafe Screen.open(opened, wanted, environment, output, input)
        }
        guard let screen = unsafe screen else {
            unsafe fclose(output)
            unsafe fclose(input)
            throw .termUnknown(term)
        }
        unsafe self.screen = screen
        unsafe self.output = output
        unsafe self.input = input
        self.theme = theme
        self.term = opened
        if wanted != .mono && has_colors() {
            start_color()
            use_default_colors()
            deepest = min(wanted ?? .direct, ColourDepth(colours: Int(hw_colors())))
        } else {
            deepest = .mono
        }
        depth = min(deepest, theme.depthLimit)
        curs_set(0)
        unsafe leaveok(hw_window(), true)
        resizeterm(Int32(height), Int32(width))
        setBackground()
    }

    deinit {
        unsafe delscreen(screen)
        unsafe fclose(output)
        unsafe fclose(input)
    }

    /// The bytes that show a frame. Only cells that differ from the last one are touched.
    func bytes(showing frame: Frame) -> [UInt8] {
        isEnded = false
        if frame.width != shown.width || frame.height != shown.height {
            resizeterm(Int32(frame.height), Int32(frame.width))
            shown = Frame(width: frame.width, height: frame.height)
            setBackground()
            unsafe wclear(hw_window())
        }
        let old = shown.cells
        for (index, cell) in frame.cells.enumerated() where (cell != old[index] || hasJustCleared) && !cell.isSecondHalf {
            let isWide = index + 1 < frame.cells.count && frame.cells[index + 1].isSecondHalf
            put(cell, isWide, Int32(index / frame.width), Int32(index % frame.width))
        }
        hasJustCleared = false
        shown = frame
        unsafe wnoutrefresh(hw_window())
        doupdate()
        return takeBytes()
    }

    private func put(_ cell: Cell, _ isWide: Bool, _ y: Int32, _ x: Int32) {
        let ink = ink(cell.style)
        // A character, its marks, and the 0 behind them.
        var text: (wchar_t, wchar_t, wchar_t, wchar_t, wchar_t) = (wchar_t(bitPattern: depth.character(of: cell).value), 0, 0, 0, 0)
        if !cell.marks.isEmpty {
            let marks = cell.marks.scalars.map { wchar_t(bitPattern: $0.value) } + [0, 0, 0]
            (text.1, text.2, text.3) = (marks[0], marks[1], marks[2])
        }
        unsafe withUnsafePointer(to: &text) { text in
            unsafe text.withMemoryRebound(to: wchar_t.self, capacity: 5) { unsafe hw_put(y, x, isWide ? 2 : 1, $0, ink.attributes, ink.pair) }
        }
    }

    /// Draws with another theme from the next frame on.
    func use(_ theme: Theme) {
        self.theme = theme
        depth = min(deepest, theme.depthLimit)
        inks = [:]
        setBackground()
    }

    /// Has the next frame drawn whole: the terminal shows something else than we believe.
    func invalidate() {
        unsafe clearok(hw_physical_window(), true)
        filter.forget()
    }

    /// The bytes that leave the alternate screen; the next frame enters it again, whole.
    func bytesEnding() -> [UInt8] {
        guard !isEnded else { return [] }
        isEnded = true
        endwin()
        defer { filter.forget() }
        return takeBytes()
    }

    /// What curses has written since the last time.
    private func takeBytes() -> [UInt8] {
        unsafe fflush(output)
        let count = Int(lseek(memory, 0, SEEK_CUR))
        guard count > 0 else { return [] }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = unsafe max(0, pread(memory, buffer.baseAddress, count, 0))
        }
        lseek(memory, 0, SEEK_SET)
        _ = ftruncate(memory, 0)
        return filter.filter(bytes)
    }

    private func setBackground() {
        hasJustCleared = true
        hw_set_background(ink(Style(role: .text, ground: .plain)).pair)
    }

    private func ink(_ style: Style) -> (attributes: attr_t, pair: Int32) {
        if let known = inks[style] { return known }
        let ink = theme.ink(style)
        var attributes: attr_t = 0
        if ink.attributes.contains(.bold) { attributes |= hw_bold }
        var pair: Int32 = 0
        if depth == .mono {
            if ink.attributes.contains(.dim) { attributes |= hw_dim }
            if ink.attributes.contains(.underline) { attributes |= hw_underline }
            if !ink.attributes.isDisjoint(with: [.reverse, .selected]) { attributes |= hw_reverse }
        } else {
            var foreground = depth.index(of: ink.foreground), background = ink.background.map { depth.index(of: $0) } ?? -1
            if depth == .ansi16 && hw_colors() < 16 {
                // Eight colours: the bright ones are the others in bold, and bright black the terminal's own.
                if foreground > 8 { attributes |= hw_bold }
                foreground = foreground == 8 ? -1 : foreground > 8 ? foreground - 8 : foreground
                background = background >= 8 ? background - 8 : background
            }
            // Where pairs have run out: the terminal's own colours.
            pair = max(0, alloc_pair(foreground, background))
        }
        inks[style] = (attributes, pair)
        return (attributes, pair)
    }

    private static func open(
        _ term: String, _ depth: ColourDepth?, _ environment: [String: String], _ output: UnsafeMutablePointer<FILE>,
        _ input: UnsafeMutablePointer<FILE>
    ) -> OpaquePointer? {
        if depth == .direct, let entry = DirectColourEntry(term: term, environment: environment) {
            unsafe setenv("TERMINFO", entry.variable, 1)
            defer {
                if let own = environment["TERMINFO"] { unsafe setenv("TERMINFO", own, 1) } else { unsafe unsetenv("TERMINFO") }
            }
            if let screen = unsafe hw_screen_open(term, output, input) { return unsafe screen }
        }
        return unsafe hw_screen_open(term, output, input)
    }
}

extension Theme {
    /// More colours than it knows would be others than it means.
    fileprivate var depthLimit: ColourDepth {
        switch colours {
        case .own: .direct
        case .ansi: .ansi16
        case .none: .mono
        }
    }
}

/// Actions of some signals as they were.
private struct SignalActions {
    private let actions: [(signal: Int32, action: sigaction)]

    init(_ signals: [Int32]) {
        actions = signals.map { signal in
            var action = sigaction()
            unsafe sigaction(signal, nil, &action)
            return (signal, action)
        }
    }

    func restore() {
        for (signal, action) in actions {
            var action = action
            unsafe sigaction(signal, &action, nil)
        }
    }
}
