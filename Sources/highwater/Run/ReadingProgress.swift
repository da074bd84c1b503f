internal import Measurements

/// How far a long recording has been read: a line that is written over, on a terminal and nowhere else.
struct ReadingProgress {
    private let name: String
    private let clock = SuspendingClock()
    private let isShown: Bool
    /// When to look again.
    private var due: SuspendingClock.Instant
    private var isWritten = false

    /// A shorter one needs no line.
    private static let patience = Duration.milliseconds(500)
    private static let interval = Duration.milliseconds(200)

    /// - Parameter name: the file's.
    init(of name: String) {
        self.name = name
        isShown = Output.error.isTerminal
        due = clock.now + ReadingProgress.patience
    }

    /// - Parameter share: how much has been read, 0 to 1; nil where that is not known.
    mutating func show(_ share: @autoclosure () -> Double?) {
        guard isShown, clock.now >= due else { return }
        due = clock.now + ReadingProgress.interval
        guard Output.error.isInForeground else { return }
        let words = share().map { "  \(Figure.percent($0))" } ?? ""
        let room = max(0, Output.error.columns - 1 - words.count)
        isWritten = Output.error.overwrite(String("reading \(name)".prefix(room)) + words) || isWritten
    }

    /// Clears the line.
    func end() { if isWritten { _ = Output.error.overwrite("") } }
}
