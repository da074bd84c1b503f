internal import ArgumentParser
internal import Glibc
internal import Measurements
internal import Recording
internal import Reports

/// Reads the recordings of a run's parts by turns, in the order of their times, and writes the merged recording.
///
/// The next line is the earliest of all parts' next lines, so every part that runs is waited for, while it is
/// followed no longer than `patience`: then the others go on without it.
final class MergeRun {
    /// The options of the merge.
    struct Choices {
        var output = RunOutput()
        var alignment = RecordingMerge.Alignment.wall
        /// The recordings are still being written.
        var follows = false
    }

    private let choices: Choices
    private var merge: RecordingMerge
    private var inputs: [Input]
    private var recording: RecordingWriter?
    private let signals: SignalInbox
    private let clock = SuspendingClock()
    private var lastArrival: SuspendingClock.Instant

    /// A recording, and its next line.
    private struct Input {
        /// nil once it is not read any more.
        var stream: RecordingStream?
        var head: RecordingLine?
        var hasHeader = false
        /// When something came from it.
        var heard: SuspendingClock.Instant
    }

    /// How long the first lines of parts that are just being started are waited for.
    private static let headerPatience = Duration.seconds(10)
    /// How long the next sample of a part is waited for, beyond its interval.
    private static let patience = Duration.seconds(2)
    /// A part's summary follows its last sample within this.
    private static let settleTime = Duration.milliseconds(50)
    /// Between two looks at files that may have grown.
    private static let lookTime = Duration.milliseconds(50)

    /// Opens the recordings and the output. Errors: the output cannot be written, or is one of the recordings.
    init(_ files: [String], _ choices: Choices) throws {
        DescriptorLimit.raise()
        self.choices = choices
        signals = try SignalInbox()
        merge = RecordingMerge(paths: files.map { $0 == "-" ? "standard input" : $0 }, alignment: choices.alignment)
        let now = clock.now
        lastArrival = now
        inputs = files.map { _ in Input(heard: now) }
        for (index, file) in files.enumerated() {
            do throws(RecordingError) { inputs[index].stream = try RecordingStream(path: file, waits: !choices.follows) } catch {
                _ = merge.end(ofPart: index, problem: error.cause.description)
            }
        }
        if let output = choices.output.file {
            let place = output == "-" ? FileIdentity(descriptor: 1) : FileIdentity(path: output)
            if let place, inputs.contains(where: { $0.stream.flatMap { FileIdentity(descriptor: $0.descriptor) } == place }) {
                throw ValidationError("\(output): that is one of the recordings, and would be lost; write to another file")
            }
            do throws(RecordingError) { recording = try RecordingWriter(path: output) } catch { throw RunError(error.description) }
        }
    }

    /// Merges to the end and prints the summary. Errors: nothing could be merged, or the exit code after a summary.
    func perform() throws {
        var signal = awaitHeaders()
        let header = merge.begin(toolVersion: Version.number, commandLine: CommandLine.arguments)
        guard let header else {
            let problems = merge.problems
            throw RunError(problems.isEmpty ? "none of the recordings has begun" : problems.joined(separator: "\n"))
        }
        try record { (writer) throws(RecordingError) in try writer.write(header) }
        while signal == nil {
            refill()
            if let next = nextInput {
                try pop(next)
            } else if isOver {
                break
            } else {
                if merge.isGroupWhole, clock.now - lastArrival >= MergeRun.settleTime { try write(merge.flush()) }
                signal = pause()
            }
        }
        for index in inputs.indices { try write(merge.end(ofPart: index)) }
        try write(merge.flush())
        try finish(after: signal)
    }

    // MARK: Reading

    /// Reads the first lines. - Returns: a signal that ends the wait.
    private func awaitHeaders() -> Int32? {
        let end = clock.now + MergeRun.headerPatience
        while true {
            refill()
            guard inputs.contains(where: { $0.stream != nil && !$0.hasHeader }), clock.now < end else { return nil }
            if let signal = pause() { return signal }
        }
    }

    /// Reads the next line of every part that has none. Lines without a place on the time axis are taken at once.
    private func refill() {
        for index in inputs.indices {
            while inputs[index].stream != nil, inputs[index].head == nil, read(index) {}
        }
    }

