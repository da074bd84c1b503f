internal import Glibc

/// What /proc says of any process of one's own: its CPU time, memory and threads.
package struct ProcessFigures: Sendable, Equatable {
    /// "nginx"
    package var name: String
    /// CPU time of all threads, those that have ended included.
    package var cpuNanoseconds: UInt64
    package var residentBytes: UInt64
    package var threadCount: Int

    /// nil: there is no such process.
    package init?(_ pid: Int32) {
        guard let text = FileBytes(path: "/proc/\(pid)/stat", limit: 4096).map({ String(decoding: $0.bytes, as: UTF8.self) }),
            let open = text.utf8.firstIndex(of: UInt8(ascii: "(")), let close = text.utf8.lastIndex(of: UInt8(ascii: ")")), open < close
        else { return nil }
        name = String(text[text.index(after: open)..<close]).printable
        // The third field of proc(5) is the first behind the name, which may itself have spaces and brackets.
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 21, let user = UInt64(fields[11]), let system = UInt64(fields[12]), let threads = Int(fields[17]),
            let pages = UInt64(fields[21])
        else { return nil }
        let ticks = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        cpuNanoseconds = (user + system) * (1_000_000_000 / ticks)
        threadCount = threads
        residentBytes = pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The open descriptors of a process; nil: it is another user's. Linux 6.2 and later say how many there are; before, a
    /// folder is walked through: at 10 000 of them not for every sample.
    package static func descriptorCount(_ pid: Int32) -> Int? {
        var status = stat()
        if unsafe stat("/proc/\(pid)/fd", &status) == 0, status.st_size > 0, unsafe access("/proc/\(pid)/fd", R_OK) == 0 { return Int(status.st_size) }
        guard let folder = unsafe opendir("/proc/\(pid)/fd") else { return nil }
        defer { unsafe _ = closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        // Without "." and "..".
        return max(0, count - 2)
    }

    /// There is such a process, and it is not merely waiting to be reaped.
    package static func isAlive(_ pid: Int32) -> Bool {
        guard let text = FileBytes(path: "/proc/\(pid)/stat", limit: 4096).map({ String(decoding: $0.bytes, as: UTF8.self) }),
            let close = text.utf8.lastIndex(of: UInt8(ascii: ")"))
        else { return false }
        let state = text[text.index(after: close)...].first { $0 != " " }
        return state != "Z" && state != "X"
    }

    /// What the process was started with, its arguments one after the other; nil: there is no such process, or it has none.
    package static func commandLine(_ pid: Int32) -> String? {
        guard let file = FileBytes(path: "/proc/\(pid)/cmdline", limit: 4096), !file.bytes.isEmpty else { return nil }
        return String(decoding: file.bytes, as: UTF8.self)
    }

    /// Bytes of an environment that are looked through.
    private static let environmentLimit = 1 << 20

    /// The children of this process, of whichever thread; none where the kernel keeps no list of them.
    static var ownChildren: [Int32] {
        (entries("/proc/self/task") ?? []).flatMap { thread in
            let list = FileBytes(path: "/proc/self/task/\(thread)/children", limit: environmentLimit)
            return list.map { String(decoding: $0.bytes, as: UTF8.self).split(separator: " ").compactMap { Int32($0) } } ?? []
        }
    }

    /// The process was started with this variable: "NAME=value".
    static func hasVariable(_ pid: Int32, _ variable: String) -> Bool {
        guard let file = FileBytes(path: "/proc/\(pid)/environ", limit: environmentLimit) else { return false }
        return file.bytes.split(separator: 0).contains { $0.elementsEqual(variable.utf8) }
    }

    /// Names in a folder; nil: it cannot be read.
    static func entries(_ path: String) -> [String]? {
        guard let folder = unsafe opendir(path) else { return nil }
        defer { unsafe _ = closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// The processes that hold these sockets, in ascending order by the sockets' inodes: only one's own can be seen, as
    /// root all. One walk through all processes' descriptors.
    package static func owners(ofSockets inodes: [UInt32]) -> [UInt32: [Int32]] {
        let wanted = Set(inodes)
        var owners: [UInt32: [Int32]] = [:]
        for pid in (entries("/proc") ?? []).compactMap(Int32.init).sorted() {
            for inode in sockets(among: wanted, of: pid) { owners[inode, default: []].append(pid) }
        }
        return owners
    }

    /// Those of these sockets of which a process has a descriptor. Its links are read and not followed: behind one may be
    /// a file system that does not answer.
    private static func sockets(among wanted: Set<UInt32>, of pid: Int32) -> Set<UInt32> {
        var found: Set<UInt32> = []
        guard let folder = unsafe opendir("/proc/\(pid)/fd") else { return found }
        defer { unsafe _ = closedir(folder) }
        let place = unsafe dirfd(folder)
        var link = [CChar](repeating: 0, count: socketLinkLimit)
        while let entry = unsafe readdir(folder) {
            let count = unsafe withUnsafePointer(to: &entry.pointee.d_name.0) { unsafe readlinkat(place, $0, &link, link.count) }
            if count > 0, let inode = socketInode(link[..<count]), wanted.contains(inode) { found.insert(inode) }
        }
        return found
    }

    /// "socket:[4294967295]", and no longer link.
    private static let socketLinkLimit = 24

    /// The inode in the text of a descriptor's link; nil: it is not a socket.
    private static func socketInode(_ link: ArraySlice<CChar>) -> UInt32? {
        guard link.starts(with: "socket:[".utf8.lazy.map(CChar.init)) else { return nil }
        return link.dropFirst(8).dropLast().reduce(0) { $0 &* 10 &+ UInt32(truncatingIfNeeded: $1 - 48) }
    }

    /// What a symbolic link leads to; nil: it is none, or another user's.
    static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
