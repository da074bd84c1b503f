internal import Glibc
internal import Measurements
internal import Reports

/// A run in sentences, a line each: no cursor is moved and nothing has a colour, so that a reader of the screen reads it aloud.
struct PlainNarrator {
    private let output: Output
    private var report: PlainReport
    /// Standard input has ended.
    private var hasInputEnded = false

    init(every interval: Duration, on output: Output) {
        self.output = output
        report = PlainReport(everyNanoseconds: interval.nanoseconds)
    }

    /// The report, where one is due. - Returns: false when its reader has gone.
    mutating func show(_ sample: Sample) -> Bool { tell(report.add(sample)) }

    func show(_ event: Event) -> Bool { tell([PlainReport.sentence(event)]) }

    /// All figures of now.
    mutating func tellAll() -> Bool { tell(report.all()) }

    private func tell(_ sentences: [String]) -> Bool {
        sentences.isEmpty || output.write(sentences.joined(separator: "\n") + "\n") || output.isStandardError
    }

    /// Standard input, where Enter asks for all figures: a terminal, while it is this process's to read.
    var descriptors: [Int32] {
        !hasInputEnded && isatty(STDIN_FILENO) == 1 && tcgetpgrp(STDIN_FILENO) == getpgrp() ? [STDIN_FILENO] : []
    }

    /// Tells all figures if Enter was pressed. - Returns: false when their reader has gone.
    mutating func answerInput() -> Bool {
        guard !descriptors.isEmpty else { return true }
        var polled = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&polled, 1, 0) == 1 else { return true }
        var line = [UInt8](repeating: 0, count: 256)
        let count = unsafe read(STDIN_FILENO, &line, line.count)
        if count <= 0 { hasInputEnded = true }
        return count > 0 ? tellAll() : true
    }
}
