package import Measurements
package import Recording

/// The recordings of a run's parts as one recording, as if one process had done all of it.
///
/// Lines go in, in the order of the merged time axis or as they come, and merged samples and events come out.
/// A merged sample has the newest reading of every part, merged as the loops of one process are, by the rules of
/// the `Metric` table, and the histograms of exactly those samples that came since the merged sample before: nothing is
/// lost, nothing is told twice, whatever the ticks of the parts. Holds one reading of each part, so its memory
/// does not grow with the length of the run. Pure: no file, no clock.
package struct RecordingMerge {
    /// The clock by which the samples of the parts lie beside each other.
    package enum Alignment: String, Sendable, CaseIterable {
        /// The wall clocks of the parts' hosts.
        case wall
        /// Time 0 of each part: for hosts whose clocks lie.
        case start
    }

    /// A line of the merged recording.
    package enum Item: Sendable {
        case sample(Sample)
        case event(Event)
    }

    /// The samples that become the next merged one.
    private struct Group {
        /// Its number among the merged samples.
        var slot: Int
        var endNanoseconds: UInt64
        /// Parts with a sample of this slot; and all with a sample here, which may be of an earlier one.
        var members: Set<Int> = []
        var tellers: Set<Int> = []
        var phase: String?
        var isWarmup: Bool
        /// Fields that cover an interval: histograms, events, evidence. Its numbers have no meaning.
        var told = Sample(timeNanoseconds: 0, intervalNanoseconds: 0, server: nil, client: nil, process: ProcessSample())
    }

    /// A phase of the run, or the time after the last: where its first sample lies.
    private struct PhaseStart {
        var name: String?
        var slot: Int
        var nanoseconds: UInt64
    }

    var parts: [MergedPart]
    let alignment: Alignment
    private(set) var header: RecordingHeader?
    private var summary: Summary?
    private var group: Group?
    /// Of the merged sample before.
    private var lastSlot = -1
    private var phases: [PhaseStart] = []
    private var intervalNanoseconds: UInt64 = 1_000_000_000
    private var lastNanoseconds: UInt64 = 0
    /// Reasons not to trust the merged run, in the order in which they were found.
    var doubts: [String] = []

    /// A part that sends no sample for so long, and for so many intervals, is told to be silent.
    private static let silentNanoseconds: UInt64 = 3_000_000_000
    private static let silentIntervals: UInt64 = 3

    /// - Parameter paths: of the parts, as events and reasons call them until their headers have come.
    package init(paths: [String], alignment: Alignment) {
        parts = paths.map { MergedPart(path: $0) }
        self.alignment = alignment
    }

    // MARK: Headers

    /// The first line of a part.
    ///
    /// - Returns: events, once `begin` was called.
    package mutating func take(_ header: RecordingHeader, ofPart index: Int) -> [Item] {
        parts[index].header = header
        parts[index].label = label(of: header)
        guard self.header != nil else { return [] }
        place(index)
        return [event(.info, "\(parts[index].label) reports", atNanoseconds: lastNanoseconds)]
    }

    /// The header of the merged recording, of the parts whose headers have come. Others may follow.
    ///
    /// - Parameters:
    ///   - toolVersion, commandLine: of this process.
    /// - Returns: nil when no part has one.
    package mutating func begin(toolVersion: String, commandLine: [String]) -> RecordingHeader? {
        guard let merged = mergedHeader(toolVersion: toolVersion, commandLine: commandLine) else { return nil }
        header = merged
        if let interval = merged.plan["interval"]?.number, interval > 0 { intervalNanoseconds = Metric.nanoseconds(interval) }
        summary = Summary(merged.request)
        for index in parts.indices where parts[index].header != nil { place(index) }
        return merged
    }

    /// Finds the part's time 0 on the axis.
    private mutating func place(_ index: Int) {
        guard let header = parts[index].header, let merged = self.header, alignment == .wall else { return }
        let seconds = header.startedUnixSeconds - merged.startedUnixSeconds
        parts[index].offsetNanoseconds = Int64(exactly: (seconds * 1e9).rounded()) ?? 0
    }

    /// A moment of a part on the merged axis.
    package func time(_ nanoseconds: UInt64, ofPart index: Int) -> UInt64 {
        let (time, overflows) = Int64(clamping: nanoseconds).addingReportingOverflow(parts[index].offsetNanoseconds)
        return overflows ? UInt64(Int64.max) : UInt64(clamping: time)
    }

    /// The first sample of a part has just come, from a part that writes it at this moment: its clock can be told from
    /// those of the others.
    ///
    /// - Parameters:
    ///   - nanoseconds: of the sample, since the part's start.
    ///   - unixSeconds: now, by the clock of this machine.
    package mutating func noteArrival(ofPart index: Int, sampleNanoseconds nanoseconds: UInt64, unixSeconds: Double) -> [Item] {
        guard alignment == .wall, parts[index].skewSeconds == nil, let header = parts[index].header else { return [] }
        let skew = unixSeconds - header.startedUnixSeconds - Metric.seconds(nanoseconds)
        let other = parts.filter { $0.skewSeconds != nil }.max { abs(($0.skewSeconds ?? 0) - skew) < abs(($1.skewSeconds ?? 0) - skew) }
        parts[index].skewSeconds = skew
        guard let other, let difference = other.skewSeconds.map({ skew - $0 }), abs(difference) > Validity.startDelayLimit else { return [] }
        let words = "the clock of \(parts[index].label) is \(Figure.fixed(abs(difference), decimals: 1))s \(difference > 0 ? "behind" : "ahead of") that of \(other.label), by the arrival of their first samples (--align start)"
        doubts.append(words)
        return [event(.warning, words, atNanoseconds: lastNanoseconds)]
    }

    // MARK: Lines

    /// The next line of a part.
    package mutating func take(_ line: RecordingReader.Line, ofPart index: Int) -> [Item] {
        switch line {
        case .sample(var sample):
            sample.findingCounts = sample.findingCounts.map { FindingCount(number: RecordingMerge.number($0.number, ofPart: index), count: $0.count) }
            return take(sample, ofPart: index)
        case .event(var event):
            event.timeNanoseconds = time(event.timeNanoseconds, ofPart: index)
            event.text = "\(parts[index].label): \(event.text)"
            if var finding = event.brokenWrite {
                finding.number = finding.number.map { RecordingMerge.number($0, ofPart: index) }
                event.brokenWrite = finding
            }
            summary?.add(event)
            return [.event(event)]
        case .summary(let summary):
            parts[index].summary = summary
            parts[index].end = .whole
            return []
        case .other: return []
        }
    }

    /// Each part numbers the findings of its server from 1 on, and a probe keeps fewer than a thousand.
    private static func number(_ number: UInt64, ofPart index: Int) -> UInt64 { number &+ UInt64(index) &* 1_000 }

    private mutating func take(_ sample: Sample, ofPart index: Int) -> [Item] {
        let time = time(sample.timeNanoseconds, ofPart: index)
        let slot = slot(of: sample, ofPart: index, atNanoseconds: time)
        var items: [Item] = []
        if let group, isOver(group, with: sample, ofPart: index, slot: slot) { items = closeGroup() }
        var open = group ?? Group(slot: lastSlot + 1, endNanoseconds: max(time, lastNanoseconds), phase: sample.phase, isWarmup: sample.isWarmup)
        // Else its histograms, which are large, would be copied.
        group = nil
        open.slot = max(open.slot, slot)
        // A sample that comes after those of its time tells in the next merged one, which still waits for the part.
        if slot == open.slot { open.members.insert(index) }
        open.tellers.insert(index)
        open.endNanoseconds = max(open.endNanoseconds, time)
        open.told.merge(sample)
        group = open
        parts[index].take(sample, atNanoseconds: time, number: index)
        if parts[index].isSilent {
            parts[index].isSilent = false
            items.append(event(.info, "\(parts[index].label) reports again", atNanoseconds: time))
        }
        return items
    }

    /// The number of the merged sample to which a part's belongs: by the part's own ticks, since those of two parts may
    /// lie half an interval apart.
    private mutating func slot(of sample: Sample, ofPart index: Int, atNanoseconds time: UInt64) -> Int {
        if let ticks = parts[index].ticks, phases[ticks.phase].name == sample.phase {
            return ticks.slot + intervals(from: ticks.nanoseconds, to: time)
        }
        let next = parts[index].ticks.map { $0.phase + 1 } ?? 0
        let known = phases[next...].firstIndex { $0.name == sample.phase }
        if known == nil, phases.count < RecordingMerge.phaseLimit {
            phases.append(PhaseStart(name: sample.phase, slot: max(lastSlot, group?.slot ?? -1) + 1, nanoseconds: time))
        }
        let phase = known ?? phases.count - 1
        let slot = phases[phase].slot + intervals(from: phases[phase].nanoseconds, to: time)
        parts[index].ticks = (phase, time, slot)
        return slot
    }

    /// Phases of a run, with room for some that are entered twice.
    private static let phaseLimit = 256

    private func intervals(from start: UInt64, to end: UInt64) -> Int {
        Int(((Double(end) - Double(start)) / Double(intervalNanoseconds)).rounded())
    }

    /// The sample begins another merged one: it is of a later slot, or the part has told already and none is missing. The
    /// last sample of a load is followed at once by the one after it.
    private func isOver(_ group: Group, with sample: Sample, ofPart index: Int, slot: Int) -> Bool {
        guard slot > group.slot || group.members.contains(index) && isWhole(group) else { return false }
        return hasProgressed(group) || sample.phase != group.phase
    }

    /// Every part that runs has a sample of its slot.
    private func isWhole(_ group: Group) -> Bool {
        parts.indices.allSatisfy { group.members.contains($0) || parts[$0].end != nil || parts[$0].header == nil || parts[$0].isSilent }
    }

    /// Whether a merged sample of this group has an interval to speak of. What a part sends after it was silent
    /// has none, and its rates would be those of a nanosecond.
    private func hasProgressed(_ group: Group) -> Bool { group.endNanoseconds - lastNanoseconds >= intervalNanoseconds / 2 }

    /// The recording of a part has ended.
    ///
    /// - Parameter problem: why it could not be read, or not to its end; nil: it ended.
    package mutating func end(ofPart index: Int, problem: String? = nil) -> [Item] {
        guard parts[index].end == nil else {
            // Something stands behind its summary.
            guard let problem else { return [] }
            doubts.append("\(parts[index].label): \(problem)")
            return [event(.error, "\(parts[index].label): \(problem)", atNanoseconds: parts[index].readingNanoseconds)]
        }
        guard parts[index].header != nil else {
            parts[index].end = .missing(problem ?? "it has no header")
            return [event(.error, "\(parts[index].path): \(problem ?? "it has no header")", atNanoseconds: lastNanoseconds)]
        }
        let last = parts[index].reading == nil ? "before its first sample" : "after \(Figure.fixed(Metric.seconds(parts[index].readingNanoseconds), decimals: 1))s"
        parts[index].end = .cutOff
        parts[index].clearGauges()
        let words = "\(parts[index].label) has no end: it died or was cut off \(last)" + (problem.map { " (\($0))" } ?? "")
        doubts.append(words)
        return [event(.error, words, atNanoseconds: parts[index].readingNanoseconds)]
    }

    /// Every part that runs has a sample in the next merged one: it need not be waited for.
    package var isGroupWhole: Bool {
        guard let group, hasProgressed(group) || group.tellers.allSatisfy({ parts[$0].end != nil }) else { return false }
        return isWhole(group)
    }

    /// The merged sample of what has come since the one before; none where nothing has.
    package mutating func flush() -> [Item] { group == nil ? [] : closeGroup() }

    private mutating func closeGroup() -> [Item] {
        guard let closed = group else { return [] }
        group = nil
        var merged = Sample(
            timeNanoseconds: max(closed.endNanoseconds, lastNanoseconds + 1), intervalNanoseconds: 0, server: nil, client: nil,
            process: ProcessSample())
        merged.intervalNanoseconds = merged.timeNanoseconds - lastNanoseconds
        merged.phase = closed.phase
        merged.isWarmup = closed.isWarmup
        for reading in parts.compactMap(\.reading) { merged.merge(reading) }
        if let told = closed.told.client { merged.client = merged.client?.including(histogramsOf: told) }
        if let told = closed.told.server { merged.server = merged.server?.including(histogramsOf: told) }
        lastNanoseconds = merged.timeNanoseconds
        lastSlot = closed.slot
        let events = noticeSilence()
        merged.parts = PartsSample(reporting: parts.count(where: \.reports), count: max(parts.count, shareCount ?? 0))
        // After the load each part sends one more sample, and then its summary.
        if closed.tellers.allSatisfy({ parts[$0].summary != nil }) { summary?.endLoad() }
        summary?.add(merged)
        return [.sample(merged)] + events
    }

    private mutating func noticeSilence() -> [Item] {
        var items: [Item] = []
        let limit = max(RecordingMerge.silentNanoseconds, RecordingMerge.silentIntervals * intervalNanoseconds)
        for index in parts.indices where parts[index].end == nil && !parts[index].isSilent && parts[index].header != nil {
            let silence = lastNanoseconds - min(parts[index].readingNanoseconds, lastNanoseconds)
            guard silence >= limit else { continue }
            parts[index].isSilent = true
            items.append(event(.warning, "\(parts[index].label) has sent nothing for \(Figure.time(nanoseconds: silence))", atNanoseconds: lastNanoseconds))
            doubts.append("\(parts[index].label) was silent for \(Figure.time(nanoseconds: silence)) or longer")
        }
        return items
    }

    /// Of the events that are the merge's own.
    package static let source = "merge"

    private func event(_ level: Event.Level, _ text: String, atNanoseconds time: UInt64) -> Item {
        .event(Event(timeNanoseconds: time, level: level, source: RecordingMerge.source, text: text))
    }

    // MARK: The end

    /// The part has said that it has ended.
    package func hasEnded(_ index: Int) -> Bool { parts[index].end != nil }

    /// Between two samples of a part, by the plan.
    package var interval: Duration { .nanoseconds(Int64(clamping: intervalNanoseconds)) }

    /// Why recordings could not be read.
    package var problems: [String] {
        parts.compactMap { part in
            if case .missing(let why)? = part.end { "\(part.path): \(why)" } else { nil }
        }
    }

    /// The totals of the run, judged; after all parts have ended and `flush`.
    package mutating func finish() -> Summary? {
        guard var summary else { return nil }
        let isPartial = parts.contains { if case .whole? = $0.end { false } else { true } }
        summary.thresholds = thresholds.map { $0.judge(summary, isPartial: isPartial) }
        summary.doubts = allDoubts
        summary.circumstances.partFaults = partFaults
        return summary
    }
}
