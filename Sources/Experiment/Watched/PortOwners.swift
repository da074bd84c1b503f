internal import Watch

/// The programs that listen on the ports of a server that runs already: whether they are still those of the run's start.
///
/// A program is known by its command line, so that a server which is started again is the same. Only sockets that are
/// new are looked at: a new worker that has its parent's socket, as after nginx's reload, is the same server.
struct PortOwners {
    /// Processes that serve the ports, as far as they may be seen.
    private(set) var processes: [Int32]
    /// Times that another program began to listen.
    private(set) var takeovers: UInt64 = 0
    /// Command lines by address: another address of the same port may be another server's.
    private var programs: [ListeningSocket.Address: Set<String>] = [:]
    private var inodes: Set<UInt32> = []
    private var news: [String] = []

    /// nil: the server's processes have not been looked for.
    init?(_ target: OutsideTarget) {
        guard let owners = target.owners, let processes = target.processes else { return nil }
        self.processes = processes
        for socket in target.sockets { add(socket, of: owners[socket.inode] ?? [], to: programs[socket.address]) }
    }

    /// Compares the sockets of now with those so far.
    mutating func look(_ sockets: [ListeningSocket]) {
        let new = sockets.filter { !inodes.contains($0.inode) }
        guard !new.isEmpty else { return }
        // With all former sockets gone, a new one on any address is in their place.
        let isReplaced = !sockets.contains { inodes.contains($0.inode) }
        let former = programs.values.reduce(into: Set()) { $0.formUnion($1) }
        if isReplaced { processes = [] }
        let owners = ProcessFigures.owners(ofSockets: new.map(\.inode))
        for socket in new { add(socket, of: owners[socket.inode] ?? [], to: programs[socket.address] ?? (isReplaced ? former : nil)) }
    }

    /// - Parameters:
    ///   - owners: the processes that hold it.
    ///   - known: programs in whose place, or beside which, it listens; nil: there are none.
    private mutating func add(_ socket: ListeningSocket, of owners: [Int32], to known: Set<String>?) {
        inodes.insert(socket.inode)
        let lines = Set(owners.compactMap(ProcessFigures.commandLine))
        guard !lines.isEmpty else { return }
        let isNew = owners.contains { !processes.contains($0) }
        processes = Set(processes + owners).sorted()
        programs[socket.address, default: known ?? []].formUnion(lines)
        guard let known, !known.isEmpty else { return }
        let names = owners.prefix(1).map { "\(ProcessFigures($0)?.name ?? "") (\($0))" }.joined()
        if known.isDisjoint(with: lines) {
            takeovers += 1
            news.append("another program listens on the server's port: \(names)")
        } else if isNew {
            news.append("the server was started again: \(names)")
        }
    }

    /// What has changed since the last time, in words.
    mutating func takeNews() -> [String] {
        defer { news = [] }
        return news
    }
}
