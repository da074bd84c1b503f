import Load
import Measurements

/// The line at the bottom: which keys there are now. A click on one is as good as the key.
struct Footer {
    func draw(_ view: View, on frame: inout Frame) {
        if let question = view.question {
            frame.text(" \(question.words)", 0, 0, .strong)
            return
        }
        if view.table.isTyping || view.eventList.isTyping {
            prompt(view, &frame)
            return
        }
        for part in parts(view, width: frame.width) {
            let end = frame.text(" \(part.key) ", part.x, 0, .key)
            frame.text("\(part.name) ", end, 0, .dim)
        }
        if let notice = view.notice {
            let text = " " + notice.left(min(notice.columns, max(0, frame.width - 2))) + " "
            frame.text(text, endingAt: frame.width, 0, .strong)
        }
    }

    /// The command at a column; nil beside all of them.
    func command(at x: Int, _ view: View, width: Int) -> Command? {
        view.table.isTyping || view.eventList.isTyping || view.question != nil ? nil : parts(view, width: width).first { x >= $0.x && x < $0.x + $0.width }?.command
    }

    private struct Part {
        let key: String
        let name: String
        let command: Command
        let x: Int
        var width: Int { key.columns + name.columns + 3 }
    }

    /// As many as fit, the most needed first.
    private func parts(_ view: View, width: Int) -> [Part] {
        var wanted: [([Command], String)] = []
        /// Offers commands together, under a word of this moment or the first one's own.
        func offer(_ commands: Command..., as word: String? = nil) { wanted.append((commands, word ?? commands[0].row.label)) }
        offer(.help)
        offer(.quit)
        offer(.pause, as: view.pausedNanoseconds != nil ? "go on" : view.run.isReplay ? "stop" : nil)
        if view.run.isReplay {
            offer(.left, .right, as: "10 s")
            offer(.toStart, .toEnd, as: "ends")
            offer(.nextMatch, as: "next event")
            offer(.leapBack, .leapForth, as: "speed")
        } else if view.isPaused {
            offer(.left, .right, as: "in time")
            offer(.back)
        }
        if view.run.state == .dead { offer(.sortReverse) }
        if view.run.state != .dead {
            offer(.loadUp, .loadDown, as: view.run.quantity?.rawValue)
            offer(.loadPause, as: view.run.load.isHeld ? "load on" : nil)
            if view.run.quantity != nil { offer(.loadQuantity) }
        }
        offer(.nextPanel)
        offer(.zoom, as: view.zoomed == nil ? nil : "back")
        if view.focus == .connections || view.focus == .events { offer(.up, .down, as: "scroll") }
        if view.focus == .connections && view.run.hasTable && view.detail == nil {
            offer(.filter)
            offer(.sortNext)
            offer(.open)
        }
        if view.focus == .events {
            offer(.filter)
            offer(.eventLevel)
        }
        for command in [Command.themes, .nextLayout, .glyphs, .export, .quitAndLeave] { offer(command) }
        var parts: [Part] = []
        var x = 0
        for (commands, name) in wanted {
            let keys = commands.compactMap { view.keys.keys(of: $0).first?.label(view.glyphs) }.joined(separator: " ")
            // A command without a key is not offered.
            guard !keys.isEmpty, let command = commands.first, command.works(in: view.run) else { continue }
            let part = Part(key: keys, name: name, command: command, x: x)
            guard x + part.width < width else { continue }
            parts.append(part)
            x += part.width
        }
        return parts
    }

    /// The filter as it is typed, and its fault.
    private func prompt(_ view: View, _ frame: inout Frame) {
        var line = Line()
        line.add("/", .key)
        line.add(view.eventList.isTyping ? view.eventList.filterText : view.table.filterText, .strong)
        line.add(String(view.glyphs == .ascii ? "_" : "▏"), .key)
        if view.eventList.isTyping {
            line.add("  \(view.listedEvents.count) of \(view.events.count)", .text)
            line.add("  words, and !words that must not be there", .dim)
        } else if let error = view.table.filterError {
            line.add("  " + error.words, .crit)
        } else {
            let found = view.rows.count, all = view.listed.count
            line.add("  \(found) of \(all)", .text)
            line.add("  pend>64k age>10ms state:W proto:h2 !text", .dim)
        }
        frame.line(line, 0, 0)
    }
}
