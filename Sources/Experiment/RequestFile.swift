internal import Files
internal import Glibc
internal import Load
internal import Measurements
package import Workload

/// A file that is the body of requests.
package enum RequestFile {
    /// Whether it can be one. Errors: why not.
    package static func check(_ path: String) throws(BodyFileError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw BodyFileError("\(path): \(SystemError.last)") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw BodyFileError("\(path): not a regular file") }
        guard status.st_size <= RequestBody.byteLimit else {
            throw BodyFileError("\(path): larger than \(RequestBody.byteLimit >> 20) MiB, the largest body of a request")
        }
        guard unsafe access(path, R_OK) == 0 else { throw BodyFileError("\(path): \(SystemError.last)") }
    }

    /// The text of a body as curl's --data takes it from a file: without line ends and NUL. Braces are no template.
    ///
    /// - Parameter path: `-`: standard input, which is read once.
    /// Errors: it cannot be read, or is no text.
    package static func dataText(_ path: String) throws(BodyFileError) -> String {
        let bytes = try path == "-" ? standardInput.get() : read(path)
        guard let text = String(validating: bytes.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0 }, as: UTF8.self) else {
            throw BodyFileError("\(path): the file is not UTF-8; write --data-file, which sends it as it is")
        }
        return RequestText.quoting(text)
    }

    private static let standardInput = Result { () throws(BodyFileError) -> [UInt8] in
        do throws(FileError) {
            return try InputFile.bytes(of: "-", byteLimit: RequestBody.byteLimit)
        } catch {
            if case .tooLarge(let limit) = error { throw BodyFileError("standard input: more than \(limit >> 20) MiB, the largest body of a request") }
            throw BodyFileError("standard input: \(error)")
        }
    }

    /// All that it has. Errors: it cannot be read.
    static func read(_ path: String) throws(BodyFileError) -> [UInt8] {
        try check(path)
        do throws(FileError) {
            return try InputFile.bytes(of: path, byteLimit: RequestBody.byteLimit)
        } catch {
            if case .tooLarge = error { throw BodyFileError("\(path): the file grows while it is read") }
            throw BodyFileError("\(path): \(error)")
        }
    }
}

extension ClientPlan {
    /// The kinds of requests, with the bytes of files instead of their names.
    func kindsWithFiles() throws(BodyFileError) -> [RequestKind] {
        var read: [String: [UInt8]] = [:]
        var kinds = kinds
        for index in kinds.indices {
            guard case .file(let path) = kinds[index].body else { continue }
            let bytes = if let known = read[path] { known } else { try RequestFile.read(path) }
            read[path] = bytes
            kinds[index].body = .bytes(bytes)
        }
        return kinds
    }
}
