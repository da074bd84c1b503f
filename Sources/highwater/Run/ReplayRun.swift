internal import ArgumentParser
internal import Dashboard
internal import Glibc
internal import Measurements
internal import Terminal

/// A recording on the screen: what a dashboard drew live it draws again.
///
/// One thread, asleep in `poll` until a key, a signal, more of the recording or the next sample
/// is due. All lines are kept unparsed; going back parses those that the history holds.
final class ReplayRun {
    private let screen: DashboardScreen
    private let terminal: Terminal
    private let signals: SignalInbox
    private let follows: Bool
    private let clock = ContinuousClock()
    private var reader: RecordingReader
    private var lines: [RecordingLine] = []
    /// Lines that the dashboard has.
    private var shownCount = 0
    private var dashboard: Dashboard
    private let loadName: String
    private var playhead: Playhead
    /// Following: shows what comes as it comes, until somebody goes back.
    private var isAtEnd: Bool
    private var isStale = true
    private var hasHungUp = false

    /// Between two looks at a file that grows, or at an end that has been reached.
    private static let longestWait = Duration.milliseconds(250)
    /// Shorter would only draw what nobody can see.
    private static let shortestWait = Duration.milliseconds(30)
    private static let step = Duration.seconds(10)

    init(_ reader: consuming RecordingReader, _ setup: ScreenSetup, input: Int32, speed: Double, follows: Bool) throws {
        let header = reader.header
        self.reader = reader
        self.follows = follows
        isAtEnd = follows
        signals = try SignalInbox(others: [SIGWINCH, SIGCONT])
        screen = try DashboardScreen(setup, input: input)
        terminal = screen.terminal
        playhead = Playhead(speed: speed)
        let description = RunDescription(header.plan)
        loadName = description.load
        dashboard = screen.dashboard(description)
    }

    func perform() throws {
        defer { terminal.close() }
        reader.stopWaiting()
        try readMore()
        var last = clock.now
        while !hasHungUp {
            if follows { try readMore() }
            let now = clock.now
            if isAtEnd { playhead.seek(to: end, upTo: end) } else { playhead.pass(now - last, upTo: end) }
            last = now
            try showDue()
            draw()
            for key in wait() where try answer(key) { return }
            if screen.takeLateAnswer() { isStale = true }
            while let signal = signals.next() {
                if SignalInbox.endings.contains(signal) { throw ExitCode(128 + signal) }
                if signal == SIGCONT {
                    // Whoever had the terminal while we were stopped left it as they liked.
                    terminal.suspend()
                    terminal.resume()
                } else {
                    terminal.sizeDidChange()
                }
                isStale = true
            }
        }
    }

    /// The last recorded time.
    private var end: Duration { .nanoseconds(lines.last?.timeNanoseconds ?? 0) }

    private func readMore() throws(RecordingError) {
        while let line = try reader.nextLine() {
            // The summary says again what the samples said.
            if line.timeNanoseconds > 0 || line.isEvent { lines.append(line) }
        }
    }

    private func showDue() throws(RecordingError) {
        while shownCount < lines.count, Duration.nanoseconds(lines[shownCount].timeNanoseconds) <= playhead.position {
            switch try lines[shownCount].parsed() {
            case .sample(let sample): dashboard.add(sample)
            case .event(let event): dashboard.add(event)
            case .summary, .other: break
            }
            shownCount += 1
            isStale = true
        }
        let isOver = shownCount == lines.count && (!follows || reader.hasEnded && reader.isPipe)
        let state: RunDescription.State = isOver ? .ended : .running
        let load = "\(loadName), replay \(Figure.threeDigits(playhead.speed))x"
        if dashboard.run.state != state || dashboard.run.load != load { isStale = true }
        dashboard.run.state = state
        dashboard.run.load = load
    }

