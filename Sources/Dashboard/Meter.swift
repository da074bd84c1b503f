/// A fraction as a bar.
struct Meter {
    var fraction: Double
    var gradient: Gradient
    /// The colour runs along the bar; otherwise all of it has the colour of its fraction.
    var runs = false

    /// With ends, in `width` cells: ▕███▌░░▏
    func draw(_ x: Int, _ y: Int, width: Int, _ frame: inout Frame, _ glyphs: GlyphSet) {
        guard width > 2 else { return }
        frame.text(glyphs.meter.open, x, y, .faint)
        bar(x + 1, y, width: width - 2, &frame, glyphs, fill: glyphs.meter.empty)
        frame.text(glyphs.meter.close, x + width - 1, y, .faint)
    }

    /// Without ends; empty cells are left alone unless `fill` has a character for them.
    func bar(_ x: Int, _ y: Int, width: Int, _ frame: inout Frame, _ glyphs: GlyphSet, fill: Unicode.Scalar? = nil) {
        guard width > 0 else { return }
        let bounded = fraction.isFinite ? min(1, max(0, fraction)) : 0
        // Something is never nothing, and all but all is never all.
        var eighths = Int((bounded * Double(width * 8)).rounded())
        if bounded > 0 { eighths = max(1, eighths) }
        if bounded < 1 { eighths = min(width * 8 - 1, eighths) }
        for cell in 0..<width {
            let role: Role = .scale(gradient, runs ? (Double(cell) + 0.5) / Double(width) : bounded)
            let here = eighths - cell * 8
            if here >= 8 {
                frame.put(glyphs.meter.full, x + cell, y, role)
            } else if here > 0, let part = glyphs.eighths(here) {
                frame.put(part, x + cell, y, role)
            } else if here >= 4 || (here > 0 && cell == 0) {
                frame.put(glyphs.meter.full, x + cell, y, role)
            } else if let fill {
                frame.put(fill, x + cell, y, .faint)
            }
        }
    }
}
