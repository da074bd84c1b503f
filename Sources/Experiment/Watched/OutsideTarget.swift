internal import Watch
internal import Workload

/// A server that runs already: its ports, and its processes as far as this user may see them.
struct OutsideTarget {
    let ports: [UInt16]
    /// Those that listen.
    let sockets: [ListeningSocket]
    /// The processes of each by its inode; nil: they have not been looked for.
    private(set) var owners: [UInt32: [Int32]]?
    /// The process that the plan names; it may be one that this user may not look into.
    private var namedProcess: Int32?

    /// All of them, in ascending order; nil: they have not been looked for.
    var processes: [Int32]? { owners.map { Set($0.values.joined()).union(namedProcess.map { [$0] } ?? []).sorted() } }

    /// A server that listens on a port of this machine, its processes to be found; nil: none does.
    init?(port: UInt16, _ diagnosis: SocketDiagnosis) {
        sockets = diagnosis.listeningSockets(port: port)
        guard !sockets.isEmpty else { return nil }
        ports = [port]
    }

    /// Looks for the processes. Walks through the descriptors of all processes of the machine: milliseconds of CPU.
    mutating func findProcesses() { owners = ProcessFigures.owners(ofSockets: sockets.map(\.inode)) }

    /// The server that the plan names.
    init(_ plan: WatchPlan, _ diagnosis: SocketDiagnosis) throws(WatchError) {
        if let port = plan.port {
            guard var target = OutsideTarget(port: UInt16(clamping: port), diagnosis) else {
                throw WatchError("--listen: no process of this machine listens on TCP port \(port); 'ss -ltn' lists the ports")
            }
            target.findProcesses()
            self = target
            return
        }
        let process = Int32(clamping: plan.process ?? 0)
        guard ProcessFigures.isAlive(process) else { throw WatchError("--pid: there is no process \(process)") }
        ports = diagnosis.ports(of: process)
        guard !ports.isEmpty else {
            throw WatchError("--pid: process \(process) listens on no TCP port that this user may see; name its port with --listen")
        }
        // Workers of a forking server have the same listening sockets.
        sockets = ports.flatMap { diagnosis.listeningSockets(port: $0) }
        namedProcess = process
        findProcesses()
    }

    /// "server figures: from outside, of nginx (812, 813) on port 8080, by the kernel (sock_diag) and /proc"
    var origin: String {
        guard let processes else { return "server figures: from outside, of \(name), by the kernel (sock_diag)" }
        let names = Set(processes.compactMap { ProcessFigures($0)?.name }).sorted().joined(separator: ", ")
        let numbers = processes.prefix(OutsideTarget.shownLimit).map(String.init).joined(separator: ", ")
            + (processes.count > OutsideTarget.shownLimit ? " and \(processes.count - OutsideTarget.shownLimit) other processes" : "")
        let owner = processes.isEmpty ? "of another user's process" : "of \(names) (\(numbers))"
        return "server figures: from outside, \(owner) on \(name), by the kernel (sock_diag) and /proc"
    }

    /// "port 8080", "ports 80, 443"
    var name: String { (ports.count == 1 ? "port " : "ports ") + ports.map(String.init).joined(separator: ", ") }

    /// Processes that are named: a forking server may have dozens.
    private static let shownLimit = 4
}
