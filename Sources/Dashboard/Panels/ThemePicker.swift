import Measurements

/// The themes there are, the one in use, and the list of them while it is laid out to choose from.
package struct ThemeChoice: Sendable {
    package var names: [String]
    package var current: String
    package private(set) var picker: ThemePicker?

    package init(_ names: [String] = [], current: String = "") {
        self.names = names
        self.current = current
    }

    /// The one after the current one, and from the last to the first; nil where there are none.
    var next: String? {
        guard !names.isEmpty else { return nil }
        return names[names.firstIndex(of: current).map { ($0 + 1) % names.count } ?? 0]
    }

    /// Lays the list out, where there are any.
    mutating func open() { picker = names.isEmpty ? nil : ThemePicker(names, current) }

    /// Does a command over the list: each step shows the theme that it goes to; Esc goes back to the one before.
    ///
    /// - Parameter page: rows of a step by page.
    mutating func perform(_ command: Command, page: Int) -> Action? {
        switch command {
        case .up, .focusUp, .left: return move(by: -1)
        case .down, .focusDown, .right, .nextTheme: return move(by: 1)
        case .pageUp: return move(by: -page)
        case .pageDown: return move(by: page)
        case .first: return move(by: -names.count)
        case .last: return move(by: names.count)
        case .back:
            defer { picker = nil }
            return picker.map { .showTheme($0.former) }
        default:
            defer { picker = nil }
            return picker.map { .keepTheme($0.chosen) }
        }
    }

    /// Chooses another row; at both ends it stays.
    mutating func move(by rows: Int) -> Action? {
        picker?.move(by: rows)
        return picker.map { .showTheme($0.chosen) }
    }
}

/// The themes as a list over everything else. The screen under and beside it shows the chosen one.
package struct ThemePicker: Sendable {
    private let names: [String]
    private(set) var index: Int
    /// The one in use before.
    let former: String

    /// - Parameter names: at least one.
    init(_ names: [String], _ current: String) {
        precondition(!names.isEmpty, "a picker of no themes")
        self.names = names
        former = current
        index = names.firstIndex(of: current) ?? 0
    }

    var chosen: String { names[index] }

    /// At both ends it stays.
    mutating func move(by rows: Int) { index = min(names.count - 1, max(0, index + rows)) }

    func draw(_ view: View, on frame: inout Frame) {
        let region = region(frame.width, frame.height)
        let room = region.height - 2
        let glyphs = view.glyphs
        guard room > 0, region.width > 6 else { return }
        let first = ListWindow.first(chosen: index, count: names.count, room: room)
        frame.draw(in: region) { box in
            box.border(Region(x: 0, y: 0, width: region.width, height: region.height), .key, glyphs)
            for y in 0..<min(room, names.count - first) {
                let isChosen = first + y == index
                box.text(names[first + y], 3, y + 1, isChosen ? .strong : .text)
                if isChosen { box.text(glyphs.selection, 1, y + 1, .key) }
            }
            if region.width >= ThemePicker.wideWidth { sample(&box, x: 26, view) }
            box.ground(.overlay, Region(x: 0, y: 0, width: region.width, height: region.height))
            if first + room > index { box.ground(.selected, Region(x: 1, y: index - first + 1, width: min(24, region.width - 2), height: 1)) }
            box.text("\(glyphs.tab.open)themes\(glyphs.tab.close)", 2, 0, .key)
            let keys = "\(view.keys.label(.open, glyphs: glyphs)) keep  \(view.keys.label(.back, glyphs: glyphs)) back"
            if region.width > keys.columns + 14 {
                box.text("\(glyphs.tab.open)\(keys)\(glyphs.tab.close)", endingAt: region.width - 2, 0, .dim)
            }
        }
    }

    /// A sample of each role and scale, with its name.
    private func sample(_ box: inout Frame, x: Int, _ view: View) {
        let words: [(String, Role)] = [
            ("title", .strong), ("text", .text), ("dim", .dim), ("faint", .faint), ("key", .key), ("ok", .ok), ("warn", .warn), ("critical", .crit),
        ]
        var column = x
        for (index, (word, role)) in words.enumerated() {
            if index == 4 { column = x }
            column = box.text(word, column, 1 + index / 4, role) + 2
        }
        let scales: [(String, Gradient)] = [
            ("requests", .throughput), ("req bytes", .receive), ("res bytes", .send), ("latency", .heat), ("age", .age), ("arena", .arena), ("hit rate", .hit),
        ]
        for (row, (name, gradient)) in scales.enumerated() where row + 4 < box.height - 1 {
            box.text(name, x, row + 4, .dim)
            let width = box.width - x - 12
            for cell in 0..<max(0, width) {
                box.put(view.glyphs.meter.full, x + 10 + cell, row + 4, .scale(gradient, Double(cell) / Double(max(1, width - 1))))
            }
        }
    }

    /// The theme under the mouse.
    func row(at mouse: Mouse, _ width: Int, _ height: Int) -> Int? {
        let region = region(width, height)
        guard region.inside.contains(mouse) else { return nil }
        let row = ListWindow.first(chosen: index, count: names.count, room: region.height - 2) + mouse.y - region.y - 1
        return names.indices.contains(row) ? row : nil
    }

    /// From here on there is room for a sample beside the list.
    private static let wideWidth = 60

    private func region(_ width: Int, _ height: Int) -> Region {
        let own = min(width, width >= ThemePicker.wideWidth + 4 ? ThemePicker.wideWidth : 28)
        let rows = min(height, max(width >= ThemePicker.wideWidth + 4 ? 13 : 3, min(names.count, 18) + 2))
        return Region(x: (width - own) / 2, y: (height - rows) / 2, width: own, height: rows)
    }
}
