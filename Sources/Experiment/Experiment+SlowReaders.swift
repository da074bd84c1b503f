internal import Client
internal import Load
internal import Loop
internal import Measurements
internal import Workload

extension Experiment {
    /// Slow readers that were asked for one by one, each with a thread: a few show all there is to see.
    private static let slowReaderLimit = 16

    /// The longest that one stays.
    private static let longestSeconds = 86_400.0

    /// Seeds of slow readers, which no other client comes to: below this there are enough for years.
    private static let firstSlowSeed: UInt64 = 1 << 40

    /// A client that asks for large answers and reads them at a trickle, for so long, beside the load.
    ///
    /// - Returns: false when there are too many already, or there is nobody to ask.
    @discardableResult
    package func startSlowReader(seconds: Double) -> Bool {
        guard slowReaders.count(where: { !$0.isOver }) < Experiment.slowReaderLimit else {
            note(.warning, source: "load", "no more than \(Experiment.slowReaderLimit) slow readers")
            return false
        }
        let seconds = seconds.isFinite ? min(max(seconds, 0), Experiment.longestSeconds) : 0
        guard addSlowReaders(1, seconds: seconds) else { return false }
        note(.info, source: "load", "a slow reader, for \(Figure.fixed(seconds, decimals: seconds == seconds.rounded() ? 0 : 1)) s")
        return true
    }

    /// The plan's slow readers, which stay.
    func startPlannedSlowReaders() {
        guard let count = plan.client?.slowReaders, count > 0, addSlowReaders(count, seconds: nil) else { return }
        note(.info, source: "load", "\(count) slow readers")
    }

    private func addSlowReaders(_ count: Int, seconds: Double?) -> Bool {
        guard let address = clientAddress, !hasBegunStop else { return false }
        var client = plan.client ?? ClientPlan()
        client.kinds = SlowReaderWorker.targets.map { RequestKind($0) }
        var configuration = ClientConfiguration(
            client, address: address, authority: targetAddress ?? address.description, caches: .client, loop: 0, of: 1)
        configuration.tls = tls.client
        configuration.renewal = .never
        configuration.firstSeed = Experiment.firstSlowSeed + UInt64(slowReaders.count) << 32
        do {
            slowReaders.append(try SlowReaderWorker(
                number: slowReaders.count, configuration, connections: count, seconds: seconds, answers: answers))
            return true
        } catch {
            note(.error, source: "load", "no slow reader: \(error.description)")
            return false
        }
    }

    /// Adds what they have read so far, and says which have gone.
    func addSlowReaders(to sample: inout ClientSample) {
        for worker in slowReaders { worker.addSample(to: &sample) }
    }

    /// Events for those whose time was over.
    func noteSlowReadersThatEnded() {
        for number in answers.takeEndedSlowReaders() where slowReaders.indices.contains(number) {
            slowReaders[number].isOver = true
            if slowReaders[number].isTimed && !hasBegunStop { note(.info, source: "load", "the slow reader has gone") }
        }
    }
}
