/// GridFigure over time as an area that grows from the floor, the newest at the right edge.
///
/// In braille a cell holds two figures side by side, otherwise one: the higher of the two.
struct Graph {
    /// Oldest first, two for each cell; nil where there is none.
    var values: [Double?]
    /// The value at the top.
    var top: Double
    var gradient: Gradient
    /// Coloured by the height of each cell, or, in a single row, by the value.
    func draw(in region: Region, _ frame: inout Frame, _ glyphs: GlyphSet) {
        guard region.width > 0, region.height > 0 else { return }
        for column in 0..<region.width {
            // Counted from the right edge, two figures a cell.
            let fromRight = (region.width - 1 - column) * 2
            let right = value(fromRight), left = value(fromRight + 1)
            guard left != nil || right != nil else { continue }
            for row in 0..<region.height {
                // Rows count from the floor.
                let cell = cell(left, right, row, region.height, glyphs)
                guard let cell else { continue }
                frame.put(cell.0, region.x + column, region.y + region.height - 1 - row, cell.1)
            }
        }
    }

    /// The next of 1, 2, 5, 10, 20 ... at or above: a top that does not move with every sample.
    static func niceTop(_ value: Double) -> Double {
        guard value.isFinite, value > 0 else { return 1 }
        var decade = 1.0
        while decade * 10 <= value { decade *= 10 }
        while decade > value { decade /= 10 }
        return [1, 1.5, 2, 3, 5, 7.5, 10].map { $0 * decade }.first { $0 >= value } ?? value
    }

    private func value(_ fromRight: Int) -> Double? {
        let index = values.count - 1 - fromRight
        return index >= 0 ? values[index] : nil
    }

    private func cell(
        _ left: Double?, _ right: Double?, _ row: Int, _ rows: Int, _ glyphs: GlyphSet
    ) -> (Unicode.Scalar, Role)? {
        let highest = max(left ?? 0, right ?? 0)
        let role: Role = rows == 1 ? .coarse(gradient, highest / top) : .scale(gradient, (Double(row) + 0.5) / Double(rows))
        switch glyphs {
        case .braille:
            let leftDots = dots(left, row, rows, 4), rightDots = dots(right, row, rows, 4)
            if leftDots + rightDots == 0 {
                return row == 0 ? (left == nil ? "⢀" : right == nil ? "⡀" : "⣀", .faint) : nil
            }
            // Bit values of the left and right dots, from the floor up.
            let leftBits: [UInt32] = [0x00, 0x40, 0x44, 0x46, 0x47], rightBits: [UInt32] = [0x00, 0x80, 0xA0, 0xB0, 0xB8]
            let scalar = Unicode.Scalar(0x2800 + leftBits[leftDots] + rightBits[rightDots])
            return (scalar ?? "?", role)
        case .block:
            let eighths = dots(highest, row, rows, 8)
            if eighths == 0 { return row == 0 ? ("▁", .faint) : nil }
            return (glyphs.columnEighths(eighths), role)
        case .ascii:
            switch dots(highest, row, rows, 3) {
            case 0: return row == 0 ? (".", .faint) : nil
            case 1: return (".", role)
            case 2: return (":", role)
            default: return ("#", role)
            }
        }
    }

    /// Dots of one figure within one row of cells. Something is never nothing: it gets one dot.
    private func dots(_ value: Double?, _ row: Int, _ rows: Int, _ perCell: Int) -> Int {
        guard let value, value > 0, top > 0 else { return 0 }
        let level = max(1, Int((min(1, value / top) * Double(rows * perCell)).rounded()))
        return min(perCell, max(0, level - row * perCell))
    }
}
