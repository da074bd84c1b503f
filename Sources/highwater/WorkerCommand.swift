internal import ArgumentParser
internal import Experiment
internal import Measurements
internal import Recording

/// The process of an isolated run. A run starts it; it is not for people.
struct WorkerCommand: ParsableCommand {
    static let name = "worker"

    static let configuration = CommandConfiguration(
        commandName: name, abstract: "A run in a process of its own, with orders from standard input.", shouldDisplay: false)

    @Argument(help: "The process that gives the orders.")
    var parent: Int32

    func run() throws {
        do throws(RecordingError) {
            try WorkerService(parent: parent).run { Host.header(for: $0) }
        } catch { throw RunError(error.description) }
    }
}
