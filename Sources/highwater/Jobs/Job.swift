internal import Measurements
internal import Workload

/// A load in parts, as an engine is told to run it.
struct Job {
    /// Parts, each a process on a machine of its own.
    let count: Int
    /// The command of each part, without its share: `load`, a URL and options.
    let command: [String]
    /// From the start of the job to the moment at which all parts begin.
    let delay: Duration

    /// The systems that jobs are written for.
    enum Engine: String, CaseIterable {
        case slurm, kubernetes, ssh
    }

    /// Options that the job says itself.
    private static let ownOptions = ["--share", "--start-at", "-o", "--output", "--live"]

    /// The first word that a job cannot have; nil: there is none.
    var clash: String? { command.first { word in Job.ownOptions.contains { word == $0 || word.hasPrefix($0 + "=") } } }

    /// `date`'s word for the moment at which all parts begin.
    var dateArgument: String { "+\(Int(delay / .seconds(1))) seconds" }

    /// The part's command, up to its share.
    var line: String { ShellWords.line(["highwater"] + command) }

    /// The command that merges `part-*.ndjson`.
    static func mergeLine(_ directory: String) -> String { "highwater merge --strict \(directory)part-*.ndjson -o \(directory)all.ndjson" }
}
