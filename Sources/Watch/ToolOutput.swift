internal import CProcess
internal import Glibc

/// A short-lived program that answers on its standard output.
enum ToolOutput {
    /// What it wrote, up to a limit. Its standard error is dropped.
    ///
    /// - Throws: `WatchError` when it cannot be started or does not end with 0.
    static func of(_ path: String, _ arguments: [String], byteLimit: Int) throws(WatchError) -> String {
        var ends: [Int32] = [-1, -1]
        guard unsafe hw_pipe(&ends) == 0 else { throw WatchError("\(path): no pipe") }
        let child: SpawnedChild
        do {
            child = try SpawnedChild(path, arguments, environment: SpawnedChild.ownEnvironment, output: ends[1])
        } catch {
            for end in ends { close(end) }
            throw error
        }
        close(ends[1])
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65536)
        while bytes.count < byteLimit {
            let count = unsafe read(ends[0], &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        close(ends[0])
        guard child.wait() == .exited(0) else { throw WatchError("\(path) failed") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