    /// false when there is nothing now.
    private func read(_ index: Int) -> Bool {
        guard let stream = inputs[index].stream else { return false }
        do throws(RecordingError) {
            switch try stream.next() {
            case .header(let header)?:
                inputs[index].hasHeader = true
                pending += merge.take(header, ofPart: index)
            case .line(let line)? where line.isSample || line.isEvent:
                inputs[index].head = line
                if line.isSample, choices.follows, stream.isPipe {
                    pending += merge.noteArrival(
                        ofPart: index, sampleNanoseconds: line.timeNanoseconds, unixSeconds: Double(WallClock.unixNanoseconds) / 1e9)
                }
            case .line(let line)?:
                pending += merge.take(try line.parsed(), ofPart: index)
                // A file that is followed ends with its summary.
                if choices.follows, merge.hasEnded(index) { inputs[index].stream = nil }
            case nil:
                if stream.hasEnded, !choices.follows || stream.isPipe { close(index) }
                return false
            }
        } catch {
            close(index, error)
            return false
        }
        inputs[index].heard = clock.now
        lastArrival = clock.now
        return true
    }

    private func close(_ index: Int, _ error: RecordingError? = nil) {
        inputs[index].stream = nil
        pending += merge.end(ofPart: index, problem: error.map { ($0.line.map { "line \($0): " } ?? "") + $0.cause.description })
    }

    /// Results of reading, to be written with the next line.
    private var pending: [RecordingMerge.Item] = []

    /// The part whose line is next; nil while a part is waited for, and when there are no lines.
    private var nextInput: Int? {
        var next: (index: Int, time: UInt64)?
        for (index, input) in inputs.enumerated() {
            guard let head = input.head else {
                let isAwaited = input.stream != nil && input.hasHeader && clock.now - input.heard < MergeRun.patience + merge.interval
                if isAwaited { return nil }
                continue
            }
            let time = merge.time(head.timeNanoseconds, ofPart: index)
            if next.map({ time < $0.time }) ?? true { next = (index, time) }
        }
        return next?.index
    }

    private var isOver: Bool { inputs.allSatisfy { $0.stream == nil && $0.head == nil } }

    /// Sleeps until there may be more. - Returns: a signal.
    private func pause() -> Int32? {
        // A file can always be read; only pipes say when there is more.
        let pipes = inputs.compactMap { $0.head == nil ? $0.stream : nil }.filter { $0.isPipe && !$0.hasEnded }.map(\.descriptor)
        Polling.wait(for: [signals.descriptor] + pipes, atMost: MergeRun.lookTime)
        return signals.next()
    }

    // MARK: Writing

    private func pop(_ index: Int) throws {
        guard let line = inputs[index].head else { return }
        inputs[index].head = nil
        do throws(RecordingError) { pending += merge.take(try line.parsed(), ofPart: index) } catch { close(index, error) }
        // Its summary, if this was the last sample.
        refill()
        try write([])
    }

    private func write(_ items: [RecordingMerge.Item]) throws {
        let all = pending + items
        pending = []
        for item in all {
            switch item {
            case .sample(let sample): try record { (writer) throws(RecordingError) in try writer.write(sample) }
            case .event(let event):
                if event.source == RecordingMerge.source, event.level > .info { Output.error.line("\(event.level.rawValue): \(event.text)") }
                try record { (writer) throws(RecordingError) in try writer.write(event) }
            }
        }
    }

    private func record(_ write: (inout RecordingWriter) throws(RecordingError) -> Void) throws {
        guard var writer = recording.take() else { return }
        do throws(RecordingError) { try write(&writer) } catch { throw RunError(error.description) }
        recording = consume writer
    }

    private func finish(after signal: Int32?) throws {
        guard var summary = merge.finish() else { return }
        summary.circumstances.recordingPath = choices.output.file == "-" ? nil : choices.output.file
        try record { (writer) throws(RecordingError) in try writer.write(summary: summary.json) }
        let output = choices.output.file == "-" ? Output.error : Output.standard
        guard output.write(choices.output.text(of: summary)) else { throw RunError("cannot write the summary") }
        if let signal { throw ExitCode(128 + signal) }
        if !summary.result.isOK { throw ExitCode(Run.failedExitCode) }
        if choices.output.isStrict, !summary.validity.isValid { throw ExitCode(Run.notValidExitCode) }
    }
}
