internal import Files
internal import Glibc

/// A recording that can be read twice: a file as it is, a pipe as a copy without a name, which is gone with its owner.
struct SeekableInput: ~Copyable {
    /// What to open.
    let path: String
    /// Of the copy; nil for a file.
    private let descriptor: Int32?

    init(_ path: String) throws(RunError) {
        guard SeekableInput.isPipe(path) else {
            self.path = path
            descriptor = nil
            return
        }
        let copy = try SeekableInput.copy(path)
        self.path = "/proc/self/fd/\(copy)"
        descriptor = copy
    }

    deinit { if let descriptor { close(descriptor) } }

    private static func isPipe(_ path: String) -> Bool {
        if path == "-" { return true }
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    /// - Returns: the descriptor of a file without a name that has all that the pipe had.
    private static func copy(_ path: String) throws(RunError) -> Int32 {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var name = Array("\(folder)/highwater.XXXXXX".utf8CString)
        let copy = unsafe mkstemp(&name)
        guard copy >= 0 else { throw RunError("\(folder): cannot keep a copy of \(path): \(SystemError.last)") }
        unsafe unlink(name)
        do throws(SystemError) {
            let pipe = try InputFile(path: path)
            var bytes: [UInt8] = []
            while try pipe.read(into: &bytes) {
                guard Output(descriptor: copy).write(bytes) else { throw .last }
                bytes.removeAll(keepingCapacity: true)
            }
        } catch {
            close(copy)
            throw RunError("\(path): cannot copy it to \(folder): \(error)")
        }
        return copy
    }
}
