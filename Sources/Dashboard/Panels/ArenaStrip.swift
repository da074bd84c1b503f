import Measurements

/// One connection's arenas as a strip: handed out, held beyond that, free, and a tick at the most it ever held out.
struct ArenaStrip {
    let used: Int
    let reserved: Int
    let highWater: Int
    /// Bytes at the right end.
    let scale: Int

    init(_ sample: ConnectionSample, scale: Int) {
        used = sample.arenaUsedBytes
        reserved = sample.arenaReservedBytes
        highWater = sample.arenaHighWaterBytes
        self.scale = max(1, scale)
    }

    func draw(_ x: Int, _ y: Int, width: Int, _ frame: inout Frame, _ glyphs: GlyphSet) {
        guard width > 0 else { return }
        let reservedCells = cells(reserved, width)
        for cell in 0..<width {
            let isReserved = cell < reservedCells
            frame.text(isReserved ? String(glyphs.meter.empty) : glyphs.dot, x + cell, y, isReserved ? .dim : .faint)
        }
        Meter(fraction: Double(used) / Double(scale), gradient: .arena, runs: true)
            .bar(x, y, width: width, &frame, glyphs)
        // Only beyond the bytes that are handed out now.
        let tick = min(width - 1, cells(highWater, width))
        if highWater > used, tick >= cells(used, width) { frame.put(glyphs.tick, x + tick, y, .warn) }
    }

    private func cells(_ bytes: Int, _ width: Int) -> Int {
        min(width, Int((Double(bytes) / Double(scale) * Double(width)).rounded(.up)))
    }
}
