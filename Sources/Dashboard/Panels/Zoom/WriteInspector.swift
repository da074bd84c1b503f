import Measurements

/// The ledger of an audit, and its last piece of evidence: which write holds which bytes, and what
/// libuv found where the memory was taken from under one.
struct WriteInspector {
    private let writes: [PendingWriteSample]
    private let evidence: [String]?
    private let title: String
    private let loops: Int

    /// nil where no audit has anything to show.
    init?(_ view: View, _ server: ServerSample) {
        let shown = view.moment?.timeNanoseconds ?? 0
        let event = view.events.last { $0.evidence != nil && (!view.isPaused || $0.timeNanoseconds <= shown) }
        let evidence = event?.evidence
        title = event?.brokenWrite == nil ? "the last violation" : "the last finding"
        guard !server.pendingWrites.isEmpty || evidence != nil else { return nil }
        // Broken ones first, then the oldest.
        writes = server.pendingWrites.sorted { left, right in
            left.isReset != right.isReset ? left.isReset : left.ageNanoseconds > right.ageNanoseconds
        }
        self.evidence = evidence
        loops = server.loops.count
    }

    /// Lines that it would fill.
    var height: Int { (writes.isEmpty ? 0 : writes.count + 1) + (evidence.map { $0.count + 1 } ?? 0) }

    func draw(_ view: View, on frame: inout Frame) {
        var y = 0
        if let evidence {
            frame.text(title, 1, y, .dim)
            for line in evidence.prefix(max(0, frame.height - 1)) {
                y += 1
                let isBroken = line.contains("// should be") || y == 1 || line.contains("found  ")
                frame.text(line, 1, y, isBroken ? .crit : .text)
            }
            y += 1
        }
        guard !writes.isEmpty, y + 1 < frame.height else { return }
        var head = Line()
        head.add("write of".right(9) + "exchange".right(9) + "arena".right(7) + "gen".right(6), .dim)
        head.add("offset".right(10) + "bytes".right(8) + "age".right(8) + "  state", .dim)
        frame.line(head, 0, y)
        for write in writes.prefix(frame.height - y - 1) {
            y += 1
            frame.line(line(write, view.glyphs), 0, y)
        }
    }

    private func line(_ write: PendingWriteSample, _ glyphs: GlyphSet) -> Line {
        let connection = loops > 1 ? "\(write.loop).\(write.connection)" : String(write.connection)
        var line = Line()
        line.add(connection.right(9) + (write.exchange == 0 ? "frames" : String(write.exchange)).right(9), .text)
        line.add((write.arena == 0 ? "copy" : String(write.arena)).right(7), .text)
        line.add((write.arena == 0 ? "" : String(write.generation)).right(6), .text)
        line.add((write.offset.map { "+\($0)" } ?? "").right(10) + GridFigure.shortBytes(write.byteCount).right(8), .text)
        line.add(GridFigure.duration(write.ageNanoseconds, glyphs).right(8), .scale(.age, PendingPanel.age(write.ageNanoseconds)))
        // Said in a word too, never by colour alone.
        line.add(write.isReset ? "  RESET" : write.isDirect ? "  direct" : "  queued", write.isReset ? .crit : .dim)
        return line
    }
}
