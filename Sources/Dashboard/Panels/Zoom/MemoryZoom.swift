import Measurements

/// Memory and event loops of a server that is watched, on one time axis.
struct MemoryZoom: Panel {
    func badge(_ view: View) -> String { "" }

    func draw(_ view: View, on frame: inout Frame) {
        guard view.run.hasServer, let moment = view.moment, let watch = moment.watch else {
            MemoryPanel().draw(view, on: &frame)
            return
        }
        var line = Line()
        for part in MemoryPanel.lines(moment, watch, view.glyphs).joined() {
            line.add(within: frame.width - 2) {
                $0.add(part.name + " ", .dim)
                $0.add(part.figure + " ", part.role)
            }
        }
        frame.line(line, 1, 0)
        ChartStack(charts: MemoryZoom.charts(view)).draw(in: Region(x: 0, y: 2, width: frame.width, height: frame.height - 2), view, &frame)
    }

    private static func charts(_ view: View) -> [ChartStack.Chart] {
        func chart(
            _ name: String, _ gradient: Gradient, _ figures: UnknownFigures, _ text: @escaping (Double) -> String, _ value: @escaping (Moment) -> Double?
        ) -> ChartStack.Chart {
            .init(name: name, gradient: gradient, text: { text($0).right(6) }) { $0.knows(figures) ? value($0) : nil }
        }
        func bytes(_ value: Double) -> String { GridFigure.shortBytes(Int(value)) }
        func count(_ value: Double) -> String { GridFigure.count(value.rounded()) }
        let glyphs = view.glyphs
        return [
            chart("heap", .arena, .heap, bytes) { $0.watch.map { Double($0.heapBytes) } },
            chart("resident", .arena, .residentMemory, bytes) { $0.watch.map { Double($0.residentBytes) } },
            chart("malloc/s", .throughput, .allocations, count) { $0.rates.allocations },
            chart("loops busy", .throughput, .loopDetails, GridFigure.percent) { $0.rates.busy },
            chart("turn", .age, .loopLag, { GridFigure.duration(UInt64($0), glyphs) }) { $0.server.map { Double($0.loops.lagNanoseconds) } },
            chart("ready/turn", .throughput, .loopDetails, { Figure.fixed($0, decimals: 1) }) { $0.rates.turns > 0 ? $0.rates.readySockets / $0.rates.turns : nil },
            chart("kernel", .age, .kernel, bytes) { $0.watch.map { Double($0.kernel.queuedBytes) } },
            chart("CPU", .arena, .cpu, GridFigure.percent) { $0.rates.serverCPU },
        ]
    }
}
