import Glibc
import Measurements
import TestSupport
import Watch

/// A server under the probe, with its port. Stopped with the object.
final class ServerUnderWatch {
    let process: WatchedProcess
    let port: UInt16
    private let output: Int32

    var reading: ProbeReading { process.segment.read() }

    /// - Parameter port: nil: the server says its port as its first line.
    init(_ program: String, _ arguments: [String], _ options: ProbeOptions = ProbeOptions(), port: UInt16? = nil, environment: [String] = []) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError(call: "pipe", number: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        output = ends[0]
        process = try WatchedProcess(
            ProgramCheck(program), arguments, options: options, probe: Fixtures.probe, environment: environment, output: port == nil ? ends[1] : nil)
        close(ends[1])
        if let port {
            self.port = port
            guard holds(within: 20, { process.end() != nil || ServerUnderWatch.listens(port) }) else { throw WatchError("\(program) does not listen") }
        } else {
            self.port = ServerUnderWatch.readPort(ends[0])
        }
    }

    deinit {
        _ = process.stop()
        close(output)
    }

    /// Ends a server whose loop has lost its request: it would not hear that it is to stop.
    func kill() { if process.end() == nil { Glibc.kill(process.pid, SIGKILL) } }

    private static func listens(_ port: UInt16) -> Bool {
        guard let diagnosis = try? SocketDiagnosis() else { return false }
        return !diagnosis.listeningSockets(port: port).isEmpty
    }

    private static func readPort(_ descriptor: Int32) -> UInt16 {
        var text = ""
        var byte: UInt8 = 0
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&wait, 1, 20_000) == 1, read(descriptor, &byte, 1) == 1, byte != 10 { text.unicodeScalars.append(Unicode.Scalar(byte)) }
        return UInt16(text) ?? 0
    }

    func client() throws -> RawSocket { try RawSocket(port: Int(port)) }

    /// Asks for a body of so many bytes, and does not wait for it.
    func ask(_ client: RawSocket, _ byteCount: Int) throws {
        try client.send("GET /\(byteCount) HTTP/1.1\r\nHost: localhost\r\n\r\n")
    }

    /// A slow reader of two large answers: the second is asked for when the first does not fit into the socket.
    func provokeSlowly(_ first: Int = 6_000_000, _ second: Int = 5_000_000) throws -> RawSocket {
        let client = try client()
        try ask(client, first)
        _ = holds(pauseMilliseconds: 10) { process.end() != nil || reading.counters.cutWrites > 0 }
        try? ask(client, second)
        return client
    }

    /// Waits until there is a finding of this kind, and reads the evidence with both stacks.
    func evidence(_ kind: BrokenWrite.Kind, within seconds: Double = 10) -> Evidence? {
        var found: Evidence?
        // A look reads all of the segment.
        _ = holds(within: seconds, pauseMilliseconds: 10) {
            let reading = reading
            guard let finding = reading.findings.first(where: { $0.kind == kind }) else { return false }
            let modules = reading.processes.first { $0.pid == finding.process }?.modules ?? []
            let symbolizer = Symbolizer()
            found = Evidence(
                finding: finding, writePlaces: symbolizer.places(finding.writeFrames, in: modules),
                foundPlaces: symbolizer.places(finding.foundFrames, in: modules), freedPlaces: symbolizer.places(finding.freedFrames, in: modules),
                againPlace: finding.again.flatMap { symbolizer.places([$0.frame], in: modules).first })
            return true
        }
        return found
    }
}

/// A finding with the names of its places.
struct Evidence {
    let finding: Finding
    let writePlaces: [CodePlace]
    let foundPlaces: [CodePlace]
    let freedPlaces: [CodePlace]
    let againPlace: CodePlace?

    var text: String {
        finding.evidence(writePlaces: writePlaces, foundPlaces: foundPlaces, freedPlaces: freedPlaces, againPlace: againPlace).lines.joined(separator: "\n")
    }

    func isWritten(at line: String) -> Bool { writePlaces.contains { $0.line == line } }
    func isFound(at line: String) -> Bool { foundPlaces.contains { $0.line == line } }
}

extension Finding {
    /// Its one sentence, for which no names of places are needed.
    var sentence: String { evidence(writePlaces: [], foundPlaces: []).sentence }
}
