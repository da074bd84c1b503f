internal import Dashboard
internal import Files
internal import Glibc
internal import Measurements
internal import Recording
internal import Terminal

/// The screen as files: the text with its colours, and the sample that it shows.
enum ScreenExport {
    /// Writes both to the working folder, under names that no file has.
    ///
    /// - Returns: their names, for people.
    /// - Throws: one of them cannot be written; then neither is there.
    static func write(_ dashboard: Dashboard, _ terminal: Terminal) throws(RunError) -> String {
        let frame = dashboard.frame(width: dashboard.size.width, height: dashboard.size.height)
        let (stem, screen) = try create()
        defer { close(screen) }
        let sampleName = stem + ".json"
        let sample = unsafe open(sampleName, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard sample >= 0 else {
            let code = errno
            unsafe unlink(stem + ".ansi")
            throw RunError("\(sampleName): \(SystemError(number: code))")
        }
        defer { close(sample) }
        guard Output(descriptor: screen).write(Array(terminal.text(of: frame))),
            Output(descriptor: sample).write(json(dashboard).indentedText + "\n")
        else {
            let code = errno
            unsafe unlink(stem + ".ansi")
            unsafe unlink(sampleName)
            throw RunError("\(stem): \(SystemError(number: code))")
        }
        return "\(stem).ansi and .json"
    }

    /// Screens that one second may have.
    private static let attemptLimit = 100

    private static func create() throws(RunError) -> (stem: String, descriptor: Int32) {
        var now = time(nil), parts = unsafe tm()
        unsafe localtime_r(&now, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = unsafe "\(parts.tm_year + 1_900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))-\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))"
        for attempt in 1...attemptLimit {
            let stem = "highwater-" + date + (attempt == 1 ? "" : "-\(attempt)")
            let descriptor = unsafe open(stem + ".ansi", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            if descriptor >= 0 { return (stem, descriptor) }
            guard errno == EEXIST else { throw RunError("\(stem).ansi: \(SystemError.last)") }
        }
        throw RunError("highwater-\(date): \(attemptLimit) screens in one second are enough")
    }

    private static func json(_ dashboard: Dashboard) -> JSON {
        var json = JSON.object([])
        json.set(.string(Version.number), atPath: "version")
        json.set(.string(dashboard.run.address), atPath: "address")
        json.set(.string(dashboard.run.loadText), atPath: "load")
        json.set(.bool(dashboard.isPaused), atPath: "paused")
        guard let (sample, isWhole) = dashboard.shownSample else { return json }
        json.set(sample.json(withHistograms: isWhole), atPath: "sample")
        return json
    }
}
