internal import Measurements
internal import Watch

/// Makes events of findings and faults, with the names of the places in the server's code.
///
/// A finding is told once. It may be made a hundred thousand times: how often is in each sample, by its number.
struct FindingReporter {
    private let symbolizer = Symbolizer()
    /// Findings that have been told, by their numbers.
    private var toldFindings: Set<Int> = []
    /// Faults of each process that have been told.
    private var toldFaults: [Int32: Int] = [:]
    /// A bug is found many times at the same places.
    private var places: [[UInt64]: [CodePlace]] = [:]
    private var toldRefusals: Set<Int32> = []

    /// Frames of a fault that are told.
    private static let frameLimit = 16

    /// What is new in a reading.
    mutating func events(_ reading: ProbeReading, _ clock: RunClock) -> [Event] {
        // Those that are harmless so far may have come first, and are told last.
        var events: [Event] = [], latent: [Event] = []
        for finding in reading.findings where toldFindings.insert(finding.number).inserted {
            let modules = reading.processes.first { $0.pid == finding.process }?.modules ?? []
            let evidence = finding.evidence(
                writePlaces: places(finding.writeFrames, modules), foundPlaces: places(finding.foundFrames, modules),
                freedPlaces: finding.freedFrames.isEmpty ? [] : places(finding.freedFrames, modules),
                againPlace: finding.again.flatMap { places([$0.frame], modules).first })
            let event = Event(
                timeNanoseconds: clock.elapsed(atNanoseconds: finding.time), level: .error, source: "finding", text: evidence.sentence, brokenWrite: evidence)
            if finding.isLatent { latent.append(event) } else { events.append(event) }
        }
        events += latent
        for process in reading.processes {
            if let refusal = process.detour.refusal, toldRefusals.insert(process.pid).inserted {
                events.append(Event(timeNanoseconds: clock.elapsedNanoseconds, level: .warning, source: "watch", text: "no detour: \(refusal)"))
            }
            guard let fault = process.fault, fault.count > toldFaults[process.pid, default: 0], process.hasEnded else { continue }
            toldFaults[process.pid] = fault.count
            events += self.events(fault, process, clock)
        }
        return events
    }

    /// The fault, and its places, the innermost first.
    private func events(_ fault: Fault, _ process: ProbedProcess, _ clock: RunClock) -> [Event] {
        let address = fault.address == 0 ? "" : " at 0x\(String(fault.address, radix: 16))"
        let head = "\(process.name) (\(process.pid)) crashed by \(SignalName.text(fault.signal))\(address) on thread \(fault.thread)"
        let frames = symbolizer.places(Array(fault.frames.prefix(FindingReporter.frameLimit)), in: process.modules, isFault: true)
        // One moment for all, so that they are shown together.
        let now = clock.elapsedNanoseconds
        return ([head] + frames.enumerated().map { CrashFrame(index: $0, place: $1.description).text }).map {
            Event(timeNanoseconds: now, level: .error, source: "server", text: $0)
        }
    }

    private mutating func places(_ frames: [UInt64], _ modules: [CodeModule]) -> [CodePlace] {
        if let known = places[frames] { return known }
        let found = symbolizer.places(frames, in: modules)
        places[frames] = found
        return found
    }
}