    private func wait() -> [Key] {
        var patience = ReplayRun.longestWait
        if playhead.isPlaying, shownCount < lines.count {
            let due = (Duration.nanoseconds(lines[shownCount].timeNanoseconds) - playhead.position) / playhead.speed
            patience = min(patience, max(due, ReplayRun.shortestWait))
        }
        if let escape = terminal.keyTimeoutMilliseconds { patience = min(patience, .milliseconds(Int(escape))) }
        let input = terminal.inputDescriptor
        // A file can always be read and a pipe at its end too: those are looked at now and then.
        let source = follows && reader.isPipe && !reader.hasEnded ? reader.descriptor : -1
        let isOver = !Polling.wait(
            for: [input, signals.descriptor, source], writing: terminal.wantsToWrite ? input : nil, atMost: patience)
        terminal.sendUnsent()
        return isOver && terminal.keyTimeoutMilliseconds != nil ? terminal.flushKeys() : terminal.readKeys()
    }

    /// true: that was enough.
    private func answer(_ key: Key) throws(RecordingError) -> Bool {
        isStale = true
        if key == .hangup { hasHungUp = true }
        // Over help and the list of themes, keys mean what they mean there.
        guard let command = dashboard.command(for: key), !dashboard.showsHelp, dashboard.picker == nil else {
            return try perform(dashboard.handle(key))
        }
        dashboard.notice = nil
        switch command {
        case .left: try seek(to: playhead.position - ReplayRun.step)
        case .right: try seek(to: playhead.position + ReplayRun.step)
        case .toStart: try seek(to: .zero)
        case .toEnd:
            try seek(to: end)
            isAtEnd = follows
        case .leapBack: playhead.changeSpeed(by: 0.5)
        case .leapForth: playhead.changeSpeed(by: 2)
        case .momentForth: try seek(to: next { !$0.isEvent })
        case .nextMatch: try seek(to: next { $0.isEvent })
        case .pause:
            playhead.isPlaying.toggle()
            isAtEnd = false
            return try perform(dashboard.perform(.pause))
        default: return try perform(dashboard.perform(command))
        }
        return false
    }

    /// true: that was enough.
    private func perform(_ action: Action?) throws(RecordingError) -> Bool {
        switch action {
        case .quit, .quitAndLeaveScreen: return true
        case .suspend:
            terminal.suspend()
            SignalInbox.withDefaultAction(of: SIGTSTP) { _ = kill(0, SIGTSTP) }
            terminal.resume()
        case .export:
            do throws(RunError) { dashboard.notice = "wrote \(try ScreenExport.write(dashboard, terminal))" } catch {
                dashboard.notice = "cannot write \(error.description)"
            }
        case let action?: _ = screen.perform(action, on: &dashboard)
        case nil: break
        }
        return false
    }

    private func next(_ isWanted: (RecordingLine) -> Bool) -> Duration {
        lines[shownCount...].first(where: isWanted).map { .nanoseconds($0.timeNanoseconds) } ?? end
    }

    private func seek(to target: Duration) throws(RecordingError) {
        let before = playhead.position
        isAtEnd = false
        playhead.seek(to: target, upTo: end)
        // Held still, the display would not show where we went.
        if dashboard.isPaused { _ = dashboard.handle(.character(" ")) }
        if playhead.position < before {
            dashboard.forgetRun()
            let due = lines.firstIndex { Duration.nanoseconds($0.timeNanoseconds) > playhead.position } ?? lines.count
            shownCount = max(0, due - History.defaultCapacity)
        }
        try showDue()
        if !playhead.isPlaying { _ = dashboard.handle(.character(" ")) }
    }

    private func draw() {
        guard isStale, !terminal.wantsToWrite else { return }
        screen.show(&dashboard)
        isStale = false
    }
}

extension RunDescription {
    /// What a recording's header says of its run.
    fileprivate init(_ plan: JSON) {
        func count(_ path: String) -> Int { plan[path: path]?.number.flatMap { Int(exactly: $0) } ?? 0 }
        let hasClients = plan["client"] != nil, hasServer = plan["server"] != nil
        self.init(
            address: plan[path: "client.target"]?.string ?? plan[path: "server.listen"]?.string ?? "",
            protocolName: hasClients ? "h2c" : "h1+h2c", connections: count("client.connections"),
            streams: count("client.streams"),
            load: plan[path: "client.rate"]?.number.map { "open \(JSON.number($0).text)/s" } ?? "closed",
            hasServer: hasServer, hasClients: hasClients)
    }
}
