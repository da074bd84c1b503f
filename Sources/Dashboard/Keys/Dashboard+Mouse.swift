import Measurements

extension Dashboard {
    /// A click chooses the panel or row that it falls on, and opens the one that is chosen already; the wheel moves the list
    /// under it.
    mutating func handle(_ mouse: Mouse) -> Action? {
        question = nil
        if themes.picker != nil { return handleInPicker(mouse) }
        if showsHelp {
            switch mouse.kind {
            case .press: helpOffset = nil
            case .wheelUp: scrollHelp(-Dashboard.wheelRows)
            case .wheelDown: scrollHelp(Dashboard.wheelRows)
            }
            return nil
        }
        if mouse.y == size.height - 1, mouse.kind == .press {
            guard let command = Footer().command(at: mouse.x, view, width: size.width) else { return nil }
            return perform(command)
        }
        guard case .panels(let places) = Layout(width: size.width, height: size.height, zoomed: shownZoom, panels),
            let place = places.first(where: { $0.region.contains(mouse) })
        else { return nil }
        let isFocused = (shownZoom ?? focus) == place.kind
        switch mouse.kind {
        case .wheelUp, .wheelDown:
            let rows = mouse.kind == .wheelUp ? -Dashboard.wheelRows : Dashboard.wheelRows
            turnWheel(rows, over: place.kind, isFocused: isFocused)
        case .press:
            if !isFocused { setFocus(place.kind) }
            if mouse.y == place.region.y {
                // The border has the number of the panel and the way back.
                toggleZoom()
            } else {
                click(mouse, in: place, isFocused: isFocused)
            }
        }
        return nil
    }

    /// Rows that a notch of the wheel goes.
    private static let wheelRows = 3

    private mutating func turnWheel(_ rows: Int, over kind: PanelKind, isFocused: Bool) {
        switch kind {
        case .connections, .events:
            if !isFocused { setFocus(kind) }
            for _ in 0..<abs(rows) { step(rows.signum()) }
        // A stray notch must not stop a display that runs.
        case .arena where isFocused && zoomed == .arena: step(rows.signum())
        case .throughput, .latency, .pending, .arena, .caches: if isPaused { scrub(rows.signum()) }
        }
    }

    private mutating func click(_ mouse: Mouse, in place: Layout.Place, isFocused: Bool) {
        let inside = place.region.inside
        guard inside.contains(mouse) else { return }
        let row: Int
        switch place.kind {
        case .connections where run.hasTable && detail == nil:
            if mouse.y == inside.y {
                let x = mouse.x - inside.x
                guard let column = ConnectionColumn.column(at: x, width: inside.width, run.listed, keeping: table.order.column) else { return }
                table.order.choose(column)
                selectTop()
                return
            }
            let count = shownRows.count
            let room = ConnectionsPanel.room(inside.height)
            row = ListWindow.first(chosen: min(selection, max(0, count - 1)), count: count, room: room) + mouse.y - inside.y - 1
            guard row < count, mouse.y - inside.y - 1 < room else { return }
        case .events:
            let count = shownEvents.count
            // Without the focus it showed the newest.
            let first = isFocused ? ListWindow.first(chosen: min(selection, max(0, count - 1)), count: count, room: inside.height) : 0
            row = first + mouse.y - inside.y
            guard row < count else { return }
        default: return
        }
        if isFocused && row == selection { open() } else { select(row) }
    }

    private mutating func handleInPicker(_ mouse: Mouse) -> Action? {
        guard let picker = themes.picker else { return nil }
        switch mouse.kind {
        case .wheelUp: return perform(.up)
        case .wheelDown: return perform(.down)
        case .press:
            guard let row = picker.row(at: mouse, size.width, size.height) else { return perform(.back) }
            if row == picker.index { return perform(.open) }
            return themes.move(by: row - picker.index)
        }
    }
}

/// The part of a list that is seen: the chosen row in the middle, so that both neighbours are.
enum ListWindow {
    static func first(chosen: Int, count: Int, room: Int) -> Int {
        max(0, min(chosen - room / 2, count - room))
    }
}

extension Region {
    func contains(_ mouse: Mouse) -> Bool {
        mouse.x >= x && mouse.x < x + width && mouse.y >= y && mouse.y < y + height
    }
}
