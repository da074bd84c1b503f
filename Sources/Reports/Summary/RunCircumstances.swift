/// What is known of a run beside its samples, by the program that ran it.
package struct RunCircumstances: Sendable, Equatable {
    /// The signal that ended it before its time: "SIGINT".
    package var signal: String?
    /// Why clients could not connect, the last time.
    package var connectFailure: String?
    /// Why loops of ours could not run.
    package var loopFailures: [String] = []
    /// Why the recording ends early.
    package var recordingFault: String?
    /// The command line; nil where it is not known, as of a recording.
    package var command: UserCommand?
    /// When the process died that the run needs, on the axis of the samples; nil: it lives, or the time is not known.
    package var deathNanoseconds: UInt64?
    /// Where the recording is; nil without one.
    package var recordingPath: String?
    /// The longest time between two samples that was asked for while it ran, seconds; nil: it was not changed.
    package var longestInterval: Double?
    /// Of a merged run: why parts of it have failed.
    package var partFaults: [String] = []

    package init() {}
}
