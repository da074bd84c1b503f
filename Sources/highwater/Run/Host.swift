internal import Glibc
internal import Measurements
internal import Recording
internal import Workload

/// The machine that a run happens on, for a recording's header.
enum Host {
    /// Processors that this process may use.
    static var cpuCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    static func header(for plan: Plan) -> RecordingHeader {
        var name = utsname()
        unsafe uname(&name)
        return RecordingHeader(
            toolVersion: Version.number,
            hostName: text(of: name.nodename),
            system: "\(text(of: name.sysname)) \(text(of: name.release)) \(text(of: name.machine))",
            cpuCount: cpuCount,
            commandLine: CommandLine.arguments,
            startedUnixSeconds: Double(WallClock.unixNanoseconds / 1_000_000) / 1_000,
            plan: plan.json)
    }

    /// A C array of characters, up to its zero.
    private static func text<Characters>(of characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
