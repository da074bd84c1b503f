import Measurements

/// Memory of a server that is watched, and the turns of its event loops; below, the checks of the probe.
struct MemoryPanel: Panel {
    func badge(_ view: View) -> String {
        guard let moment = view.listedMoment, let watch = moment.watch, moment.knows(.processDetails) else { return "" }
        return watch.processes == 1 ? "1 process" : "\(GridFigure.count(watch.processes)) processes"
    }

    func draw(_ view: View, on frame: inout Frame) {
        guard view.run.hasServer else {
            frame.note(view.run.serverNote)
            return
        }
        guard let moment = view.listedMoment, let watch = moment.watch else {
            frame.note("waiting for the first sample")
            return
        }
        let lines = MemoryPanel.lines(moment, watch, view.glyphs)
        for (y, parts) in lines.prefix(frame.height).enumerated() { frame.line(MemoryPanel.line(parts, width: frame.width - 2), 1, y) }
        var top = lines.count
        if !moment.knows(.heap), frame.height - top >= 3 {
            frame.text(MemoryPanel.note(moment, view.run).left(frame.width - 2), 1, top, .dim)
            top += 1
        }
        guard frame.height - top >= 2 else { return }
        graph(view, Region(x: 1, y: top, width: frame.width - 2, height: frame.height - top), &frame)
    }

    /// Why the heap is not known: no probe is in the server, or the probe sees no call of malloc.
    private static func note(_ moment: Moment, _ run: RunDescription) -> String {
        moment.knows(.findings) ? "heap not visible: no call of glibc's malloc is seen" : run.serverNote
    }

    /// A name, its figure, and the figure's role.
    typealias Part = (name: String, figure: String, role: Role)

    /// The figures by lines, the most telling first.
    static func lines(_ moment: Moment, _ watch: WatchSample, _ glyphs: GlyphSet) -> [[Part]] {
        func known(_ figures: UnknownFigures, _ figure: @autoclosure () -> String, _ role: Role = .text) -> (String, Role) {
            moment.knows(figures) ? (figure(), role) : ("-", .dim)
        }
        func part(_ name: String, _ figure: (text: String, role: Role), width: Int) -> Part { (name, figure.text.left(width), figure.role) }
        let allocations = moment.rates.requests > 0
            ? GridFigure.count(moment.rates.allocations / moment.rates.requests) + "/req" : GridFigure.count(moment.rates.allocations.rounded()) + "/s"
        let lag = moment.server?.loops.lagNanoseconds ?? 0
        let loops = max(1, moment.server?.loops.count ?? 1)
        let perTurn = moment.rates.turns > 0 ? moment.rates.readySockets / moment.rates.turns : 0
        var lines: [[Part]] = [
            [
                part("heap", known(.heap, GridFigure.bytes(watch.heapBytes), .strong), width: 9),
                part("resident", known(.residentMemory, GridFigure.bytes(watch.residentBytes)), width: 9),
                part("malloc", known(.allocations, allocations), width: 9),
            ],
            [
                part("busy", known(.loopDetails, GridFigure.percent(moment.rates.busy / Double(loops))), width: 6),
                part("turn", known(.loopLag, GridFigure.duration(lag, glyphs), .scale(.age, PendingPanel.age(lag))), width: 8),
                part("ready", known(.loopDetails, Figure.fixed(perTurn, decimals: 1)), width: 6),
                // From there on libuv polls again within a turn: the threshold of a whole class of bugs.
                part("most", known(.loopDetails, GridFigure.count(watch.readySocketsMost), watch.readySocketsMost >= 1024 ? .warn : .text), width: 6),
            ],
        ]
        if moment.knows(.findings) {
            let findings = watch.findings
            lines.append([
                part("FINDINGS", (GridFigure.count(findings), findings == 0 ? .ok : .crit), width: 6),
                part("checked", (GridFigure.count(watch.continuityChecks &+ watch.auditChecks), .text), width: 7),
                part("cut", (GridFigure.count(watch.cutWrites), watch.cutWrites == 0 ? .dim : .text), width: 7),
            ])
        }
        lines.append([
            part("threads", known(.processDetails, GridFigure.count(watch.threads)), width: 6),
            part("files", known(.processDetails, GridFigure.count(watch.openFileDescriptors)), width: 6),
            part("kernel", known(.kernel, GridFigure.bytes(watch.kernel.queuedBytes)), width: 9),
        ])
        return lines
    }

    /// As many of them as fit.
    private static func line(_ parts: [Part], width: Int) -> Line {
        var line = Line()
        // Where not all fit, the known ones do.
        let known = parts.filter { !$0.figure.hasPrefix("-") }, all = known.reduce(0) { $0 + $1.name.columns + $1.figure.columns + 2 }
        for (name, figure, role) in all > width || known.count == parts.count ? known : parts {
            line.add(within: width) {
                $0.add(name + " ", .dim)
                $0.add(figure + " ", role)
            }
        }
        return line
    }

    /// Live bytes over time; resident ones where malloc is not seen.
    private func graph(_ view: View, _ region: Region, _ frame: inout Frame) {
        let knowsHeap = view.moment?.knows(.heap) == true
        let name = knowsHeap ? "heap" : "resident"
        let place = Region(x: region.x + 9, y: region.y, width: region.width - 9, height: region.height)
        let values = view.recent(place.width, .highest) { moment in
            moment.knows(knowsHeap ? .heap : .residentMemory) ? moment.watch.map { Double(knowsHeap ? $0.heapBytes : $0.residentBytes) } : nil
        }
        frame.text(name, region.x, region.y + region.height - 1, .dim)
        if region.height > 1 { frame.text(GridFigure.shortBytes(Int(values.most)), region.x, region.y + region.height - 2, .text) }
        Graph(values: values, top: Graph.niceTop(values.most), gradient: .arena).draw(in: place, &frame, view.glyphs)
        Marks(view, columns: place.width).draw(in: place, &frame, view.glyphs)
    }
}
