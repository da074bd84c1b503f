internal import Measurements
internal import Watch

/// Makes events of findings and faults, with the names of the places in the server's code.
///
/// A bug is told when it is first found. It may be found a hundred thousand times: it is told again when it was found
/// twice as often as told, and at the end, each time with the number of times since. So all counts are in the recording.
struct FindingReporter {
    private let symbolizer = Symbolizer()
    /// Times that a bug was found and told, by the finding's number.
    private var toldCounts: [Int: UInt64] = [:]
    /// Faults of each process that have been told.
    private var toldFaults: [Int32: Int] = [:]
    /// A bug is found many times at the same places.
    private var places: [[UInt64]: [CodePlace]] = [:]
    private var toldRefusals: Set<Int32> = []

    /// Frames of a fault that are told.
    private static let frameLimit = 16

    /// - Parameter isLast: no reading comes after this one.
    mutating func events(_ reading: ProbeReading, _ clock: RunClock, isLast: Bool) -> [Event] {
        var events: [Event] = []
        for finding in reading.findings {
            let told = toldCounts[finding.number, default: 0]
            guard told == 0 || finding.count >= told &* 2 || isLast && finding.count > told else { continue }
            toldCounts[finding.number] = finding.count
            let modules = reading.processes.first { $0.pid == finding.process }?.modules ?? []
            let evidence = finding.evidence(
                writePlaces: places(finding.writeFrames, modules), foundPlaces: places(finding.foundFrames, modules), count: finding.count &- told)
            events.append(Event(
                timeNanoseconds: told == 0 ? clock.elapsed(atNanoseconds: finding.time) : clock.elapsedNanoseconds, level: .error, source: "finding", text: evidence.sentence,
                brokenWrite: evidence))
        }
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
        return ([head] + frames.enumerated().map { "#\($0) \($1)" }).map {
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
