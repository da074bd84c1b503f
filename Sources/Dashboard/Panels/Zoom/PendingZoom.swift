import Measurements

/// Queues of the connections, the longest first, beside the ages of their bytes; below, an audit's ledger of the writes.
struct PendingZoom: Panel {
    func badge(_ view: View) -> String { "" }

    /// Cells of the histogram at the right; without room for it beside the queues they are alone.
    private static let sideWidth = 38

    func draw(_ view: View, on frame: inout Frame) {
        guard view.run.hasServer, let moment = view.moment, let server = moment.server else {
            PendingPanel().draw(view, on: &frame)
            return
        }
        let inspector = WriteInspector(view, server)
        // What an audit or a probe has found is in lines of 80 columns.
        let least = (inspector == nil ? 2 : 3) * PendingZoom.sideWidth
        let side = frame.width >= least ? PendingZoom.sideWidth : 0
        if side > 0 {
            frame.draw(in: Region(x: frame.width - side, y: 0, width: side, height: frame.height)) { PendingPanel().draw(view, on: &$0) }
        }
        let width = frame.width - side
        guard let inspector, frame.height >= 12 else {
            return queues(moment.rows, server, view, width: width, &frame)
        }
        // A third stays the queues', if the inspector can use the rest.
        let top = max(frame.height / 3, frame.height - inspector.height - 1)
        frame.draw(in: Region(x: 0, y: 0, width: width, height: top)) { queues(moment.rows, server, view, width: width, &$0) }
        frame.draw(in: Region(x: 0, y: top, width: width, height: frame.height - top)) { inspector.draw(view, on: &$0) }
    }

    private func queues(_ rows: [ConnectionRow], _ server: ServerSample, _ view: View, width: Int, _ frame: inout Frame) {
        let waiting = rows.filter { $0.sample.pendingBytes > 0 }.sorted { $0.sample.pendingBytes > $1.sample.pendingBytes }
        frame.text("conn", endingAt: 7, 0, .dim)
        frame.text("s", 8, 0, .dim)
        frame.text("bytes", endingAt: 16, 0, .dim)
        frame.text("oldest", endingAt: 24, 0, .dim)
        let barWidth = width - 26
        guard let longest = waiting.first?.sample.pendingBytes, barWidth > 4 else {
            frame.text("no connection has writes waiting", 1, 2, .dim)
            return
        }
        // A round number of bytes a cell, so that queues can be compared by eye from one sample to the next.
        var cell = 1024
        while cell * barWidth < longest { cell *= 2 }
        frame.text("1 cell = \(GridFigure.bytes(cell))", 26, 0, .dim)
        for (index, row) in waiting.prefix(max(0, frame.height - 2)).enumerated() {
            let y = 1 + index, sample = row.sample
            let role: Role = .scale(.age, PendingPanel.age(sample.oldestAgeNanoseconds))
            frame.text(row.name(loops: server.loops.count), endingAt: 7, y, .text)
            frame.text(sample.state.rawValue, 8, y, ConnectionsPanel.role(sample.state))
            frame.text(GridFigure.shortBytes(sample.pendingBytes), endingAt: 16, y, .text)
            frame.text(GridFigure.duration(sample.oldestAgeNanoseconds, view.glyphs), endingAt: 24, y, role)
            let cells = min(barWidth, max(1, sample.pendingBytes / cell))
            for x in 0..<cells { frame.put(view.glyphs.meter.full, 26 + x, y, role) }
        }
        let hidden = waiting.count - max(0, frame.height - 2)
        if hidden > 0 { frame.text("\(view.glyphs.ellipsis)\(hidden) more wait", 1, frame.height - 1, .dim) }
    }
}
