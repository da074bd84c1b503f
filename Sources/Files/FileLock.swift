internal import Glibc

/// The right to write a file, which one process has at a time: flock(2), which the kernel takes back when the process ends.
package enum FileLock {
    /// Takes the right for as long as the descriptor is open.
    ///
    /// - Returns: false: another process has it. Where the file system knows no locks, every process has it.
    package static func take(_ descriptor: Int32) -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK }

    /// Whether the path still leads to the open file: it does not once the file was removed, or another one took its name.
    package static func isFile(_ descriptor: Int32, at path: String) -> Bool {
        var open = stat(), named = stat()
        return unsafe fstat(descriptor, &open) == 0 && stat(path, &named) == 0 && open.st_dev == named.st_dev && open.st_ino == named.st_ino
    }
}
