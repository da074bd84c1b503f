/// The numbers of one loop's requests as people are told them: those of the warm-up and those after it each count from 1,
/// as the counts of the summary do.
struct RequestNumbering {
    /// The last number of the warm-up, and by how much the numbers after it are too high; nil: the run has none, or it is
    /// not over.
    private var warmup: (last: UInt64, offset: UInt64)?
    private var isWarmup: Bool

    /// - Parameter isWarmup: the run begins with one.
    init(isWarmup: Bool) { self.isWarmup = isWarmup }

    /// The warm-up is over.
    ///
    /// - Parameters:
    ///   - last: the highest number of it.
    ///   - first: the lowest number of the loop, less 1.
    mutating func endWarmup(last: UInt64, first: UInt64) {
        isWarmup = false
        warmup = (last, last &- first)
    }

    /// "request 12 of the run", "request 3 of the warm-up".
    func text(_ number: UInt64) -> String {
        guard let warmup else { return "request \(number) of the \(isWarmup ? "warm-up" : "run")" }
        return number > warmup.last ? "request \(number &- warmup.offset) of the run" : "request \(number) of the warm-up"
    }
}
