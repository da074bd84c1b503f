import Measurements

/// More percentiles, now and a minute ago, and a map with its spread at the side.
struct LatencyZoom: Panel {
    func badge(_ view: View) -> String { "" }

    func draw(_ view: View, on frame: inout Frame) {
        guard view.run.hasClients else {
            frame.note(view.run.clientNote)
            return
        }
        guard view.moment != nil else {
            frame.note("waiting for the first sample")
            return
        }
        var rows = [
            LatencyTable.Row("service", view.window { $0.service }), LatencyTable.Row("response", view.window { $0.response }),
        ]
        if let before = view.window(view.latency.buckets, secondsAgo: 60) { rows.append(.init("60s ago", before)) }
        let table = LatencyTable(rows: rows, percentiles: [50, 75, 90, 95, 99, 99.9, 99.99, 100], hasCount: true)
        let y = table.draw(&frame, view.glyphs)
        frame.text("\(view.latency.rawValue) time by moment; x: the other one", 1, y + 1, .dim)
        let map = Region(x: 0, y: y + 2, width: frame.width, height: frame.height - y - 2)
        if map.height >= 2 {
            LatencyMap(kind: view.latency, spreadWidth: frame.width >= 76 ? min(32, frame.width / 4) : 0).draw(in: map, view, &frame)
        }
    }
}
