package import Measurements

/// Which events the list shows: from a level on, and those whose words pass a filter.
package struct EventList: Equatable, Sendable {
    package private(set) var level = Event.Level.info
    /// As it was typed; empty for none. Words that have to be there, and with ! those that must not.
    package var filterText: String { input.text }
    /// Keys are text.
    package var isTyping: Bool { input.isTyping }
    private var input = FilterInput()
    /// The event whose evidence has the list's place; nil: the list.
    package private(set) var opened: Event?

    /// Info, warnings and errors; without the first; errors alone.
    mutating func nextLevel() {
        level = switch level {
        case .info: .warning
        case .warning: .error
        case .error: .info
        }
    }

    var isFiltered: Bool { level != .info || !filterText.isEmpty }

    mutating func clear() {
        level = .info
        input.clear()
    }

    /// "warn+", "error"; empty for all.
    var levelName: String {
        switch level {
        case .info: ""
        case .warning: "warn+"
        case .error: "error"
        }
    }

    /// Those that pass, in their order.
    func events(_ events: [Event]) -> [Event] {
        guard isFiltered else { return events }
        let words = filterText.lowercased().split(separator: " ")
        return events.filter { event in
            guard event.level >= level else { return false }
            let text = "\(event.source) \(event.text)".lowercased()
            return words.allSatisfy { $0.hasPrefix("!") && $0.count > 1 ? !text.contains($0.dropFirst()) : text.contains($0) }
        }
    }

    /// Shows the evidence of an event in the list's place. - Returns: false where it has none.
    mutating func open(_ event: Event) -> Bool {
        guard event.evidence != nil else { return false }
        opened = event
        return true
    }

    mutating func close() { opened = nil }

    mutating func beginTyping() { input.beginTyping() }

    /// One key of the filter as it is typed. False for a key that is no text: it is a command as ever.
    mutating func type(_ key: Key) -> Bool { input.type(key) }
}
