import Measurements

/// A grid of cells: the picture of a screen, without a terminal.
///
/// Origin at the top left, `x` to the right, `y` down. Every write is clipped, so a panel
/// may draw as if it had room: at 1x1 it draws one cell, at 0x0 none. A character of two columns has
/// two cells, or none: half of one is a space.
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
        for x in 0..<width { self[x, y].write(to: &text) }
        return String(text)
    }

    /// Writes one character of one column.
    mutating func put(_ scalar: Unicode.Scalar, _ x: Int, _ y: Int, _ role: Role, _ ground: Ground? = nil) {
        set(scalar.terminalSign == .narrow ? scalar : "?", x, y, role, ground)
    }

    private mutating func set(_ scalar: Unicode.Scalar, _ x: Int, _ y: Int, _ role: Role, _ ground: Ground?) {
        guard contains(x, y) else { return }
        clearHalves(x, y)
        let index = y * width + x
        cells[index].scalar = scalar
        cells[index].marks = CombiningMarks()
        cells[index].style.role = role
        if let ground { cells[index].style.ground = ground }
    }

    /// Writes one character of two columns. One that does not fit whole is a space.
    private mutating func putWide(_ scalar: Unicode.Scalar, _ x: Int, _ y: Int, _ role: Role, _ ground: Ground?) {
        let fits = contains(x, y) && contains(x + 1, y)
        set(fits ? scalar : " ", x, y, role, ground)
        set(fits ? Cell.secondHalf : " ", x + 1, y, role, ground)
    }

    /// Before a cell is written: what is left of a character of two columns is a space.
    private mutating func clearHalves(_ x: Int, _ y: Int) {
        let index = y * width + x
        if cells[index].isSecondHalf, x > 0 { cells[index - 1].empty() }
        if x + 1 < width, cells[index + 1].isSecondHalf { cells[index + 1].empty() }
    }

    /// Writes text from `x` on and answers where it ended, clipped or not.
    @discardableResult
    mutating func text(_ text: String, _ x: Int, _ y: Int, _ role: Role, _ ground: Ground? = nil) -> Int {
        var column = x, last: Int?
        for scalar in text.unicodeScalars {
            switch scalar.terminalSign {
            case .narrow:
                set(scalar, column, y, role, ground)
                last = column
                column += 1
            case .wide:
                putWide(scalar, column, y, role, ground)
                last = contains(column + 1, y) ? column : nil
                column += 2
            case .mark: if let last, contains(last, y) { cells[y * width + last].marks.append(scalar) }
            case .joiner: break
            case .unfit:
                set("?", column, y, role, ground)
                last = nil
                column += 1
            }
        }
        return column
    }

    /// Writes text that ends before column `end`.
    mutating func text(_ text: String, endingAt end: Int, _ y: Int, _ role: Role) {
        self.text(text, end - text.columns, y, role)
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
            for x in [region.x, region.x + part.width - 1] where part.width > 0 && contains(x, region.y + y) { clearHalves(x, region.y + y) }
            for x in 0..<part.width where contains(region.x + x, region.y + y) {
                let isCut = x + 1 < part.width && part[x + 1, y].isSecondHalf ? !contains(region.x + x + 1, region.y + y)
                    : part[x, y].isSecondHalf && !contains(region.x + x - 1, region.y + y)
                var cell = part[x, y]
                if isCut { cell.empty() }
                cells[(region.y + y) * width + region.x + x] = cell
            }
        }
    }

    private func contains(_ x: Int, _ y: Int) -> Bool {
        x >= 0 && x < width && y >= 0 && y < height
    }
}

/// One character of the screen and how it is meant.
package struct Cell: Equatable, Sendable {
    package var scalar: Unicode.Scalar
    /// Drawn over the character.
    package var marks = CombiningMarks()
    package var style: Style

    static let blank = Cell(scalar: " ", style: Style(role: .text, ground: .plain))
    static let secondHalf: Unicode.Scalar = "\0"

    /// The character in the cell before takes this one too.
    package var isSecondHalf: Bool { scalar == Cell.secondHalf }

    /// Adds its characters to a line of text.
    package func write(to text: inout String.UnicodeScalarView) {
        guard !isSecondHalf else { return }
        text.append(scalar)
        for mark in marks.scalars { text.append(mark) }
    }

    fileprivate mutating func empty() { (scalar, marks) = (" ", CombiningMarks()) }
}

/// The marks over a character, at most three: curses has five characters in a cell, and writing has no more than three.
package struct CombiningMarks: Equatable, Sendable {
    // 0 for none. No array: a frame has thousands of cells, and next to none has a mark.
    private var first: UInt32 = 0, second: UInt32 = 0, third: UInt32 = 0

    /// Adds one; beyond three it is left out.
    mutating func append(_ mark: Unicode.Scalar) {
        if first == 0 { first = mark.value } else if second == 0 { second = mark.value } else if third == 0 { third = mark.value }
    }

    package var isEmpty: Bool { first == 0 }

    package var scalars: [Unicode.Scalar] { first == 0 ? [] : [first, second, third].compactMap { $0 == 0 ? nil : Unicode.Scalar($0) } }
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
        width += text.columns
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
