import Measurements

/// Warnings and errors since the events panel had the focus last.
struct UnreadEvents: Sendable {
    private(set) var count = 0
    private(set) var hasErrors = false
    /// The words of the last error among them.
    private(set) var lastError: String?

    mutating func count(_ event: Event) {
        guard event.level != .info else { return }
        count += 1
        guard event.level == .error else { return }
        hasErrors = true
        lastError = event.text
    }

    mutating func read() { self = UnreadEvents() }

    /// "!3", or nothing.
    var mark: String { count == 0 ? "" : "!\(GridFigure.count(count))" }

    var role: Role { hasErrors ? .crit : .warn }
}
