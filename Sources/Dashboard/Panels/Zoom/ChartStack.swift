/// Figures over time, one below the other on one time axis: a name, the figure now, the most, and a graph.
struct ChartStack {
    struct Chart {
        let name: String
        let gradient: Gradient
        /// As wide whatever the figure is; six cells.
        let text: (Double) -> String
        /// The value at the top; nil for the next round number above the most that is shown.
        var top: Double?
        /// nil where there was nothing to measure.
        let value: (Moment) -> Double?
    }

    let charts: [Chart]

    /// Rows of a chart below which the last charts are left out.
    private static let leastRows = 2
    private static let labelWidth = 19

    func draw(in region: Region, _ view: View, _ frame: inout Frame) {
        guard region.height > 0, region.width > ChartStack.labelWidth + 4 else { return }
        let shown = charts.prefix(max(1, region.height / ChartStack.leastRows))
        var y = region.y
        for (index, chart) in shown.enumerated() {
            let rows = (region.y + region.height - y) / (shown.count - index)
            draw(chart, Region(x: region.x, y: y, width: region.width, height: rows), view, &frame)
            y += rows
        }
        let graphs = graphRegion(region)
        Marks(view, columns: graphs.width).draw(in: graphs, &frame, view.glyphs)
    }

    private func graphRegion(_ region: Region) -> Region {
        Region(x: region.x + ChartStack.labelWidth, y: region.y, width: region.width - ChartStack.labelWidth - 1, height: region.height)
    }

    private func draw(_ chart: Chart, _ region: Region, _ view: View, _ frame: inout Frame) {
        let place = graphRegion(region)
        // The line between two charts is air, where there is room for it.
        let rows = region.height > ChartStack.leastRows ? region.height - 1 : region.height
        let values = view.recent(place.width, .mean, chart.value)
        let most = values.most
        frame.text(chart.name, region.x + 1, region.y, .dim)
        let now = view.moment.flatMap(chart.value)
        frame.text(now.map(chart.text) ?? "-", endingAt: region.x + ChartStack.labelWidth - 1, region.y, now == nil ? .dim : .strong)
        if rows > 1, values.contains(where: { $0 != nil }) {
            frame.text("\(view.glyphs.peak) most", region.x + 1, region.y + 1, .dim)
            frame.text(chart.text(most), endingAt: region.x + ChartStack.labelWidth - 1, region.y + 1, .dim)
        }
        let graph = Region(x: place.x, y: region.y, width: place.width, height: rows)
        Graph(values: values, top: chart.top ?? Graph.niceTop(most), gradient: chart.gradient).draw(in: graph, &frame, view.glyphs)
    }
}
