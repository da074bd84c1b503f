import Load
import Measurements

/// Bytes that the sockets did not take, by how long they have waited.
struct PendingPanel: Panel {
    func badge(_ view: View) -> String {
        if let moment = view.listedMoment, moment.watch != nil {
            guard moment.knows(.pendingBytes) else { return "of the clients" }
            guard !moment.knows(.findings), moment.knows(.kernel) else { return "of the server" }
            let age = moment.rowAgeNanoseconds
            return age > 0 ? "in the kernel, \(GridFigure.duration(age, view.glyphs)) ago" : "in the kernel"
        }
        return view.run.load.writePolicy.map { "policy \($0.rawValue)" } ?? (view.run.hasServer ? "bytes by age" : "of the clients")
    }

    func draw(_ view: View, on frame: inout Frame) {
        guard let moment = view.listedMoment else {
            frame.note("waiting for the first sample")
            return
        }
        guard let writes = moment.writes else {
            frame.note(moment.server == nil ? view.run.serverNote : "the server's metrics have no pending bytes")
            return
        }
        let glyphs = view.glyphs
        // The clients know theirs.
        let knowsAges = moment.knows(.pendingAges) || !moment.knows(.pendingBytes)
        frame.line(head(writes, knowsAges: knowsAges, width: frame.width - 1, glyphs), 1, 0)
        var bottom = frame.height
        if frame.height >= 7 {
            bottom -= 1
            frame.line(
                moment.knows(.writeCounts) || !moment.knows(.pendingBytes) ? share(moment.rates, writes, width: frame.width - 1, glyphs) : kernel(moment, width: frame.width - 1, glyphs),
                1, bottom)
        }
        if frame.height >= 6 {
            // The rows that the histogram does not need.
            let rows = knowsAges ? max(1, bottom - 1 - WriteSample.ageBucketCount) : bottom - 1
            bottom -= rows
            sparkline(writes, Region(x: 0, y: bottom, width: frame.width, height: rows), view, &frame)
        }
        if knowsAges { histogram(writes, in: Region(x: 0, y: 1, width: frame.width, height: bottom - 1), &frame, glyphs) }
    }

    /// 0 for a fresh byte, 1 for one older than 64 ms: the same colour wherever an age is shown.
    static func age(_ nanoseconds: UInt64) -> Double {
        Double(WriteSample.ageBucket(nanoseconds: nanoseconds)) / Double(WriteSample.ageBucketCount - 1)
    }

    private func head(_ writes: WriteSample, knowsAges: Bool, width: Int, _ glyphs: GlyphSet) -> Line {
        var line = Line()
        if writes.pendingBytes == 0 {
            line.add("0 B", .strong)
            line.add(" nothing waits", .dim)
            return line
        }
        line.add(GridFigure.bytes(writes.pendingBytes).left(8), .strong)
        guard knowsAges else { return line }
        var parts = Line()
        parts.add(" in ", .dim)
        parts.add(GridFigure.count(writes.pending), .text)
        parts.add(writes.pending == 1 ? " write" : " writes", .dim)
        var oldest = Line()
        oldest.add(width < 30 ? " " : "  oldest ", .dim)
        oldest.add(GridFigure.duration(writes.oldestAgeNanoseconds, glyphs), .scale(.age, PendingPanel.age(writes.oldestAgeNanoseconds)))
        if line.width + parts.width + oldest.width <= width { line.add(parts) }
        line.add(oldest)
        return line
    }

