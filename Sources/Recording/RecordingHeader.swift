internal import Files
package import Load
package import Measurements

/// The first line of a recording: the program, the host, the command and the plan.
package struct RecordingHeader: Sendable, Equatable {
    /// The format. A reader takes every version up to its own.
    package var version = RecordingHeader.currentVersion
    package var toolVersion: String
    package var hostName: String
    /// The kernel's name and release.
    package var system: String
    package var cpuCount: Int
    package var commandLine: [String]
    /// When the run started, by the wall clock, seconds since 1970. Times in samples count
    /// from there on the monotonic clock.
    package var startedUnixSeconds: Double
    /// How long after the time of `--start-at` it started, seconds; nil where no time was asked for.
    package var startDelaySeconds: Double?
    /// The plan of this process, under the names of the command line.
    package var plan: JSON
    /// The part that this process was of a run in several processes; nil: the run was this process's alone.
    package var part: Part?

    /// One of the parts of a run.
    package struct Part: Sendable, Equatable {
        package var share: RunShare
        /// Of all parts together, with the share of this one.
        package var plan: JSON

        package init(share: RunShare, plan: JSON) {
            self.share = share
            self.plan = plan
        }
    }

    package static let currentVersion = 1

    package init(
        toolVersion: String, hostName: String, system: String, cpuCount: Int, commandLine: [String],
        startedUnixSeconds: Double, plan: JSON
    ) {
        self.toolVersion = toolVersion
        self.hostName = hostName
        self.system = system
        self.cpuCount = cpuCount
        self.commandLine = commandLine
        self.startedUnixSeconds = startedUnixSeconds
        self.plan = plan
    }

    package var json: JSON {
        .object([
            .init("version", .number(Double(version))),
            .init("tool", .object([.init("name", .string("highwater")), .init("version", .string(toolVersion))])),
            .init(
                "host",
                .object([
                    .init("name", .string(hostName)), .init("system", .string(system)),
                    .init("cpu_count", .number(Double(cpuCount))),
                ])),
            .init("command", .array(commandLine.map { .string($0) })),
            .init(
                "clock",
                .object(
                    [.init("started_unix", .number(startedUnixSeconds)), .init("kind", .string("monotonic"))]
                        + (startDelaySeconds.map { [.init("start_delay", .number($0))] } ?? []))),
            .init("plan", plan),
        ] + (part.map { [.init("part", $0.json)] } ?? []))
    }

    init(json: JSON) throws(RecordingError.Cause) {
        guard let version = json["version"]?.number else { throw .missing("version") }
        guard version <= Double(RecordingHeader.currentVersion) else { throw .futureVersion(version) }
        guard case .array(let words)? = json["command"] else { throw .missing("command") }
        self.init(
            toolVersion: json[path: "tool.version"]?.string ?? "",
            hostName: json[path: "host.name"]?.string ?? "",
            system: json[path: "host.system"]?.string ?? "",
            cpuCount: Metric.whole(json[path: "host.cpu_count"]?.number ?? 0),
            commandLine: words.compactMap(\.string),
            startedUnixSeconds: json[path: "clock.started_unix"]?.number ?? 0,
            plan: json["plan"] ?? .null)
        self.version = Metric.whole(version)
        startDelaySeconds = json[path: "clock.start_delay"]?.number
        part = json["part"].flatMap { Part(json: $0) }
    }
}

extension RecordingHeader.Part {
    fileprivate var json: JSON {
        .object([.init("number", .number(Double(share.index + 1))), .init("of", .number(Double(share.count))), .init("plan", plan)])
    }

    /// nil where it does not say which part it is.
    fileprivate init?(json: JSON) {
        guard let number = json["number"]?.number.flatMap({ Int(exactly: $0) }), let count = json["of"]?.number.flatMap({ Int(exactly: $0) }),
            (1...max(1, count)).contains(number)
        else { return nil }
        self.init(share: RunShare(number - 1, of: count), plan: json["plan"] ?? .null)
    }
}

/// Why a recording could not be written or read.
package struct RecordingError: Error, Equatable, CustomStringConvertible {
    package var path: String
    /// Counted from 1; nil when it is about the file.
    package var line: Int?
    package var cause: Cause

    /// The error itself, without its place.
    package enum Cause: Error, Equatable {
        /// The attempt that failed, and the system's error number.
        case system(String, Int32)
        case empty
        case notJSON
        /// The first line is no header.
        case noHeader
        /// The file begins like gzip, and is damaged.
        case damagedGzip
        /// The name of a member that the line lacks, or that is of another kind.
        case missing(String)
        case histogram(String, LatencyHistogram.EncodingError)
        case futureVersion(Double)
        /// A line of more bytes than this.
        case lineTooLong(Int)
        /// The file ends within it.
        case cutOff
        /// A header beyond the first line: another recording begins there.
        case secondHeader
        /// Another process writes the file.
        case busy
        /// Written to after an error.
        case failedBefore
    }

    package init(path: String, line: Int? = nil, cause: Cause) {
        self.path = path
        self.line = line
        self.cause = cause
    }

    package var description: String {
        "\(path.printableLine): " + (line.map { "line \($0): " } ?? "") + cause.description
    }
}

extension RecordingError.Cause: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let what, let number): "\(what): \(SystemError(number: number))"
        case .empty: "the file is empty"
        case .notJSON: "this is not JSON"
        case .damagedGzip: "the file is gzip, and damaged"
        case .noHeader: "a recording begins with a line of type header"
        case .missing(let name): "\(name) is missing, or of another kind than it should be"
        case .histogram(let name, let error): "\(name): not an HdrHistogram of ours (\(error))"
        case .futureVersion(let version):
            "format version \(JSON.number(version).text) is newer than this program, which reads up to \(RecordingHeader.currentVersion)"
        case .lineTooLong(let limit): "longer than \(limit) bytes"
        case .cutOff: "cut off"
        case .secondHeader: "a second recording begins here, and a file holds one; take them apart, or make one of them with 'highwater merge'"
        case .busy: "another run is writing this file; record to another one"
        case .failedBefore: "writing has failed before"
        }
    }
}
