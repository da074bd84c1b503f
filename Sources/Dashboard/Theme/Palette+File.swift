extension Palette {
    /// The colours of a file, its gaps filled from another.
    ///
    /// A name of ours that is missing takes a name of btop's in the same file first, so that
    /// a theme of btop's is of one piece.
    ///
    /// - Parameters:
    ///   - base: colours that the file does not have; nil only for the theme that is the base of all others.
    ///   - ground: the terminal's own background, for a theme that leaves it as it is.
    init(_ file: ThemeFile, base: ThemeFile?, isLight: Bool, ground: Swatch) {
        let source = ThemeSource(file: file, base: base, ansi: isLight ? .light : .dark)
        background = file.isEmptied("main_bg") ? nil : source.background
        self.ground = background ?? ground
        text = source.colour("text", ["main_fg"])
        dim = source.colour("dim", ["graph_text", "inactive_fg"])
        faint = source.colour("faint", ["meter_bg", "inactive_fg"])
        title = source.colour("title", ["title"])
        key = source.colour("key", ["hi_fg"])
        logo = source.colour("logo", ["logo_fg", "proc_misc"])
        selected = source.colour("selected", ["selected_bg"])
        selectedText = source.colour("selected_text", ["selected_fg"])
        let overlay = file.colour("overlay_bg") ?? background?.mixed(with: text, 0.07)
        self.overlay = overlay.map { Swatch($0, ansi: nil) }
        let cpu = source.scale("rps", ["cpu"])
        ok = source.severity("ok", cpu.low)
        warn = source.severity("warn", cpu.middle)
        crit = source.severity("crit", cpu.high)
        let onBanner = warn.contrast(with: .black) >= warn.contrast(with: .white) ? Swatch.black : .white
        self.onBanner = Swatch(onBanner, ansi: isLight ? 15 : 0)
        boxes = [
            ("throughput_box", ["throughput_box", "cpu_box"]), ("latency_box", ["latency_box", "net_box"]),
            ("conn_box", ["conn_box", "proc_box"]), ("pending_box", ["pending_box", "net_box"]),
            ("arena_box", ["arena_box", "mem_box"]), ("cache_box", ["cache_box", "mem_box"]),
            ("event_box", ["event_box", "div_line"]),
        ].map { source.colour($0.0, $0.1) }
        scales = [
            ("rps", ["rps", "cpu"]), ("rx", ["rx", "download"]), ("tx", ["tx", "upload"]), ("heat", ["heat", "temp"]),
            ("age", ["age", "temp"]), ("arena", ["arena", "used"]), ("hit", ["hit", "available"]),
        ].map { source.scale($0.0, $0.1) }
    }
}

extension Swatch {
    /// The same colour with another stand-in.
    init(_ other: Swatch, ansi: UInt8?) {
        self = other
        self.ansi = ansi
    }
}

/// Where the colours of a theme come from: its file, then the base's.
private struct ThemeSource {
    let file: ThemeFile
    let base: ThemeFile?
    let ansi: SixteenColours

    var background: Swatch { colour("main_bg", ["main_bg"]) }

    /// The first of these names that has a colour.
    func colour(_ role: String, _ keys: [String]) -> Swatch {
        let found = keys.lazy.compactMap { file.colour($0) }.first
            ?? keys.lazy.compactMap { base?.colour($0) }.first
            // The base is complete, which a test holds.
            ?? Swatch(0x808080, ansi: nil)
        return Swatch(found, ansi: number(role, 0))
    }

    func severity(_ role: String, _ otherwise: Swatch) -> Swatch {
        Swatch(file.colour(role) ?? otherwise, ansi: number(role, 0))
    }

    /// The first of these gradients that begins: with a middle and an end, or without.
    func scale(_ role: String, _ keys: [String]) -> Scale {
        for source in [file, base].compactMap({ $0 }) {
            for key in keys {
                guard let low = source.colour(key + "_start") else { continue }
                let end = source.colour(key + "_end")
                let high = end ?? low
                // Without an end there is one colour, whatever the middle says.
                let middle = end == nil ? low : source.colour(key + "_mid") ?? low.mixed(with: high, 0.5)
                return Scale(
                    Swatch(low, ansi: number(role, 0)), Swatch(middle, ansi: number(role, 1)), Swatch(high, ansi: number(role, 2)))
            }
        }
        let grey = Swatch(0x808080, ansi: 7)
        return Scale(grey, grey, grey)
    }

    /// Which of the sixteen: as the file says in `ansi_...`, else the usual one.
    private func number(_ role: String, _ place: Int) -> UInt8? {
        let written = (file.text("ansi_" + role) ?? "").split(separator: " ").compactMap { UInt8($0) }.filter { $0 < 16 }
        if written.indices.contains(place) { return written[place] }
        let usual = ansi.numbers[role] ?? []
        return usual.indices.contains(place) ? usual[place] : nil
    }
}

/// Which of the sixteen colours that every terminal has stands in for a role. The terminal's
/// own colours for roles that are not named.
private struct SixteenColours {
    let numbers: [String: [UInt8]]

    static let dark = SixteenColours(numbers: [
        "dim": [7], "faint": [8], "title": [15], "key": [11], "logo": [14], "selected": [4], "selected_text": [15],
        "ok": [10], "warn": [11], "crit": [9],
        "throughput_box": [2], "latency_box": [5], "conn_box": [4], "pending_box": [3], "arena_box": [6], "cache_box": [2], "event_box": [7],
        "rps": [2, 10, 11], "rx": [4, 12, 14], "tx": [5, 13, 15], "heat": [4, 13, 11], "age": [10, 11, 9],
        "arena": [6, 14, 11], "hit": [9, 11, 10],
    ])

    /// The bright ones cannot be read on white.
    static let light = SixteenColours(numbers: [
        "dim": [8], "faint": [7], "title": [0], "key": [5], "logo": [6], "selected": [14], "selected_text": [0],
        "ok": [2], "warn": [3], "crit": [1],
        "throughput_box": [2], "latency_box": [5], "conn_box": [4], "pending_box": [3], "arena_box": [6], "cache_box": [2], "event_box": [8],
        "rps": [6, 2, 0], "rx": [6, 4, 0], "tx": [5, 1, 0], "heat": [4, 5, 1], "age": [2, 3, 1],
        "arena": [6, 4, 5], "hit": [1, 3, 2],
    ])
}