    private func histogram(_ writes: WriteSample, in region: Region, _ frame: inout Frame, _ glyphs: GlyphSet) {
        guard region.height > 0 else { return }
        // Buckets share a row where there are fewer rows than buckets.
        let count = WriteSample.ageBucketCount
        let perRow = (count + region.height - 1) / region.height
        var groups: [(label: String, bytes: Int, age: Double)] = []
        var bucket = 0
        while bucket < count {
            let next = min(count, bucket + perRow)
            let isLast = next == count
            let edge = isLast ? (bucket == 0 ? 0 : 1 << (bucket - 1)) : 1 << (next - 1)
            let label = isLast ? (glyphs == .ascii ? ">" : "≥") + "\(edge)ms" : "<\(edge)ms"
            groups.append((label, writes.pendingBytesByAge[bucket..<next].reduce(0, +), Double(next - 1) / Double(count - 1)))
            bucket = next
        }
        let most = max(1, groups.map(\.bytes).max() ?? 0)
        for (row, group) in groups.enumerated() {
            let y = region.y + row
            frame.text(group.label, endingAt: 6, y, .dim)
            frame.text(glyphs.axis, 6, y, .faint)
            let width = region.width - 7 - 7
            // A bar has the colour of its age, whatever its length.
            if group.bytes > 0 {
                let fraction = Double(group.bytes) / Double(most)
                Meter(fraction: fraction, gradient: .age).bar(7, y, width: width, &frame, glyphs)
                for x in 7..<max(7, 7 + width) where frame[x, y].scalar != " " {
                    frame.put(frame[x, y].scalar, x, y, .scale(.age, group.age))
                }
            }
            let text = group.bytes == 0 ? glyphs.dot : GridFigure.shortBytes(group.bytes)
            frame.text(text, endingAt: region.width - 1, y, group.bytes == 0 ? .dim : .text)
        }
    }

    private func sparkline(_ writes: WriteSample, _ place: Region, _ view: View, _ frame: inout Frame) {
        let y = place.y + place.height - 1
        let peak = "\(view.glyphs.peak) " + GridFigure.bytes(writes.pendingBytesHighWater)
        frame.text("bytes", 1, y, .dim)
        frame.text(peak, endingAt: frame.width - 1, y, .text)
        let region = Region(x: 7, y: place.y, width: place.width - 7 - 12, height: place.height)
        let values = view.recent(region.width, .highest) { Double($0.writes?.pendingBytes ?? 0) }
        Graph(values: values, top: max(1, values.most), gradient: .age).draw(in: region, &frame, view.glyphs)
        Marks(view, columns: region.width).draw(in: region, &frame, view.glyphs)
    }

    /// The kernel's view, of a server that is looked at from outside.
    private func kernel(_ moment: Moment, width: Int, _ glyphs: GlyphSet) -> Line {
        var line = Line()
        guard let kernel = moment.watch?.kernel else { return line }
        for (name, figure, role) in [
            ("never sent", GridFigure.bytes(kernel.unsentBytes).left(9), kernel.unsentBytes == 0 ? Role.dim : .warn),
            ("by the peer", GridFigure.count(kernel.windowLimitedConnections).left(5), kernel.windowLimitedConnections == 0 ? .dim : .warn),
            ("rtt", GridFigure.duration(kernel.roundTripNanoseconds, glyphs), .text),
        ] {
            line.add(within: width) {
                $0.add(name + " ", .dim)
                $0.add(figure + " ", role)
            }
        }
        return line
    }

    /// How many writes the socket took whole, and how many had to wait.
    private func share(_ rates: Rates, _ writes: WriteSample, width: Int, _ glyphs: GlyphSet) -> Line {
        var line = Line()
        let total = writes.direct + writes.queued
        line.add("direct ", .dim)
        line.add(GridFigure.count(writes.direct).left(6), .ok)
        line.add("queued ", .dim)
        line.add(GridFigure.count(writes.queued), writes.queued == 0 ? .dim : .warn)
        var part = Line()
        part.add(" (\(GridFigure.percent(total == 0 ? 0 : Double(writes.queued) / Double(total))))", .dim)
        part.add("  \(GridFigure.count(rates.queuedWrites.rounded()))/s", .dim)
        if line.width + part.width <= width { line.add(part) }
        return line
    }
}
