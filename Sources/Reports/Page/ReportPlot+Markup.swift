internal import Measurements

/// One plot as HTML: a drawing that stretches, and words around it that do not.
///
/// The SVG fills its box in any shape, with lines of constant width; ticks,
/// legend and titles are text of the page, so that a telephone shows them as large as a
/// wide screen. Lines differ by colour and by dashes.
struct PlotDrawing {
    let title: String
    let note: String
    var lines: [Line] = []
    var vertical: ReportScale
    var horizontalTicks: [(position: Double, label: String)] = []
    /// Where something happened: the position, and the number it has in the list of events.
    var marks: [(position: Double, level: Event.Level, words: String)] = []
    /// Stretches of the axis and their names: the phases.
    var bands: [(from: Double, to: Double, words: String)] = []
    /// Words for a pointer that rests between two positions.
    var hints: [(from: Double, to: Double, words: String)] = []

    /// One line: its look, its points from 0 to 1 to the right and up, and gaps where there is no value.
    struct Line {
        var series: ReportPlot.Series
        var points: [(x: Double, y: Double)?]
    }

    /// The drawing's own units, each way: fine enough that rounding to one is not seen.
    private static let unit = 2_000.0

    var markup: Markup {
        """
        <figure class="plot"><figcaption><h3>\(title)</h3> <span class="note">\(note)</span>\(legend)</figcaption>
        <div class="frame"><div class="canvas"><svg viewBox="0 0 2000 2000" preserveAspectRatio="none" role="img" aria-label="\(title), \(note)">
        \(drawnBands)\(grid)\(drawnLines)\(drawnMarks)\(drawnHints)</svg>\(bandNames)</div>
        \(verticalLabels)\(horizontalLabels)</div></figure>

        """
    }

    private var legend: Markup {
        guard lines.count > 1 || lines.first.map({ $0.series.name != title.lowercased() }) == true else { return .empty }
        let items = lines.map { line -> Markup in
            """
            <li><svg class="key" viewBox="0 0 26 8" aria-hidden="true"><path class="\(PlotDrawing.look(line.series))" d="M1 4H25"/></svg>\(line.series.name)</li>
            """
        }
        return "<ul class=\"legend\">\(.joined(items))</ul>"
    }

    private static func look(_ series: ReportPlot.Series) -> Markup { "l s\(series.colour)\(series.isDashed ? " dashed" : "" as Markup)" }

    private static func across(_ share: Double) -> Int { Int((share * unit).rounded()) }
    private static func down(_ share: Double) -> Int { Int(((1 - share) * unit).rounded()) }
    /// For CSS: with a decimal, so that labels do not jump.
    private static func percent(_ share: Double) -> String { Figure.fixed(share * 100, decimals: 1) }

    private var grid: Markup {
        let rows = vertical.ticks.map { tick -> Markup in "M0 \(PlotDrawing.down(vertical.position(tick)))H2000" }
        let columns = horizontalTicks.map { tick -> Markup in "M\(PlotDrawing.across(tick.position)) 0V2000" }
        return "<path class=\"grid\" d=\"\(.joined(rows + columns))\"/>"
    }

    private var drawnLines: Markup {
        .joined(lines.map { line in
            let path = PlotDrawing.path(line.points)
            let fill: Markup = line.series.isFilled ? "<path class=\"fill s\(line.series.colour)\" d=\"\(PlotDrawing.area(line.points))\"/>" : .empty
            return "\(fill)<path class=\"\(PlotDrawing.look(line.series))\" d=\"\(path)\"/>\n"
        })
    }

    private static func path(_ points: [(x: Double, y: Double)?]) -> Markup {
        var parts: [Markup] = []
        var isOpen = false
        for (index, point) in points.enumerated() {
            guard let point else {
                isOpen = false
                continue
            }
            let place: Markup = "\(across(point.x)) \(down(point.y))"
            // Alone between two gaps: a line of no length, which round ends make a dot.
            let isAlone = !isOpen && (index + 1 >= points.count || points[index + 1] == nil)
            parts.append(isOpen ? "L\(place)" : isAlone ? "M\(place)h0" : "M\(place)")
            isOpen = true
        }
        return .joined(parts)
    }

    private static func area(_ points: [(x: Double, y: Double)?]) -> Markup {
        points.split(whereSeparator: { $0 == nil }).map { run -> Markup in
            let run = run.compactMap { $0 }
            guard let first = run.first, let last = run.last else { return .empty }
            return "M\(across(first.x)) 2000\(.joined(run.map { "L\(across($0.x)) \(down($0.y))" }))L\(across(last.x)) 2000Z"
        }.reduce(.empty, +)
    }

    private var drawnMarks: Markup {
        .joined(marks.map { mark in
            "<path class=\"mark \(mark.level.rawValue)\" d=\"M\(PlotDrawing.across(mark.position)) 0V2000\"><title>\(mark.words)</title></path>\n"
        })
    }

    private var drawnBands: Markup {
        .joined(bands.enumerated().map { index, band in
            let left = PlotDrawing.across(band.from), right = PlotDrawing.across(band.to)
            return "<path class=\"band\(index % 2 == 0 ? "" : " odd" as Markup)\" d=\"M\(left) 0H\(right)V2000H\(left)Z\"/>"
        })
    }

    private var bandNames: Markup {
        .joined(bands.map { band in
            "<span class=\"phase\" style=\"left:\(PlotDrawing.percent(band.from))%;max-width:\(PlotDrawing.percent(band.to - band.from))%\">\(band.words)</span>"
        })
    }

    private var drawnHints: Markup {
        .joined(hints.map { hint in
            let left = PlotDrawing.across(hint.from), right = PlotDrawing.across(hint.to)
            return "<path class=\"hint\" d=\"M\(left) 0H\(right)V2000H\(left)Z\"><title>\(hint.words)</title></path>\n"
        })
    }

    private var verticalLabels: Markup {
        .joined(vertical.ticks.map { tick in
            "<span class=\"y\" style=\"bottom:\(PlotDrawing.percent(vertical.position(tick)))%\">\(vertical.label(tick))</span>"
        })
    }

    private var horizontalLabels: Markup {
        .joined(horizontalTicks.map { tick in
            // The last one would stand beyond the edge of a telephone.
            let side: Markup = tick.position > 0.94 ? "x last" : tick.position < 0.03 ? "x first" : "x"
            return "<span class=\"\(side)\" style=\"left:\(PlotDrawing.percent(tick.position))%\">\(tick.label)</span>"
        })
    }
}
