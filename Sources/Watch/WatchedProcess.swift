internal import CProcess
internal import Glibc

/// How a watched server ended.
package enum WatchedEnd: Sendable, Equatable {
    case exited(Int32)
    /// By a signal that it did not survive; not one that this process sent.
    case crashed(signal: Int32)
    /// By the signal with which it was told to stop.
    case stopped(signal: Int32)
    /// It did not stop when it was told to, and was killed.
    case hung

    /// "crashed with SIGSEGV"
    package var words: String {
        switch self {
        case .exited(let code): "exited with \(code)"
        case .crashed(let signal): "crashed with \(WatchedEnd.name(signal))"
        case .stopped(let signal): "stopped by \(WatchedEnd.name(signal))"
        case .hung: "hung: it ignored SIGTERM and was killed"
        }
    }

    private static func name(_ signal: Int32) -> String {
        switch signal {
        case SIGSEGV: "SIGSEGV"
        case SIGABRT: "SIGABRT"
        case SIGILL: "SIGILL"
        case SIGBUS: "SIGBUS"
        case SIGFPE: "SIGFPE"
        case SIGTRAP: "SIGTRAP"
        case SIGKILL: "SIGKILL"
        case SIGTERM: "SIGTERM"
        case SIGINT: "SIGINT"
        default: "signal \(signal)"
        }
    }
}

/// A server that was started under the probe.
///
/// Owns the process, which ends with it, and the segment, which outlives the process.
package final class WatchedProcess {
    package let segment: ProbeSegment
    private let child: SpawnedChild
    /// Becomes readable when the process ends; -1: this kernel has no such descriptor.
    package let endDescriptor: Int32

    package var pid: Int32 { child.pid }

    /// How long a server may take to stop after SIGTERM.
    package static let stopMilliseconds = 1_000

    /// Has the kernel make this process the parent of those that its servers leave behind (PR_SET_CHILD_SUBREAPER), so that
    /// they end with it even when it is killed.
    ///
    /// It holds for the whole process, and for orphans of its other children too, which nothing here takes note of: so a
    /// program asks for it, and no room does.
    package static func adoptOrphans() { hw_adopt_orphans() }

    /// Starts a program with the probe in it.
    ///
    /// - Parameters:
    ///   - check: of the program.
    ///   - probe: the probe's file, as `ProbeLibrary` finds it.
    ///   - output: descriptors for its standard output and error; nil: nowhere.
    /// - Throws: `WatchError` when the program cannot be started, or not with the probe.
    package init(
        _ check: ProgramCheck, _ arguments: [String], options: ProbeOptions = ProbeOptions(), probe: String,
        environment: [String] = [], output: Int32? = nil, errors: Int32? = nil
    ) throws(WatchError) {
        if let refusal = check.refusal { throw WatchError("\(check.path): \(refusal)") }
        segment = try ProbeSegment(options)
        let own = segment.environment
        var names = SpawnedChild.ownEnvironment.filter { !$0.hasPrefix("LD_PRELOAD=") && !$0.hasPrefix(own.name + "=") }
        let others = SpawnedChild.ownEnvironment.first { $0.hasPrefix("LD_PRELOAD=") }.map { ":" + $0.dropFirst("LD_PRELOAD=".count) } ?? ""
        names += ["LD_PRELOAD=\(probe)\(others)", "\(own.name)=\(own.value)"] + environment
        child = try SpawnedChild(check.path, arguments, environment: names, output: output, errors: errors)
        endDescriptor = hw_end_of_child(child.pid)
    }

    deinit { if endDescriptor >= 0 { close(endDescriptor) } }

    /// How it ended; nil: it runs.
    package func end() -> WatchedEnd? { child.poll() }

    /// Sends it a signal, if it runs.
    package func send(_ signal: Int32) { child.send(signal) }

    /// Sends a signal to a process that says it is one of this server's: one that went into the background. The probe's word
    /// for a pid is not enough, since the server may have written over it: its environment must have this segment.
    package func send(_ signal: Int32, toDescendant pid: Int32) {
        let own = segment.environment
        if pid > 1, ProcessFigures.hasVariable(pid, "\(own.name)=\(own.value)") { kill(pid, signal) }
    }

    /// Processes that live, and that the server has left behind: children of ours by now, known by their environment.
    package var orphans: [Int32] {
        let own = segment.environment
        return ProcessFigures.ownChildren.filter { $0 != pid && ProcessFigures.isAlive($0) && ProcessFigures.hasVariable($0, "\(own.name)=\(own.value)") }
    }

    /// Takes note of the ends of processes that the server has left behind, which are children of ours by now: those of
    /// its process group, and these, which have one of their own.
    package func reapOrphans(_ ended: [Int32]) {
        hw_reap_orphans(child.pid)
        for pid in ended where pid > 1 && pid != child.pid { _ = waitpid(pid, nil, WNOHANG) }
    }

    /// Tells it to stop, and kills it if it does not. Waits at most `stopMilliseconds`.
    package func stop() -> WatchedEnd {
        if let end = child.poll() { return end }
        child.send(SIGTERM)
        for _ in 0..<WatchedProcess.stopMilliseconds {
            if let end = child.poll() { return end == .crashed(signal: SIGTERM) ? .stopped(signal: SIGTERM) : end }
            usleep(1_000)
        }
        child.send(SIGKILL)
        _ = child.wait()
        return .hung
    }
}

/// The file of the probe: it lies beside the program.
package enum ProbeLibrary {
    package static let fileName = "libhighwater-probe.so"

    /// - Throws: `WatchError` with the places that were looked at.
    package static func path() throws(WatchError) -> String {
        guard let program = ProcessFigures.link("/proc/self/exe") else {
            throw WatchError("/proc/self/exe cannot be read, so the probe's file cannot be found")
        }
        let folder = program.split(separator: "/").dropLast().joined(separator: "/")
        let places = ["/\(folder)/\(fileName)", "/\(folder)/../lib/highwater/\(fileName)"]
        for place in places where unsafe access(place, R_OK) == 0 { return place }
        throw WatchError("the probe, \(fileName), is not in \(places.joined(separator: " or ")); put it beside the program")
    }
}
