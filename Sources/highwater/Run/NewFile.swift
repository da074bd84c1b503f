internal import Files
internal import Glibc

/// A file that is there whole, or not at all.
///
/// The text goes to a file beside it, which takes its name in `finish`: an error or a kill before
/// leaves the old file as it was. A pipe, a device and `-` for standard output are written directly.
/// Owns the descriptor.
struct NewFile: ~Copyable {
    private let path: String
    private let descriptor: Int32
    /// Where the bytes are until then; nil when they are written directly.
    private let temporaryPath: String?
    private var isFinished = false

    /// - Parameter path: nil or `-`: standard output.
    init(path: String?) throws(RunError) {
        guard let path, path != "-" else {
            self.path = "standard output"
            descriptor = STDOUT_FILENO
            temporaryPath = nil
            return
        }
        self.path = path
        var status = stat()
        if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            temporaryPath = nil
            descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        } else {
            let temporary = "\(path).\(getpid()).tmp"
            temporaryPath = temporary
            descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        }
        guard descriptor >= 0 else { throw NewFile.error(path) }
    }

    deinit {
        if descriptor != STDOUT_FILENO { close(descriptor) }
        if let temporaryPath, !isFinished { unsafe unlink(temporaryPath) }
    }

    mutating func write(_ text: String) throws(RunError) {
        guard !text.isEmpty else { return }
        guard Output(descriptor: descriptor).write(text) else { throw NewFile.error(path) }
    }

    /// The file has its name from here on.
    consuming func finish() throws(RunError) {
        guard let temporaryPath else { return }
        guard unsafe rename(temporaryPath, path) == 0 else { throw NewFile.error(path) }
        isFinished = true
    }

    /// "run.ndjson" is "run-2.ndjson" the second time; a pipe or a device keeps its name.
    static func numbered(_ path: String, _ number: Int) -> String { suffixed(path, String(number)) }

    /// The same with a word.
    static func suffixed(_ path: String, _ suffix: String) -> String {
        var status = stat()
        let exists = unsafe stat(path, &status) == 0
        if path == "-" || exists && status.st_mode & S_IFMT != S_IFREG { return path }
        let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[start...].lastIndex(of: "."), dot > start else { return "\(path)-\(suffix)" }
        return "\(path[..<dot])-\(suffix)\(path[dot...])"
    }

    private static func error(_ path: String) -> RunError {
        RunError("\(path): cannot write: \(SystemError.last)")
    }
}
