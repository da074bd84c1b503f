internal import ArgumentParser
internal import Measurements
internal import Workload

struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Print a job that runs a load in parts on many machines.",
        usage: "highwater jobs slurm|kubernetes|ssh -n 8 [<options>] -- load URL ...",
        discussion: """
            Examples:
              highwater jobs slurm -n 8 -- load https://a.test/ -q 200k -d 5m | sbatch
              highwater jobs kubernetes -n 20 --delay 5m -- run ramp >job.yaml
              highwater jobs ssh -n 3 -- load https://a.test/ -c 300 -d 1m >job.sh

            slurm        a script for sbatch
            kubernetes   a manifest for kubectl: an Indexed Job, and a volume
            ssh          a script with GNU parallel, for the hosts in the file 'hosts'

            Nothing is run: read the job, change it, submit it. Each part gets its share of the load, all parts begin \
            together, and 'highwater merge' makes one recording of theirs, over which thresholds are judged once.
            """)

    @Argument(help: ArgumentHelp("The system that runs the job.", valueName: "slurm|kubernetes|ssh"))
    var engine: Job.Engine

    @Option(
        name: [.customShort("n"), .long], help: ArgumentHelp("Parts, each on a machine of its own.", valueName: "count"),
        transform: { try Quantity.count($0, in: PartChoice.countRange) })
    var parts: Int

    @Option(
        help: ArgumentHelp(
            "From the start of the job to the moment at which all parts begin. For kubernetes: from now. (default: 10s; kubernetes 2m)", valueName: "time"),
        transform: { try Quantity.duration($0, in: .seconds(1)...(.seconds(86_400))) })
    var delay: Duration?

    @Option(help: ArgumentHelp("For kubernetes: the image that has highwater. (default: highwater:VERSION)", valueName: "image"))
    var image: String?

    @Argument(parsing: .postTerminator, help: ArgumentHelp("After --: load, record or run, with options.", valueName: "command"))
    var command: [String] = []

    static let commands = ["load", "record", "run"]

    private var job: Job {
        Job(count: parts, command: command, delay: delay ?? (engine == .kubernetes ? .seconds(120) : .seconds(10)))
    }

    func validate() throws {
        guard let name = command.first, JobsCommand.commands.contains(name) else {
            throw ValidationError("the parts' command is missing; write -- load URL, -- record or -- run SCENARIO, with options")
        }
        if let word = job.clash { throw ValidationError("\(word): each part gets one of its own from the job; leave it out") }
        if engine == .ssh, let word = job.parallelClash { throw ValidationError("\(word): GNU parallel would replace the braces; use {{seq}}, or another engine") }
        // As each part will read it. The share shows amounts that are too small for so many parts.
        do { _ = try Highwater.parseAsRoot(command + ["--share", "1/\(parts)"]) } catch {
            throw ValidationError("the parts' command is wrong: \(Highwater.message(for: error))")
        }
    }

    func run() throws {
        let text = switch engine {
        case .slurm: job.slurmScript
        case .ssh: job.sshScript
        case .kubernetes:
            job.kubernetesManifest(
                image: image ?? "highwater:\(Version.number)", start: StartTime.at(unixNanoseconds: start).text)
        }
        try Output.standard.print(text)
    }

    /// The whole second after the delay.
    private var start: Int64 {
        let second: Int64 = 1_000_000_000
        return (WallClock.unixNanoseconds / second + 1) * second + Int64(clamping: job.delay.nanoseconds)
    }
}

extension Job.Engine: ExpressibleByArgument {}
