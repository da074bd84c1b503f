import Glibc
import Measurements
import Testing
import TestSupport
import Watch

/// The way in which a server is watched: by the library alone, or by the program that its users have.
enum WatchedBy: String, CustomTestStringConvertible, CaseIterable, Sendable {
    case probe = "the probe"
    case command = "highwater watch"

    var testDescription: String { rawValue }

    func start(_ program: String, _ arguments: [String], _ options: ProbeOptions, port: UInt16, in folder: String) throws -> any ServerWatcher {
        switch self {
        case .probe: try ServerUnderWatch(program, arguments, options, port: port)
        case .command: try CommandUnderWatch(program, arguments, options, port: port, in: folder)
        }
    }
}

/// What a way of watching has counted so far.
struct WatchedCounts {
    var processes = 0
    var openConnections = 0
    var acceptedConnections = 0
    var cutWrites = 0
    var continuityChecks = 0
    var libuvWrites = 0
    var auditChecks = 0
    var handshakes = 0
    var resumedHandshakes = 0
    /// In words.
    var findings: [String] = []
    var crashes = 0
}

/// A server that is watched. Stopped with the object.
protocol ServerWatcher: AnyObject {
    var counts: WatchedCounts { get }
    /// Tells the server to end. - Returns: what was wrong with its end, in words; nil: nothing.
    func stopped(exitCode: Int32) -> String?
}

extension ServerUnderWatch: ServerWatcher {
    var counts: WatchedCounts {
        let reading = reading, counters = reading.counters
        return WatchedCounts(
            processes: reading.processes.count, openConnections: reading.openConnections, acceptedConnections: Int(counters.acceptedConnections),
            cutWrites: Int(counters.cutWrites), continuityChecks: Int(counters.continuityChecks), libuvWrites: Int(counters.libuvWrites),
            auditChecks: Int(counters.checks), handshakes: Int(counters.handshakes), resumedHandshakes: Int(counters.resumedHandshakes),
            findings: reading.findings.map(\.sentence), crashes: reading.processes.count { $0.fault != nil })
    }

    func stopped(exitCode: Int32) -> String? {
        if process.end() != nil { return "the server had ended before" }
        let outcome = process.stop()
        return [.exited(0), .exited(exitCode), .stopped(signal: SIGTERM)].contains(outcome) ? nil : outcome.words
    }
}

/// `highwater watch -- SERVER`, whose recording says what it counts.
final class CommandUnderWatch: ServerWatcher {
    private let run: SpawnedProgram
    private let recording: String
    private let output: String

    init(_ program: String, _ arguments: [String], _ options: ProbeOptions, port: UInt16, in folder: String) throws {
        recording = "\(folder)/watched.ndjson"
        output = "\(folder)/watched.text"
        let flags = (options.sendBuffer > 0 ? ["--send-buffer", "\(options.sendBuffer)"] : []) + (options.detours ? ["--detour"] : [])
        run = try SpawnedProgram(
            Fixtures.program, ["watch", "--no-tui", "--interval", "100ms", "-o", recording] + flags + ["--", program] + arguments, output: output)
        let diagnosis = try SocketDiagnosis()
        guard holds(within: 20, { !diagnosis.listeningSockets(port: port).isEmpty && lastSample != nil }) else {
            throw WatchError("\(program) does not listen: \(Fixtures.text(of: output))")
        }
    }

    /// The newest sample that is whole: samples have a line each.
    private var lastSample: JSON? {
        let lines = Fixtures.text(of: recording).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.last { $0.hasPrefix(#"{"type":"sample""#) }.flatMap { try? JSON(parsing: Array($0.utf8)) }
    }

    var counts: WatchedCounts {
        guard let sample = lastSample else { return WatchedCounts() }
        func count(_ path: String) -> Int { Int(sample[path: path]?.number ?? 0) }
        let findings = Fixtures.text(of: recording).split(separator: "\n").filter { $0.contains(#""finding":"#) }.map(String.init)
        return WatchedCounts(
            processes: count("watch.processes"), openConnections: count("server.connections.open"),
            acceptedConnections: count("server.connections.accepted"), cutWrites: count("watch.writes.cut"),
            continuityChecks: count("watch.checks.continuity"), libuvWrites: count("server.writes.direct") + count("server.writes.queued"),
            auditChecks: count("watch.checks.audit"), handshakes: count("server.tls.handshakes"), resumedHandshakes: count("server.tls.resumed"),
            findings: findings + (count("watch.findings") > findings.count ? ["\(count("watch.findings")) findings"] : []), crashes: count("watch.crashes"))
    }

    func stopped(exitCode: Int32) -> String? {
        run.signal(SIGTERM)
        let code = run.finish(withinSeconds: 40)
        // 99: a server that ends with another code than 0, as some do when they are told to stop.
        return code == 0 || exitCode != 0 && code == 99 ? nil : "highwater ended with \(code): \(Fixtures.text(of: output).suffix(600))"
    }
}
