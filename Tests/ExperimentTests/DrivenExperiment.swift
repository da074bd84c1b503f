import Experiment
import Glibc
import Load
import Measurements
import TestSupport
import Workload

/// An experiment that a test drives by hand: it reads when it wants to, and has all events so far.
final class DrivenExperiment {
    let source: Experiment
    private(set) var events: [Event] = []

    /// Binds and resolves.
    init(_ plan: Plan) throws { source = try Experiment(plan) }

    /// Binds, resolves and starts.
    static func started(_ plan: Plan) throws -> DrivenExperiment {
        let experiment = try DrivenExperiment(plan)
        try experiment.source.start()
        return experiment
    }

    /// A reading of now.
    func sample() -> Sample {
        _ = source.performDue()
        source.sample()
        return takeSamples()[0]
    }

    /// Reads until a sample is as it should be; nil after ten seconds.
    func sample(until isRight: (Sample) -> Bool) -> Sample? {
        var sample = sample()
        let isThere = isRight(sample) || holds {
            sample = self.sample()
            return isRight(sample)
        }
        return isThere ? sample : nil
    }

    /// Whether the load is through within that many seconds.
    func isDone(within seconds: Double) -> Bool {
        holds(within: seconds) {
            _ = source.performDue()
            return source.load.isDone
        }
    }

    /// A test that has thrown leaves no thread behind: that would trap, and take the other tests with it.
    deinit { if source.outcome == nil { _ = stop(withinSeconds: 0) } }

    /// Ends the run. - Returns: the last sample.
    func stop(withinSeconds seconds: Double) -> Sample {
        var samples: [Sample] = []
        source.stop(withinSeconds: seconds)
        while source.outcome == nil {
            samples += takeSamples()
            if source.outcome == nil { usleep(500) }
        }
        recorded += samples.dropLast()
        return samples[samples.count - 1]
    }

    /// Those at the stop, before the last.
    private(set) var recorded: [Sample] = []

    func apply(_ change: RunChange) { source.apply(change) }

    /// Texts of the events so far.
    var texts: [String] {
        _ = takeSamples()
        return events.map(\.text)
    }

    private func takeSamples() -> [Sample] {
        var samples: [Sample] = []
        for news in source.takeNews() {
            switch news {
            case .sample(let sample): samples.append(sample)
            case .event(let event): events.append(event)
            case .loadEnded: break
            }
        }
        return samples
    }
}
