internal import Files
internal import Glibc
internal import Measurements

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
    /// The file that will be replaced, held so that no other process writes it meanwhile; nil: there is none.
    private let formerDescriptor: Int32?
    private var isFinished = false

    /// - Parameter path: nil or `-`: standard output.
    ///
    /// Errors: it cannot be written, or another process is writing it.
    init(path: String?) throws(RunError) {
        let opened = try NewFile.open(path == "-" ? nil : path)
        self.path = path == nil || path == "-" ? "standard output" : path ?? ""
        (descriptor, temporaryPath, formerDescriptor) = opened
    }

    deinit {
        if let temporaryPath, !isFinished { unsafe unlink(temporaryPath) }
        if descriptor != STDOUT_FILENO { close(descriptor) }
        if let formerDescriptor { close(formerDescriptor) }
    }

    private static func open(_ path: String?) throws(RunError) -> (descriptor: Int32, temporaryPath: String?, former: Int32?) {
        guard let path else { return (STDOUT_FILENO, nil, nil) }
        var status = stat()
        if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw error(path) }
            return (descriptor, nil, nil)
        }
        let former = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        let temporaryPath = path + ".highwater.tmp"
        do throws(RunError) {
            guard former < 0 || FileLock.take(former) else { throw busy(path) }
            return (try create(temporaryPath, for: path), temporaryPath, former < 0 ? nil : former)
        } catch {
            if former >= 0 { close(former) }
            throw error
        }
    }

    /// The file beside it, of this process alone. One that a kill has left is taken over.
    private static func create(_ temporaryPath: String, for path: String) throws(RunError) -> Int32 {
        while true {
            let descriptor = unsafe Glibc.open(temporaryPath, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard descriptor >= 0 else { throw error(path) }
            guard FileLock.take(descriptor) else {
                close(descriptor)
                throw busy(path)
            }
            // Its last owner may have given it its name, or removed it, between our two calls.
            if FileLock.isFile(descriptor, at: temporaryPath), ftruncate(descriptor, 0) == 0 { return descriptor }
            close(descriptor)
        }
    }

    private static func busy(_ path: String) -> RunError {
        RunError("\(path.printableLine): another process is writing this file; write to another one")
    }

    mutating func write(_ text: String) throws(RunError) {
        guard !text.isEmpty else { return }
        guard Output(descriptor: descriptor).write(Array(text.utf8)) else { throw NewFile.error(path) }
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
        RunError("\(path.printableLine): cannot write: \(SystemError.last)")
    }
}
