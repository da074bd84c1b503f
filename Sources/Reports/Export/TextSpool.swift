internal import Files
internal import Glibc

/// Text that comes for many parts in turn and goes out part after part.
///
/// What is more than fits in memory lies in a file without a name, in TMPDIR, which is gone with its owner.
final class TextSpool {
    private struct Part {
        var waiting = ""
        /// Where the text before that lies in the file.
        var blocks: [(place: Int, byteCount: Int)] = []
    }

    private var parts: [Part] = []
    private var waitingByteCount = 0
    private let waitingByteLimit: Int
    private var fileByteCount = 0
    /// nil: there is no file yet.
    private var descriptor: Int32?
    /// Why text could not be kept: told at the end.
    private var fault: SpoolError?

    private static let readByteLimit = 1 << 20

    /// - Parameter waitingByteLimit: bytes that wait in memory.
    init(waitingByteLimit: Int) { self.waitingByteLimit = waitingByteLimit }

    deinit { if let descriptor { close(descriptor) } }

    /// Begins a part behind the others. - Returns: its number.
    func addPart(_ text: String) -> Int {
        parts.append(Part())
        append(to: parts.count - 1) { $0 += text }
        return parts.count - 1
    }

    /// - Parameter write: appends to the part's text, of which it has the end only.
    func append(to part: Int, _ write: (inout String) -> Void) {
        let byteCount = parts[part].waiting.utf8.count
        write(&parts[part].waiting)
        waitingByteCount += parts[part].waiting.utf8.count - byteCount
        guard waitingByteCount > waitingByteLimit, fault == nil else { return }
        do throws(SpoolError) { try moveToFile() } catch { fault = error }
    }

    /// Hands out all text, part after part. Errors: text could not be kept or read, or those of `body`.
    func forEach(_ body: (String) throws -> Void) throws {
        if let fault { throw fault }
        for part in parts {
            for block in part.blocks { try forEachPiece(of: block, body) }
            try body(part.waiting)
        }
    }

    private func moveToFile() throws(SpoolError) {
        let file = if let descriptor { descriptor } else { try TextSpool.makeFile() }
        descriptor = file
        for index in parts.indices where !parts[index].waiting.isEmpty {
            let bytes = Array(parts[index].waiting.utf8)
            var written = 0
            while written < bytes.count {
                let rest = bytes[written...]
                let count = unsafe rest.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, fileByteCount + written) }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw SpoolError(system: .last) }
                written += count
            }
            parts[index].blocks.append((fileByteCount, bytes.count))
            parts[index].waiting.removeAll(keepingCapacity: true)
            fileByteCount += bytes.count
        }
        waitingByteCount = 0
    }

    /// A piece of text ends with a line: a character may lie across two pieces of bytes.
    private func forEachPiece(of block: (place: Int, byteCount: Int), _ body: (String) throws -> Void) throws {
        guard let file = descriptor else { return }
        var bytes: [UInt8] = []
        var read = 0
        while read < block.byteCount {
            let wanted = min(TextSpool.readByteLimit, block.byteCount - read)
            var errorNumber: Int32 = 0
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initializedCount in
                let count = unsafe pread(file, buffer.baseAddress, wanted, block.place + read)
                errorNumber = errno
                initializedCount = max(0, count)
            }
            if piece.isEmpty && errorNumber == EINTR { continue }
            guard !piece.isEmpty else { throw SpoolError(system: SystemError(number: errorNumber)) }
            read += piece.count
            bytes += piece
            let end = read == block.byteCount ? bytes.count : (bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
            try body(String(decoding: bytes[..<end], as: UTF8.self))
            bytes.removeFirst(end)
        }
    }

    /// - Returns: the descriptor of a file that has no name any more.
    private static func makeFile() throws(SpoolError) -> Int32 {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var name = Array("\(folder)/highwater.XXXXXX".utf8CString)
        let file = unsafe mkstemp(&name)
        guard file >= 0 else { throw SpoolError(system: .last) }
        unsafe unlink(name)
        return file
    }
}

/// Why text that had to wait could not be kept.
struct SpoolError: Error, CustomStringConvertible {
    fileprivate let system: SystemError

    var description: String {
        "the folder for temporary files (TMPDIR, else /tmp) cannot keep the text that has to wait: \(system)"
    }
}
