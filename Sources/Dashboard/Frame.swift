/// A grid of cells: the picture of a screen, without a terminal.
///
/// Origin at the top left, `x` to the right, `y` down. Every write is clipped, so a panel
/// may draw as if it had room: at 1x1 it draws one cell, at 0x0 none.
package struct Frame: Equatable, Sendable {
    package let width: Int
    package let height: Int
    /// Row by row, `width * height` of them.
    package private(set) var cells: [Cell]

    /// An empty frame. Negative sizes count as zero.
    package init(width: Int, height: Int) {
        self.width = max(0, width)
        self.height = max(0, height)
        cells = [Cell](repeating: Cell.blank, count: self.width * self.height)
    }

    /// The cell at a place within the frame.
    package subscript(x: Int, y: Int) -> Cell {
        precondition(contains(x, y), "a cell outside the frame was asked for")
        return cells[y * width + x]
    }

    /// The text of one row, without styles.
    package func row(_ y: Int) -> String {
        var text = String.UnicodeScalarView()
        for x in 0..<width { text.append(self[x, y].scalar) }
        return String(text)
    }

    /// Writes one character. One that would take two columns, or none, is shown as `?`.
    mutating func put(_ scalar: Unicode.Scalar, _ x: Int, _ y: Int, _ role: Role, _ ground: Ground? = nil) {
        guard contains(x, y) else { return }
        let index = y * width + x
        cells[index].scalar = Frame.takesOneColumn(scalar) ? scalar : "?"
        cells[index].style.role = role
        if let ground { cells[index].style.ground = ground }
    }

    /// Writes text from `x` on and answers where it ended, clipped or not.
    @discardableResult
    mutating func text(_ text: String, _ x: Int, _ y: Int, _ role: Role, _ ground: Ground? = nil) -> Int {
        var column = x
        for scalar in text.unicodeScalars {
            put(scalar, column, y, role, ground)
            column += 1
        }
        return column
    }

    /// Writes text that ends before column `end`.
    mutating func text(_ text: String, endingAt end: Int, _ y: Int, _ role: Role) {
        self.text(text, end - text.unicodeScalars.count, y, role)
    }

    /// Writes the spans of a line and answers where they ended.
    @discardableResult
    mutating func line(_ line: Line, _ x: Int, _ y: Int) -> Int {
        var column = x
        for span in line.spans { column = text(span.text, column, y, span.role, span.ground) }
        return column
    }

    /// Changes the ground behind a row of cells.
    mutating func ground(_ ground: Ground, _ region: Region) {
        for y in region.y..<region.y + region.height {
            for x in region.x..<region.x + region.width where contains(x, y) {
                cells[y * width + x].style.ground = ground
            }
        }
    }

    /// Lets `body` draw on a frame of its own, as large as the region, and lays that here.
    mutating func draw(in region: Region, _ body: (inout Frame) -> Void) {
        var part = Frame(width: region.width, height: region.height)
        body(&part)
        for y in 0..<part.height {
            for x in 0..<part.width where contains(region.x + x, region.y + y) {
                cells[(region.y + y) * width + region.x + x] = part[x, y]
            }
        }
    }

    private func contains(_ x: Int, _ y: Int) -> Bool {
        x >= 0 && x < width && y >= 0 && y < height
    }

    /// Our own characters are one column wide; a peer's text may hold anything.
    /// Latin, Greek, Cyrillic, punctuation, arrows, boxes, blocks, shapes and braille pass.
    private static func takesOneColumn(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA1...0x2FF, 0x370...0x482, 0x48A...0x52F: scalar.value != 0xAD
        case 0x2010...0x2027, 0x2030...0x205E, 0x2070...0x20BF: true
        case 0x2190...0x2199, 0x2200...0x22FF, 0x2500...0x259F, 0x25A0...0x25FC, 0x2800...0x28FF: true
        default: false
        }
    }
}

/// One character of the screen and how it is meant.
package struct Cell: Equatable, Sendable {
    package var scalar: Unicode.Scalar
    package var style: Style

    static let blank = Cell(scalar: " ", style: Style(role: .text, ground: .plain))
}

/// A part of a frame.
struct Region: Equatable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int

    /// The part within a border of one cell.
    var inside: Region {
        Region(x: x + 1, y: y + 1, width: max(0, width - 2), height: max(0, height - 2))
    }
}

/// Words in a row, each with its role, measured before they are drawn.
struct Line {
    private(set) var spans: [(text: String, role: Role, ground: Ground?)] = []
    private(set) var width = 0

    mutating func add(_ text: String, _ role: Role, _ ground: Ground? = nil) {
        spans.append((text, role, ground))
        width += text.unicodeScalars.count
    }

    mutating func add(_ other: Line) {
        spans += other.spans
        width += other.width
    }

    /// Adds the words of `part`, if all of them fit into so many columns: half a number is another one.
    mutating func add(within limit: Int, _ part: (inout Line) -> Void) {
        var addition = Line()
        part(&addition)
        if width + addition.width <= limit { add(addition) }
    }
}
