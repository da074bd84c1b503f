internal import Experiment
internal import Measurements
internal import Workload

/// The endpoint of `--metrics`, and how long it outlives the run.
struct LingeringMetrics {
    private let endpoint: MetricsEndpoint
    private let patience: Duration

    /// Listens at once; nil when the command line asks for no endpoint.
    init?(_ output: RunOutput) throws(RunError) {
        guard let address = output.metrics else { return nil }
        do { endpoint = try MetricsEndpoint(host: address.host, port: address.port, toolVersion: Version.number) } catch {
            throw RunError(error.description)
        }
        patience = output.linger
    }

    var url: String { endpoint.url }

    func publish(_ sample: Sample) { endpoint.publish(sample) }

    /// Keeps the last numbers up for scrapers that come now and then, until a signal or the time is over.
    func linger(until signals: SignalInbox) {
        if patience > .zero {
            Output.error.line("metrics stay at \(url) for \(Figure.time(nanoseconds: patience.nanoseconds)); Ctrl-C ends that")
            let clock = SuspendingClock()
            let end = clock.now + patience
            while clock.now < end, signals.next() == nil {
                Polling.wait(for: [signals.descriptor], atMost: min(end - clock.now, .seconds(60)))
            }
        }
        endpoint.close()
    }
}
