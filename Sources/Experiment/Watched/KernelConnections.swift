internal import Measurements
internal import Watch

/// The connections of some ports as the kernel sees them.
struct KernelConnections {
    private let diagnosis: SocketDiagnosis
    private var ports: [UInt16]
    /// Readings since the ports were looked for.
    private var age = 0

    /// A server may listen on another port later: readings between two looks.
    private static let portAge = 20

    init(_ diagnosis: SocketDiagnosis, ports: [UInt16]) {
        self.diagnosis = diagnosis
        self.ports = ports
    }

    func listens(_ port: UInt16) -> Bool { !diagnosis.listeningSockets(port: port).isEmpty }

    /// Looks for the ports of a server that we started, at once and now and then.
    mutating func findPorts(of processes: [Int32]) {
        age += 1
        guard ports.isEmpty || age > KernelConnections.portAge else { return }
        age = 0
        // Workers have the listening sockets of the process that forked them.
        for process in processes {
            let found = diagnosis.ports(of: process)
            guard found.isEmpty else { return ports = found }
        }
    }

    /// The sockets that listen on the ports.
    func listeningSockets() -> [ListeningSocket] { ports.flatMap { diagnosis.listeningSockets(port: $0) } }

    func read() -> [DiagnosedConnection] { ports.flatMap { diagnosis.connections(port: $0) } }
}

extension KernelSample {
    /// Connections together.
    init(_ connections: [DiagnosedConnection]) {
        self.init()
        for connection in connections {
            queuedBytes += connection.queuedBytes
            unsentBytes += connection.unsentBytes
            roundTripNanoseconds = max(roundTripNanoseconds, connection.roundTripNanoseconds)
            if connection.queuedBytes > 0, connection.windowLimitedShare ?? 0 > 0.5 { windowLimitedConnections += 1 }
        }
    }
}

extension DiagnosedConnection {
    var roundTripNanoseconds: UInt64 { UInt64(clamping: roundTripMicroseconds) * 1000 }

    /// The part of a row that is the kernel's.
    var view: ConnectionSample.KernelView {
        var view = ConnectionSample.KernelView()
        view.queuedBytes = queuedBytes
        view.unsentBytes = unsentBytes
        view.roundTripNanoseconds = roundTripNanoseconds
        view.windowLimitedShare = windowLimitedShare ?? 0
        return view
    }
}
