package import Load
package import Measurements
package import Workload

/// A run, seen from the thread that drives it: an experiment in this process, or one in a worker process.
///
/// It is started once, asked for samples at every tick, told changes, and stopped; its news is taken
/// until it has an outcome. Nothing here waits for the other side, but `start`.
package protocol SampleSource: AnyObject {
    var plan: Plan { get }
    var addresses: RunAddresses { get }
    /// The load now, as the side that runs it says.
    var load: LoadState { get }
    /// How it ended, all threads or the process gone; nil before. The last news may not have been taken yet.
    var outcome: Outcome? { get }
    /// Why loops could not run; empty when all ran.
    var failures: [String] { get }
    /// Why clients could not connect, the last time; nil when all could.
    var connectFailure: String? { get }
    /// Become readable when there is news, or the load is done: for `poll`.
    var descriptors: [Int32] { get }

    /// Starts everything: time 0.
    func start() throws(ExperimentError)
    /// Asks for a reading. It is among the news at once, or as soon as it has come.
    func sample()
    /// Tells the run a change. `load` shows the result; the change, or its refusal, is an event.
    func apply(_ change: RunChange)
    /// Does all that the plan wants by now: the sample that ends a phase, planned events.
    ///
    /// - Returns: the time to the next of these; nil: none is to come, or a worker process sees to them.
    func performDue() -> Duration?
    /// All that has come since the last time, oldest first.
    func takeNews() -> [News]
    /// Adds an event of our own, at the time of now.
    func note(_ level: Event.Level, source: String, _ text: String)
    /// Reads once more, stops the clients, then drains the server. Connections that take longer are dropped.
    /// A second call does nothing.
    ///
    /// - Parameter seconds: for each of the two.
    func stop(withinSeconds seconds: Double)
}

extension SampleSource {
    /// The phase of now, or the last one; nil in a run without phases.
    package var phase: Phase? {
        load.phaseIndex.flatMap { plan.phases.indices.contains($0) ? plan.phases[$0] : nil }
    }
}

/// One thing that a source has to tell.
package enum News: Sendable {
    case sample(Sample)
    case event(Event)
    /// The load was stopped at the sample before: the samples that follow belong to the end.
    case loadEnded
}
