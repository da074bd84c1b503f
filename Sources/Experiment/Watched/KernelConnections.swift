internal import Measurements
internal import Watch

/// The connections of some ports as the kernel sees them.
struct KernelConnections {
    /// As they were read last, and when.
    private(set) var connections: [DiagnosedConnection] = []
    private(set) var readNanoseconds: UInt64 = 0
    private let diagnosis: SocketDiagnosis
    private var ports: [UInt16]
    /// nil: they are read for each sample.
    private var pace: ReadingPace?
    /// Readings since the ports were looked for.
    private var age = 0

    /// A server may listen on another port later: readings between two looks.
    private static let portAge = 20

    /// - Parameter isSparing: thousands of connections are read less often than samples are taken.
    init(_ diagnosis: SocketDiagnosis, ports: [UInt16], isSparing: Bool) {
        self.diagnosis = diagnosis
        self.ports = ports
        pace = isSparing ? ReadingPace() : nil
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

    /// Reads the connections, where that is due.
    ///
    /// - Parameter isFresh: they have to be those of now.
    /// - Returns: whether it has.
    mutating func read(atNanoseconds now: UInt64, isFresh: Bool) -> Bool {
        guard var pace else {
            read(atNanoseconds: now)
            return true
        }
        guard isFresh || pace.isDue(atNanoseconds: now) else { return false }
        pace.spend(atNanoseconds: now) { read(atNanoseconds: now) }
        self.pace = pace
        return true
    }

    private mutating func read(atNanoseconds now: UInt64) {
        connections = ports.flatMap { diagnosis.connections(port: $0) }
        readNanoseconds = now
    }
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

    /// How long its bytes have waited: since the peer last acknowledged any.
    var waitNanoseconds: UInt64 { queuedBytes > 0 ? UInt64(clamping: sinceAcknowledgementMilliseconds) * 1_000_000 : 0 }

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
