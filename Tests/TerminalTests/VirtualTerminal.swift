import Measurements

/// As much of a terminal as curses uses for us: bytes in, a grid of characters and colours out.
///
/// ECMA-48 and xterm's ctlseqs: cursor moves, erasing, inserting and deleting, REP,
/// scrolling, SGR with 16, 256 and 24-bit colours. Anything else is kept in `unknown`, and
/// tests hold that empty: a wrong guess here would pass for a right screen.
struct VirtualTerminal {
    struct Cell: Equatable {
        /// 0: the second half of the character before.
        var scalar: Unicode.Scalar = " "
        var marks: [Unicode.Scalar] = []
        var attributes = Attributes()
    }

    struct Attributes: Equatable {
        var foreground: [Int] = []
        var background: [Int] = []
        var bold = false, dim = false, underline = false, reverse = false
    }

    private(set) var cells: [Cell]
    private(set) var unknown: [String] = []
    private(set) var isAlternate = false
    private(set) var isCursorShown = true
    private(set) var isMouseOn = false
    private(set) var isPasteMarked = false
    /// How often synchronized output began and ended.
    private(set) var synchronized = 0
    private(set) var desynchronized = 0
    let width: Int
    let height: Int
    private var x = 0, y = 0
    private var attributes = Attributes()
    private var last: Unicode.Scalar = " "
    private var top = 0, bottom: Int

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        bottom = height - 1
        cells = Array(repeating: Cell(), count: width * height)
    }

    func row(_ y: Int) -> String {
        var text = String.UnicodeScalarView()
        for x in 0..<width where cells[y * width + x].scalar != "\0" {
            text.append(cells[y * width + x].scalar)
            text.append(contentsOf: cells[y * width + x].marks)
        }
        return String(text)
    }

    mutating func feed(_ bytes: [UInt8]) {
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "\u{1B}": index = escape(scalars, index)
            case "\r": x = 0
            case "\n": lineFeed()
            case "\u{8}": x = max(0, x - 1)
            case "\t": x = min(width - 1, (x / 8 + 1) * 8)
            // Back to the first character set, where we are: sgr0 of older terminals.
            case "\u{F}": break
            case "\u{0}"..."\u{1F}": unknown.append("control \(scalar.value)")
            default: put(scalar)
            }
        }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        // Wraps only when the next character comes.
        if x == width {
            x = 0
            lineFeed()
        }
        switch scalar.terminalSign {
        case .mark:
            let place = y * width + x - 1
            return cells[cells[place].scalar == "\0" ? place - 1 : place].marks.append(scalar)
        case .wide:
            guard x + 1 < width else { return unknown.append("\(scalar) in the last column") }
            cells[y * width + x] = Cell(scalar: scalar, attributes: attributes)
            cells[y * width + x + 1] = Cell(scalar: "\0", attributes: attributes)
            x += 2
        case .narrow, .joiner, .unfit:
            cells[y * width + x] = Cell(scalar: scalar, attributes: attributes)
            x += 1
        }
        last = scalar
    }

    private mutating func lineFeed() {
        if y == bottom { scroll(1) } else { y = min(height - 1, y + 1) }
    }

    private mutating func scroll(_ lines: Int) {
        let count = min(lines, bottom - top + 1)
        cells.removeSubrange(top * width..<(top + count) * width)
        cells.insert(contentsOf: Array(repeating: blank, count: count * width), at: (bottom - count + 1) * width)
    }

    private var blank: Cell { Cell(scalar: " ", attributes: Attributes(background: attributes.background)) }

    private mutating func erase(_ range: Range<Int>) {
        for index in range where cells.indices.contains(index) { cells[index] = blank }
    }

    private mutating func escape(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
        guard start < scalars.count else { return start }
        switch scalars[start] {
        case "[": break
        case "(", ")": return start + 2
        case "7", "8", "=", ">", "c": return start + 1
        case "M":
            y = max(top, y - 1)
            return start + 1
        case "]":
            let end = scalars[start...].firstIndex { $0 == "\u{7}" || $0 == "\\" } ?? scalars.count - 1
            return end + 1
        default:
            unknown.append("ESC \(scalars[start])")
            return start + 1
        }
        var index = start + 1
        while index < scalars.count, (0x20...0x3F).contains(scalars[index].value) { index += 1 }
        guard index < scalars.count else { return index }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[(start + 1)..<index])
        control(String(text), scalars[index])
        return index + 1
    }

    private mutating func control(_ text: String, _ final: Unicode.Scalar) {
        if text.hasPrefix("?") { return mode(text.dropFirst(), final == "h") }
        let numbers = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        let first = numbers.first ?? 0, count = max(1, first)
        switch final {
        case "A": y = max(0, y - count)
        case "B": y = min(height - 1, y + count)
        case "C": x = min(width - 1, x + count)
        case "D": x = max(0, min(x, width - 1) - count)
        case "G": x = min(width, count) - 1
        case "d": y = min(height, count) - 1
        case "H", "f":
            y = min(height, count) - 1
            x = min(width, max(1, numbers.count > 1 ? numbers[1] : 1)) - 1
        case "J": erase(first == 0 ? y * width + x..<width * height : first == 1 ? 0..<y * width + x + 1 : 0..<width * height)
        case "K": erase(first == 0 ? y * width + min(x, width)..<(y + 1) * width : first == 1 ? y * width..<y * width + x + 1 : y * width..<(y + 1) * width)
        case "X": erase(y * width + x..<min((y + 1) * width, y * width + x + count))
        case "P":
            let removed = min(count, width - x)
            cells.removeSubrange(y * width + x..<y * width + x + removed)
            cells.insert(contentsOf: Array(repeating: blank, count: removed), at: (y + 1) * width - removed)
        case "@":
            let added = min(count, width - x)
            cells.insert(contentsOf: Array(repeating: blank, count: added), at: y * width + x)
            cells.removeSubrange((y + 1) * width..<(y + 1) * width + added)
        case "b": for _ in 0..<count { put(last) }
        case "S": scroll(count)
        case "r":
            top = max(1, first) - 1
            bottom = (numbers.count > 1 && numbers[1] > 0 ? min(height, numbers[1]) : height) - 1
            (x, y) = (0, 0)
        case "m": colours(numbers.isEmpty ? [0] : numbers)
        case "L", "M":
            let lines = min(count, bottom - y + 1)
            let empty = Array(repeating: blank, count: lines * width)
            if final == "L" {
                cells.removeSubrange((bottom - lines + 1) * width..<(bottom + 1) * width)
                cells.insert(contentsOf: empty, at: y * width)
            } else {
                cells.removeSubrange(y * width..<(y + lines) * width)
                cells.insert(contentsOf: empty, at: (bottom - lines + 1) * width)
            }
        case "l", "h", "t": break
        default: unknown.append("CSI \(text)\(final)")
        }
    }

    private mutating func mode(_ text: Substring, _ isOn: Bool) {
        for number in text.split(separator: ";").compactMap({ Int($0) }) {
            switch number {
            case 1049, 1047, 47: isAlternate = isOn
            case 25: isCursorShown = isOn
            case 2026: if isOn { synchronized += 1 } else { desynchronized += 1 }
            case 1000, 1006: isMouseOn = isOn
            case 2004: isPasteMarked = isOn
            case 1, 7, 12, 1002, 1004, 1034: break
            default: unknown.append("mode \(number)")
            }
        }
    }

    private mutating func colours(_ numbers: [Int]) {
        var rest = numbers[...]
        while let number = rest.popFirst() {
            switch number {
            case 0: attributes = Attributes()
            case 1: attributes.bold = true
            case 2: attributes.dim = true
            case 4: attributes.underline = true
            case 7: attributes.reverse = true
            case 22: (attributes.bold, attributes.dim) = (false, false)
            case 24: attributes.underline = false
            case 27: attributes.reverse = false
            case 30...37: attributes.foreground = [number - 30]
            case 90...97: attributes.foreground = [number - 82]
            case 40...47: attributes.background = [number - 40]
            case 100...107: attributes.background = [number - 92]
            case 39: attributes.foreground = []
            case 49: attributes.background = []
            case 38, 48:
                let count = rest.popFirst() == 2 ? 3 : 1
                let colour = Array(rest.prefix(count))
                rest = rest.dropFirst(count)
                if number == 38 { attributes.foreground = colour } else { attributes.background = colour }
            case 10, 23, 25, 29: break
            default: unknown.append("SGR \(number)")
            }
        }
    }
}
