internal import Load

/// An order to a worker process: a line of JSON on its standard input, where the first line is the plan.
enum WorkerOrder: Codable, Equatable, Sendable {
    case start
    /// One more sample than the `seen` that have arrived. The worker takes one itself where a phase ends:
    /// if that one is under way, it is the answer.
    case sample(seen: Int)
    case change(RunChange)
    case stop(withinSeconds: Double)
}
