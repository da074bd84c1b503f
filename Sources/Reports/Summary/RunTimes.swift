internal import Measurements

/// The times of a run at which something of one kind began, in words.
enum RunTimes {
    /// Times that are named.
    private static let namedLimit = 6

    /// "at 3.10s, 6.20s of the run and 4 times more".
    ///
    /// - Parameters:
    ///   - times: the first of them, in nanoseconds since the start of the run.
    ///   - count: how often it happened.
    static func text(_ times: [UInt64], of count: Int) -> String {
        let named = times.prefix(namedLimit).map { Figure.time(nanoseconds: $0) }, rest = count - named.count
        return "at \(named.joined(separator: ", ")) of the run" + (rest > 0 ? " and \(Figure.times(rest)) more" : "")
    }
}
