internal import Workload

/// The files and the text that a run leaves behind, as the command line or a list of trials asks for them.
struct RunOutput {
    /// Where the recording goes; nil: nowhere, `-`: standard output.
    var file: String?
    /// The summary.
    var printsJSON = false
    /// Exit 3 when the measurement is not to be trusted.
    var isStrict = false
    /// Where the numbers are served while it runs; nil: nowhere.
    var metrics: ListenAddress?
    /// How long they stay after the end.
    var linger: Duration = .zero
    var noColor = false
    /// Which of several runs it is; nil: the only one.
    var title: String?
}
