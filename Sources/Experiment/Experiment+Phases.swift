package import Load
internal import Loop
internal import Measurements
internal import Workload

// A run in phases, and what the plan wants to happen at a time: all by the monotonic clock, from where the load begins.
extension Experiment {
    /// Until the phase of now ends: the time for a sample. nil without phases.
    package var nanosecondsToPhaseEnd: UInt64? {
        phases.nextNanoseconds.map { end in
            let now = EventLoop.monotonicNanoseconds() - startNanoseconds
            return end > now ? end - now : 0
        }
    }

    /// The phase of now, or the last one; nil without phases.
    package var currentPhase: Phase? { phases.current }

    /// All phases are over: nothing more will be asked. The sample of the last one is yet to be taken.
    package var hasEndedPhases: Bool { phases.isLast && nanosecondsToPhaseEnd == 0 }

    /// Loops know themselves when to ask what; this is the rest.
    func begin(_ phase: Phase) {
        if let connections = phase.connections, connections != self.connections { setConnections(connections) }
        if let streams = phase.streams, streams != self.streams { setStreams(streams) }
        let warmup = phase.isWarmup ? ", warm-up" : ""
        note(.info, source: "phase", "\(phase.name): \(phase.loadText) for \(Figure.time(nanoseconds: phase.durationNanoseconds))\(warmup)")
    }

    // MARK: Planned events

    /// Until the next planned event; nil: none is to come.
    package var nanosecondsToEvent: UInt64? {
        plannedEvents.first.map { event in
            let now = EventLoop.monotonicNanoseconds()
            let due = loadStartNanoseconds + event.time.nanoseconds
            return due > now ? due - now : 0
        }
    }

    /// Does what the plan wants to happen by now.
    package func performDueEvents() {
        while !hasBegunStop, nanosecondsToEvent == 0 { perform(plannedEvents.removeFirst().action) }
    }

    private func perform(_ action: PlannedEvent.Action) {
        switch action {
        case .slowReader(let duration): startSlowReader(seconds: Double(duration.nanoseconds) / 1e9)
        case .writePolicy(let policy): _ = setWritePolicy(policy)
        case .connections(let count): setConnections(count)
        case .dropConnections(let count):
            for (number, worker) in clients.enumerated() {
                worker.mailbox.post(.dropConnections(Experiment.share(of: count, loop: number, of: clients.count)))
            }
            note(.warning, source: "load", "\(count) connections dropped")
        case .drainServer:
            guard plan.server != nil else { return }
            note(.warning, source: "server", "drains, as on SIGTERM")
            drainNanoseconds = plan.drainTime.nanoseconds
            stopServers()
        }
    }
}
