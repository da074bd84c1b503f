import Glibc
import Measurements
import Testing
import TestSupport
import Watch

/// How long each server is loaded in each of its rounds: a moment here, 15 s or more for `Tests/Benchmarks/watching`.
private let seconds = getenv("HIGHWATER_WATCH_SECONDS").flatMap { Double(String(cString: $0)) } ?? 0.2
/// Those whose name has this in it; empty: all of them.
private let servers = RealServer.all.filter { server in
    guard let part = getenv("HIGHWATER_WATCH_SERVER").map({ String(cString: $0) }), !part.isEmpty else { return true }
    return server.name.contains(part)
}
/// The ways of watching, with a SO_SNDBUF of accepted connections each.
private let rounds: [Round] = getenv("HIGHWATER_WATCH_SECONDS") == nil
    ? [Round(by: .probe, sendBuffer: 8192), Round(by: .command, sendBuffer: 8192)]
    : [Round(by: .command, sendBuffer: 4096), Round(by: .command, sendBuffer: 32_768)]

private struct Round: CustomTestStringConvertible, Sendable {
    let by: WatchedBy
    let sendBuffer: Int

    var testDescription: String { "\(by.rawValue), SO_SNDBUF \(sendBuffer)" }
}

/// Trust: each of them runs under the probe with send buffers that make short writes real, over HTTP/1.1, HTTP/2 and
/// TLS, with slow readers. No finding, no crash, every response whole, and counts that are those of others.
@Suite("Servers that people use, under the probe", .serialized, .waiting) struct RealServerTests {
    @Test("run as they would without it", .enabled(if: Fixtures.tool("h2load") != nil && Fixtures.tool("openssl") != nil, "h2load or openssl is not installed"),
          arguments: servers, rounds)
    fileprivate func run(server: RealServer, round: Round) throws {
        guard let program = server.program else {
            try Test.cancel("\(server.name) is not installed")
        }
        let folder = "\(Fixtures.folder)/\(server.name.filter(\.isLetter)).\(round.by).\(round.sendBuffer)"
        RealServer.prepare(folder)
        let port = Fixtures.freePort(), tlsPort = Fixtures.freePort()
        var options = server.options
        options.sendBuffer = round.sendBuffer
        let backend = try server.backendPort.map {
            try SpawnedProgram(Fixtures.epollServer, ["\($0)", "right"], output: "\(folder)/backend")
        }
        defer { withExtendedLifetime(backend) {} }
        let isTLSAlone = server.path == nil && server.tlsPath != nil
        let watched = try round.by.start(program, server.arguments(folder, port, tlsPort), options, port: isTLSAlone ? tlsPort : port, in: folder)

        // Slow readers hold their answers while the load goes on.
        let readers = try (0..<(server.path == nil ? 0 : 3)).map { _ in try RawSocket(port: Int(port), receiveBuffer: 4096) }
        for reader in readers { try reader.send("GET \(server.path ?? "") HTTP/1.1\r\nHost: localhost\r\n\r\n") }

        var load = LoadResult()
        let end = monotonicSeconds() + seconds
        repeat {
            if let path = server.path { load.add(h2load(["--h1", "-c", "8"], "http://127.0.0.1:\(port)\(path)")) }
            if server.path == nil, server.tlsPath == nil { load.add(h2load(["-c", "4", "-m", "4"], "http://127.0.0.1:\(port)/\(RealServer.bodyByteCount)")) }
            if let path = server.tlsPath, server.speaksHTTP2 { load.add(h2load(["-c", "4", "-m", "4"], "https://127.0.0.1:\(tlsPort)\(path)"), isTLS: true) }
            if let path = server.tlsPath, !isTLSAlone { load.add(h2load(["--h1", "-c", "4"], "https://127.0.0.1:\(tlsPort)\(path)"), isTLS: true) }
        } while monotonicSeconds() < end
        #expect(load.failures.isEmpty, "\(load.failures)")
        if !server.answersItsOwn { #expect(load.bodyBytes == load.answers * RealServer.bodyByteCount) }

        for reader in readers {
            let body = try reader.body()
            if server.answersLetters { #expect(body.count == RealServer.bodyByteCount && Set(body).count == 1) }
            else if server.answersItsOwn { #expect(!body.isEmpty) }
            else { #expect(body == RealServer.file || server.name.hasPrefix("highwater") && body.count == RealServer.bodyByteCount) }
        }

        // The slow readers are still connected: all three counts are the same.
        let ports = server.tlsPath == nil ? [port] : [port, tlsPort]
        let diagnosis = try SocketDiagnosis()
        var counts: [String: Int] = [:]
        let areEqual = holds {
            counts["watched"] = watched.counts.openConnections
            counts["sock_diag"] = ports.reduce(0) { $0 + diagnosis.connections(port: $1).count }
            if let ss = Fixtures.tool("ss") {
                counts["ss"] = ports.reduce(0) { $0 + Fixtures.run(ss, ["-Htn", "state", "established", "sport", "=", ":\($1)"]).text.split(separator: "\n").count }
            }
            return counts.values.allSatisfy { $0 == readers.count }
        }
        #expect(areEqual, "\(counts), \(readers.count) readers")

        if server.tlsPath != nil {
            load.handshakes += 2
            let session = "\(folder)/session"
            for arguments in [["-sess_out", session], ["-sess_in", session]] {
                let answer = Fixtures.run(Fixtures.tool("openssl") ?? "", ["s_client", "-connect", "127.0.0.1:\(tlsPort)", "-tls1_2"] + arguments)
                if answer.text.contains("Reused, TLSv1.2") { load.resumed += 1 }
            }
            #expect(holds { watched.counts.handshakes == load.handshakes }, "\(watched.counts.handshakes) here, \(load.handshakes) of the clients")
            #expect(watched.counts.resumedHandshakes == load.resumed)
        }

        let clients = load.connections + readers.count
        #expect(holds { watched.counts.acceptedConnections >= clients }, "\(watched.counts.acceptedConnections) here, \(clients) of the clients")
        let counted = watched.counts
        for reader in readers { reader.close() }
        #expect(counted.findings.isEmpty && counted.crashes == 0, "\(counted.findings)")
        let problem = watched.stopped(exitCode: server.exitCode)
        #expect(problem == nil, "\(problem ?? "")")
        report(server, round, load, counted)
    }

    private func h2load(_ arguments: [String], _ url: String) -> (text: String, connections: Int) {
        let connections = Int(arguments[arguments.firstIndex(of: "-c").map { $0 + 1 } ?? 0]) ?? 0
        return (Fixtures.run(Fixtures.tool("h2load") ?? "", ["-n", "\(connections * 4)", "-t1"] + arguments + [url]).text, connections)
    }

    /// A row of the table that `Tests/Benchmarks/watching` collects.
    private func report(_ server: RealServer, _ round: Round, _ load: LoadResult, _ counted: WatchedCounts) {
        guard getenv("HIGHWATER_WATCH_SECONDS") != nil else { return }
        let cells = [
            server.name, "\(round.sendBuffer)", "\(counted.processes)", "\(load.answers)", "\(counted.acceptedConnections)", "\(counted.cutWrites)",
            "\(counted.continuityChecks)", "\(counted.libuvWrites)", "\(counted.auditChecks)", "\(counted.handshakes)", "\(counted.resumedHandshakes)",
            "\(counted.findings.count)",
        ]
        print("ROW | \(cells.joined(separator: " | ")) |")
    }
}

/// What the clients counted.
private struct LoadResult {
    var answers = 0
    var bodyBytes = 0
    var connections = 0
    var handshakes = 0
    var resumed = 0
    var failures: [String] = []

    mutating func add(_ run: (text: String, connections: Int), isTLS: Bool = false) {
        connections += run.connections
        if isTLS { handshakes += run.connections }
        // "requests: 160 total, 160 started, 160 done, 160 succeeded, 0 failed, 0 errored, 0 timeout"
        guard let total = run.text.firstMatch(of: /requests: (\d+) total, \d+ started, \d+ done, (\d+) succeeded, (\d+) failed/),
            let data = run.text.firstMatch(of: /\((\d+)\) data/), total.1 == total.2, total.3 == "0"
        else {
            failures.append(String(run.text.suffix(400)))
            return
        }
        answers += Int(total.2) ?? 0
        bodyBytes += Int(data.1) ?? 0
    }
}
