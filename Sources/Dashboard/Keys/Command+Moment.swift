/// Commands that do something in some runs only, and those that do something else in a replay.
extension Command {
    /// Whether it does anything in this run: the footer and the help leave out what does not.
    func works(in run: RunDescription) -> Bool {
        switch self {
        case .loadUp, .loadDown, .loadPause, .loadQuantity, .cacheScope, .reconnectAll: run.control != nil && run.hasClients
        case .writePolicy, .closeConnection: run.control != nil && run.hasServer && !run.isWatched
        case .slowReader: run.control != nil && (run.hasServer && !run.isWatched || run.hasClients)
        case .shorterInterval, .longerInterval, .forget: run.intervalMilliseconds != nil
        case .toStart, .toEnd: run.isReplay
        default: true
        }
    }

    /// The help that holds in every panel: commands that share a line, and its words.
    static func helpLines(of run: RunDescription) -> [(commands: [Command], words: String)] {
        var lines = helpLines.map { (commands: $0.commands.filter { $0.works(in: run) }, words: $0.words) }.filter { !$0.commands.isEmpty }
        guard run.isReplay else { return lines }
        let moving = Set(replayLines.flatMap { $0.commands })
        let place = lines.firstIndex { moving.contains($0.commands[0]) } ?? lines.count
        lines.removeAll { moving.contains($0.commands[0]) }
        lines.insert(contentsOf: replayLines, at: place)
        return lines
    }

    private static let replayLines: [(commands: [Command], words: String)] = [
        ([.pause], "stop, and play on"), ([.left, .right], "ten seconds back, on"), ([.toStart, .toEnd], "to the start, to the end"),
        ([.momentBack, .momentForth], "the sample before, the next"), ([.nextMatch], "to the next event"),
        ([.leapBack, .leapForth], "slower, faster"),
    ]
}
