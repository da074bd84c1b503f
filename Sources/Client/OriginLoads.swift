package import Load
package import Loop
package import Measurements

/// The load of one loop: a generator for each origin that its requests go to, which has connections, a schedule, a circuit
/// breaker and addresses of its own.
///
/// Everything here belongs to the loop's thread. A request meets its generator alone, so one origin costs what it would
/// cost without others.
package final class OriginLoads {
    package let loop: EventLoop
    /// One at least, in the order of the origins.
    private let generators: [LoadGenerator]

    /// Calls back once so many others have.
    private final class Countdown {
        private var missing: Int
        private let onZero: () -> Void

        init(_ count: Int, _ onZero: @escaping () -> Void) {
            missing = count
            self.onZero = onZero
        }

        func tick() {
            missing -= 1
            if missing == 0 { onZero() }
        }
    }

    /// - Parameters:
    ///   - configurations: one for each origin.
    ///   - onDone: called once, on the loop, when all requests have ended or no client can connect.
    ///   - onEnd: called once, on the loop, when `stop` is through.
    package init(
        loop: EventLoop, _ configurations: [ClientConfiguration], onDone: @escaping () -> Void, onEnd: @escaping () -> Void
    ) throws(ConnectError) {
        precondition(!configurations.isEmpty, "a load has an origin")
        let done = Countdown(configurations.count, onDone), end = Countdown(configurations.count, onEnd)
        var generators: [LoadGenerator] = []
        for configuration in configurations {
            do throws(ConnectError) {
                generators.append(try LoadGenerator(loop: loop, configuration: configuration, onDone: done.tick, onEnd: end.tick))
            } catch {
                // Their timers are closed in a turn of the loop.
                for generator in generators { generator.stop(askedNanoseconds: EventLoop.monotonicNanoseconds(), withinNanoseconds: 0) }
                loop.run()
                throw error
            }
        }
        self.loop = loop
        self.generators = generators
    }

    /// Connects all clients. On the loop's thread, once.
    package func start() { for generator in generators { generator.start() } }

    /// Makes this loop's share of a change of the run, one of the clients' side.
    package func apply(_ change: RunChange) {
        for generator in generators { generator.apply(change.part(generator.configuration.origin)) }
    }

    /// Starts nothing more, waits for requests in flight, and drops the rest at the deadline: see `LoadGenerator.stop`.
    package func stop(askedNanoseconds: UInt64, withinNanoseconds nanoseconds: UInt64) {
        for generator in generators { generator.stop(askedNanoseconds: askedNanoseconds, withinNanoseconds: nanoseconds) }
    }

    /// Why a client could not connect, the last time.
    package var lastConnectError: ConnectError? { generators.lazy.compactMap(\.lastConnectError).last }

    /// This loop's reading, now, with the latencies since the reading before.
    package func sample() -> ClientSample {
        guard generators.count > 1 else { return generators[0].sample() }
        let samples = generators.map { $0.sample() }
        var whole = samples[0]
        for sample in samples.dropFirst() {
            var part = sample
            // They have one thread, which the first has told of.
            part.loops = LoopSample()
            whole.merge(part)
        }
        whole.requests.standstillNanoseconds = samples[0].requests.standstillNanoseconds
        // The run is cut off once no origin can be reached.
        let counts = samples.map(\.connectionCounts)
        let isCutOff = counts.allSatisfy { $0.cutOffLoops > 0 }
        whole.connectionCounts.cutOffLoops = isCutOff ? 1 : 0
        whole.connectionCounts.lost = isCutOff ? counts.reduce(0) { $0 + $1.lost } : 0
        whole.connectionCounts.cutOffNanoseconds = counts.map(\.cutOffNanoseconds).min() ?? 0
        // Requests that were never sent come last.
        let sent = whole.byRequest.filter { $0.name != RequestSample.unsentName }
        whole.byRequest = sent + whole.byRequest.filter { $0.name == RequestSample.unsentName }
        return whole
    }
}
