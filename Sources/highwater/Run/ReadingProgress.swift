internal import Measurements

/// How far long recordings have been read: a line that is written over, on a terminal and nowhere else.
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

    /// How much of each file has been read, 0 to 1; nil where that is not known.
    private var shares: [Double?]

    /// - Parameter names: the files'.
    init(of names: [String]) {
        name = names.count == 1 ? names[0] : "\(names.count) recordings"
        shares = Array(repeating: 0, count: names.count)
        isShown = Output.error.isTerminal
        due = clock.now + ReadingProgress.patience
    }

    /// - Parameters:
    ///   - share: how much of a file has been read, 0 to 1; nil where that is not known.
    ///   - index: the file's place among those that are read.
    mutating func show(_ share: @autoclosure () -> Double?, of index: Int = 0) {
        guard isShown, clock.now >= due else { return }
        shares[index] = share()
        due = clock.now + ReadingProgress.interval
        guard Output.error.isInForeground else { return }
        let known = shares.compactMap(\.self)
        let words = known.count == shares.count ? "  \(Figure.percent(known.reduce(0, +) / Double(known.count)))" : ""
        let room = max(0, Output.error.columns - 1 - words.count)
        isWritten = Output.error.overwrite(String("reading \(name)".prefix(room)) + words) || isWritten
    }

    /// Clears the line.
    func end() { if isWritten { _ = Output.error.overwrite("") } }
}
