internal import ArgumentParser
internal import Dashboard
internal import Glibc
internal import Load
internal import Measurements
internal import Recording
internal import Terminal
internal import Workload

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
    private let load: RecordedLoad
    /// Of the sample shown last that has one: after the load still its last.
    private var phase: String?
    /// What is not to be read, by its line; each is an event too.
    private var damages: [Int: RecordingError] = [:]
    private var hasCutOffLine = false
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
        load = RecordedLoad(plan: header.plan)
        dashboard = screen.dashboard(RunDescription(header.plan, load.part(inPhase: nil)))
    }

    /// Plays until somebody has seen enough, and gives the terminal back.
    ///
    /// Errors: what is wrong with the recording, also where the rest of it was shown.
    func perform() throws {
        do {
            defer { terminal.close() }
            try play()
        }
        let worst = damages.values.filter { $0.cause != .cutOff }.min { ($0.line ?? 0) < ($1.line ?? 0) }
        if let worst {
            let others = damages.count - 1
            throw RunError(worst.description + (others > 0 ? " (and \(others) more lines)" : ""))
        }
        for cutOff in damages.values { Output.error.line("highwater: warning: \(cutOff.description); left out") }
    }

    private func play() throws {
        reader.stopWaiting()
        try readMore()
        var last = clock.now
        while !hasHungUp {
            if follows { try readMore() }
            let now = clock.now
            if isAtEnd { playhead.seek(to: end, upTo: end) } else { playhead.pass(now - last, upTo: end) }
            last = now
            showDue()
            draw()
            for key in wait() where answer(key) { return }
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
            if line.timeNanoseconds > 0 || line.isEvent || line.error != nil { keep(line) }
        }
        // A file that is followed may yet get the rest.
        if !hasCutOffLine, !follows || reader.isPipe && reader.hasEnded, let line = reader.cutOffLine {
            hasCutOffLine = true
            keep(line)
        }
    }

    private func keep(_ line: RecordingLine) {
        lines.append(line)
        damages[line.number] = line.error
    }

    /// Shows what a line holds; where it is damaged, that.
    private func show(_ line: RecordingLine) {
        do throws(RecordingError) {
            switch try line.parsed() {
            case .sample(let sample):
                dashboard.add(sample)
                phase = sample.phase ?? phase
            case .event(let event): dashboard.add(event)
            case .summary, .other: break
            }
        } catch {
            damages[line.number] = error
            dashboard.add(Event(
                timeNanoseconds: line.timeNanoseconds, level: error.cause == .cutOff ? .warning : .error, source: "replay",
                text: "line \(line.number): \(error.cause.description); left out"))
        }
    }

    private func showDue() {
        while shownCount < lines.count, Duration.nanoseconds(lines[shownCount].timeNanoseconds) <= playhead.position {
            show(lines[shownCount])
            shownCount += 1
            isStale = true
        }
        let isOver = shownCount == lines.count && (!follows || reader.hasEnded && reader.isPipe)
        let state: RunDescription.State = isOver ? .ended : .running
        let part = load.part(inPhase: phase)
        var run = dashboard.run
        run.state = state
        run.loadText = "\(part.text), replay \(Figure.threeDigits(playhead.speed))x"
        run.load = LoadState(connections: part.connections, streams: part.streams)
        if run != dashboard.run { isStale = true }
        dashboard.run = run
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
    private func answer(_ key: Key) -> Bool {
        isStale = true
        if key == .hangup { hasHungUp = true }
        // Over help and the list of themes, keys mean what they mean there.
        guard let command = dashboard.command(for: key), !dashboard.showsHelp, dashboard.picker == nil else {
            return perform(dashboard.handle(key))
        }
        dashboard.notice = nil
        switch command {
        case .left: seek(to: playhead.position - ReplayRun.step)
        case .right: seek(to: playhead.position + ReplayRun.step)
        case .toStart: seek(to: .zero)
        case .toEnd:
            seek(to: end)
            isAtEnd = follows
        case .leapBack: playhead.changeSpeed(by: 0.5)
        case .leapForth: playhead.changeSpeed(by: 2)
        case .momentForth: seek(to: next { !$0.isEvent })
        case .nextMatch: seek(to: next { $0.isEvent })
        case .pause:
            playhead.isPlaying.toggle()
            isAtEnd = false
            return perform(dashboard.perform(.pause))
        default: return perform(dashboard.perform(command))
        }
        return false
    }

    /// true: that was enough.
    private func perform(_ action: Action?) -> Bool {
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

    private func seek(to target: Duration) {
        let before = playhead.position
        isAtEnd = false
        playhead.seek(to: target, upTo: end)
        // Held still, the display would not show where we went.
        if dashboard.isPaused { _ = dashboard.handle(.character(" ")) }
        if playhead.position < before {
            dashboard.forgetRun()
            let due = lines.firstIndex { Duration.nanoseconds($0.timeNanoseconds) > playhead.position } ?? lines.count
            shownCount = max(0, due - History.defaultCapacity)
            phase = nil
        }
        showDue()
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
    fileprivate init(_ plan: JSON, _ load: RecordedLoad.Part) {
        let hasClients = plan["client"] != nil, hasServer = plan["server"] != nil
        self.init(
            address: plan[path: "client.target"]?.string ?? plan[path: "server.listen"]?.string ?? "",
            protocolName: (try? Plan(json: plan))?.protocolName ?? (hasClients ? "h2c" : "h1+h2c"),
            load: LoadState(connections: load.connections, streams: load.streams), loadText: load.text, hasServer: hasServer,
            hasClients: hasClients)
    }
}
