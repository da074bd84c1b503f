internal import Glibc

/// A small text file, read whole.
enum TextFile {
    /// The text; nil where there is no such file.
    ///
    /// Errors: it cannot be read, is no file, or is larger than the limit.
    static func read(_ path: String, byteLimit: Int) throws(RunError) -> String? {
        // A pipe must not be waited for.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw RunError("\(path): \(unsafe String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = unsafe Glibc.read(descriptor, &part, part.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw RunError("\(path): \(unsafe String(cString: strerror(errno)))") }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += part.prefix(count)
            guard bytes.count <= byteLimit else { throw RunError("\(path): larger than \(byteLimit / 1024) KiB") }
        }
    }

    /// Names in a folder that end so, in order; none where there is no such folder.
    static func names(in folder: String, ending suffix: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(suffix), !name.hasPrefix(".") { names.append(name) }
            // A folder of thousands is no folder of themes.
            if names.count >= 1_000 { break }
        }
        return names.sorted()
    }
}
