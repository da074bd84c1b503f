/// The bugs of a server that is watched, each once, with how often it was found.
///
/// A finding comes whole with an event, the first time; how often it was found comes with each sample, by its number.
/// Several findings may be one bug: the same code, reached through other frames of a library; or what libuv sends of bytes
/// that were changed under it. Bugs have numbers of their own, from 1 on, as people are told them. Older recordings have no numbers, and an event for every few times, with the times since the
/// one before.
package struct FoundBugs: Sendable {
    /// In the order in which they came, each as it was the first time, with its own number.
    package private(set) var bugs: [BrokenWrite] = []
    /// By a finding's number: the place of its bug, once its event has come, and its newest count.
    private var places: [UInt64: Int] = [:]
    private var counts: [UInt64: UInt64] = [:]

    package init() {}

    /// Takes the finding of an event.
    ///
    /// - Returns: the place of its bug, and whether it is a new one.
    @discardableResult
    package mutating func note(_ finding: BrokenWrite) -> (place: Int, isNew: Bool) {
        if let number = finding.number, let place = places[number] {
            _ = update([FindingCount(number: number, count: finding.count)])
            return (place, false)
        }
        var finding = finding
        if let number = finding.number {
            // A sample may have told its count before.
            finding.count = max(finding.count, counts[number] ?? 0)
            counts[number] = finding.count
        }
        let known = bugs.firstIndex { $0.isSameBug(as: finding) }
        let place = known ?? bugs.endIndex
        if let number = finding.number { places[number] = place }
        if finding.number != nil { finding.number = UInt64(place) + 1 }
        if known == nil {
            bugs.append(finding)
        } else if bugs[place].isConsequence(of: finding) {
            // The cause says more than what came of it.
            finding.count &+= bugs[place].count
            finding.consequences = bugs[place].consequences + [bugs[place].kind]
            bugs[place] = finding
        } else {
            bugs[place].count &+= finding.count
            if finding.isConsequence(of: bugs[place]), !bugs[place].consequences.contains(finding.kind) {
                bugs[place].consequences.append(finding.kind)
            }
        }
        return (place, known == nil)
    }

    /// Takes the counts of a sample.
    ///
    /// - Returns: the places of the bugs that were found again.
    @discardableResult
    package mutating func update(_ findings: [FindingCount]) -> [Int] {
        var grown: [Int] = []
        for finding in findings {
            let before = counts[finding.number] ?? 0
            guard finding.count > before else { continue }
            counts[finding.number] = finding.count
            guard let place = places[finding.number] else { continue }
            bugs[place].count &+= finding.count - before
            if !grown.contains(place) { grown.append(place) }
        }
        return grown
    }

    /// Counts from now on.
    package mutating func restart() { for place in bugs.indices { bugs[place].count = 0 } }
}

/// How often a finding was made since the server started.
package struct FindingCount: Sendable, Equatable {
    /// As its event has it: `BrokenWrite.number`.
    package var number: UInt64
    package var count: UInt64

    package init(number: UInt64, count: UInt64) {
        self.number = number
        self.count = count
    }
}
