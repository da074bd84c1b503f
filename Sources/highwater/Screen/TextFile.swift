internal import Files
internal import Glibc

/// A small text file, read whole.
enum TextFile {
    /// The text; nil where there is no such file.
    ///
    /// Errors: it cannot be read, is no file, or is larger than the limit.
    static func read(_ path: String, byteLimit: Int) throws(RunError) -> String? {
        do throws(FileError) {
            // A pipe must not be waited for.
            return String(decoding: try InputFile.bytes(of: path, byteLimit: byteLimit, waits: false), as: UTF8.self)
        } catch {
            if case .system(let cause) = error, cause.number == ENOENT || cause.number == ENOTDIR { return nil }
            throw RunError("\(path): \(error)")
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
