internal import Glibc

/// A file or a pipe that is read. Owns the descriptor.
package struct InputFile: ~Copyable {
    package let descriptor: Int32

    /// - Parameters:
    ///   - path: `-`: a copy of standard input, whose owner closes it.
    ///   - waits: false: a pipe without a writer is at its end.
    package init(path: String, waits: Bool = true) throws(SystemError) {
        let flags = O_RDONLY | O_CLOEXEC | (waits ? 0 : O_NONBLOCK)
        descriptor = unsafe path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, flags)
        guard descriptor >= 0 else { throw .last }
    }

    /// Takes a descriptor over.
    package init(taking descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Bytes of one read: a pipe holds as many.
    package static let readByteLimit = 65_536

    /// Appends the next bytes, at most `readByteLimit`.
    ///
    /// - Returns: false at the end of the file.
    package func read(into bytes: inout [UInt8]) throws(SystemError) -> Bool {
        var count = 0
        repeat {
            count = unsafe withUnsafeTemporaryAllocation(byteCount: InputFile.readByteLimit, alignment: 1) { chunk in
                let count = unsafe Glibc.read(descriptor, chunk.baseAddress, chunk.count)
                if count > 0 { unsafe bytes.append(contentsOf: chunk[..<count]) }
                return count
            }
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw .last }
        return count > 0
    }

    /// A whole file.
    ///
    /// - Parameters:
    ///   - byteLimit: a file with more bytes is an error, and is not read further.
    ///   - waits: as for `init`.
    package static func bytes(of path: String, byteLimit: Int, waits: Bool = true) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        do throws(SystemError) {
            let file = try InputFile(path: path, waits: waits)
            while bytes.count <= byteLimit, try file.read(into: &bytes) {}
        } catch {
            throw .system(error)
        }
        guard bytes.count <= byteLimit else { throw .tooLarge(byteLimit: byteLimit) }
        return bytes
    }
}

/// Why a file could not be read whole.
package enum FileError: Error, Equatable, CustomStringConvertible {
    case system(SystemError)
    case tooLarge(byteLimit: Int)

    package var description: String {
        switch self {
        case .system(let error): error.description
        case .tooLarge(let limit): "larger than " + (limit >> 20 > 0 ? "\(limit >> 20) MiB" : "\(limit >> 10) KiB")
        }
    }
}
