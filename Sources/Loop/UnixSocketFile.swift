internal import CLibuv

/// The file of a Unix socket that we have bound, by the number that the file system gave it: another server may have
/// put its own there since.
struct UnixSocketFile: Sendable {
    private let path: String
    private let device: UInt64
    private let number: UInt64

    /// nil: the file is gone already.
    init?(_ address: SocketAddress) {
        guard let path = address.unixPath, let status = UnixSocketFile.status(path) else { return nil }
        self.path = path
        (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }

    /// Removes the file, if it is still ours.
    func remove() {
        guard let status = UnixSocketFile.status(path), UInt64(status.st_dev) == device, UInt64(status.st_ino) == number else { return }
        unsafe _ = unlink(path)
    }

    /// Removes the file of a socket on which no server listens. - Returns: whether there was one.
    ///
    /// Errors: what lies there is no socket, and is left alone.
    static func removeStale(_ address: SocketAddress) throws(LoopError) -> Bool {
        guard let path = address.unixPath, let status = status(path) else { return true }
        guard status.st_mode & UInt32(S_IFMT) == UInt32(S_IFSOCK) else { throw LoopError(call: "bind \(address), which is no socket", code: -EEXIST) }
        let connected = unsafe address.withSockaddr { unsafe hw_connected_unix_socket($0) }
        hw_close(connected)
        // Only a socket without a listener refuses; one with a full queue says EAGAIN.
        guard connected == -ECONNREFUSED else { return false }
        return unsafe unlink(path) == 0
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status : nil
    }
}
