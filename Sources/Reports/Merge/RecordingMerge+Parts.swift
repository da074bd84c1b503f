internal import Load
internal import Measurements
internal import Recording

// Checks of the parts: whether they belong to one run, and whether they are all of it.
extension RecordingMerge {
    /// Parts of the run, as the recordings say; nil when they are no parts.
    var shareCount: Int? { parts.lazy.compactMap(\.header?.part).first.map { Int($0.share.count) } }

    func label(of header: RecordingHeader) -> String {
        guard let part = header.part else { return header.hostName }
        return header.hostName.isEmpty ? "part \(part.share.text)" : "part \(part.share.text) (\(header.hostName))"
    }

    /// The header of all: the plan of the whole, the processors of all hosts, the earliest start.
    func mergedHeader(toolVersion: String, commandLine: [String]) -> RecordingHeader? {
        let headers = parts.compactMap(\.header)
        guard let first = headers.first else { return nil }
        let started = alignment == .start ? first.startedUnixSeconds : headers.map(\.startedUnixSeconds).min() ?? 0
        var processors: [String: Int] = [:]
        for header in headers { processors[header.hostName] = header.cpuCount }
        let hosts = processors.keys.sorted()
        return RecordingHeader(
            toolVersion: toolVersion, hostName: RecordingMerge.text(of: hosts),
            system: first.system, cpuCount: processors.values.reduce(0, +), commandLine: commandLine, startedUnixSeconds: started,
            plan: first.part == nil ? RecordingMerge.sum(of: headers.map(\.plan)) : parts.lazy.compactMap(\.wholePlan).first ?? .null)
    }

    private static func text(of hosts: [String]) -> String {
        guard hosts.count != 1 else { return hosts[0] }
        return "\(hosts.count) hosts: \(hosts.prefix(namedHostLimit).joined(separator: ", "))" + (hosts.count > namedHostLimit ? ", ..." : "")
    }

    /// Hosts that the header names; a thousand are no name.
    private static let namedHostLimit = 8

    /// The plan of recordings that are no parts of one run: the first plan, with the amounts of all added.
    private static func sum(of plans: [JSON]) -> JSON {
        guard var sum = plans.first else { return .null }
        for path in ["client.connections", "client.rate", "client.requests"] {
            let numbers = plans.compactMap { $0[path: path]?.number }
            if numbers.count == plans.count { sum.set(.number(numbers.reduce(0, +)), atPath: path) }
        }
        return sum
    }

    /// The thresholds of the run, from the plan of the whole.
    var thresholds: [Threshold] { thresholdTexts.compactMap { try? Threshold(parsing: $0) } }

    private var thresholdTexts: [String] { parts.lazy.compactMap(\.wholePlan).first?["thresholds"]?.strings ?? [] }

    /// Thresholds that a newer version has written, and that are not judged.
    private var unreadThresholds: [String] {
        thresholdTexts.filter { (try? Threshold(parsing: $0)) == nil }.map { "the threshold '\($0)' cannot be read, and was not judged" }
    }

    // MARK: Doubts

    /// Reasons that are listed; more are counted.
    private static let doubtLimit = 16

    /// The reasons against the merged measurement that its numbers do not show, each with the part's name.
    var allDoubts: [String] {
        let all = missing + twice + strangers + late + unreadThresholds + doubts + parts.flatMap(RecordingMerge.ownDoubts)
        return all.count <= RecordingMerge.doubtLimit
            ? all : Array(all.prefix(RecordingMerge.doubtLimit)) + ["and \(all.count - RecordingMerge.doubtLimit) reasons more"]
    }

    /// Parts that are not there, or that are there twice.
    private var missing: [String] {
        var doubts = problems
        guard let count = shareCount else { return doubts }
        var paths: [Int: [String]] = [:]
        for part in parts {
            guard let share = part.header?.part?.share, share.count == UInt64(count) else { continue }
            paths[Int(share.index), default: []].append(part.path)
        }
        for index in 0..<count {
            switch paths[index, default: []] {
            case let files where files.isEmpty: doubts.append("part \(index + 1)/\(count) is missing")
            case let files where files.count > 1: doubts.append("part \(index + 1)/\(count) is there \(files.count) times: \(files.joined(separator: ", "))")
            default: break
            }
        }
        return doubts
    }

    /// Recordings that are there twice, under two names: their requests would count double.
    private var twice: [String] {
        // Parts of a run say which they are.
        let known = parts.filter { $0.header != nil && $0.header?.part == nil }
        return known.indices.dropFirst().compactMap { index in
            guard let same = known[..<index].first(where: { $0.header == known[index].header }) else { return nil }
            return "\(known[index].path) is the same recording as \(same.path), and counts twice"
        }
    }

    /// Parts of another run than the first.
    private var strangers: [String] {
        guard let first = parts.first(where: { $0.header != nil }), let plan = first.wholePlan else { return [] }
        return parts.filter { $0.header != nil }.dropFirst().compactMap { part in
            guard let share = part.header?.part?.share, let own = first.header?.part?.share else {
                return part.header?.part == nil && first.header?.part == nil
                    ? nil : "\(part.label) and \(first.label) are not parts of one run: one has no --share"
            }
            if share.count != own.count { return "\(part.label) is of another plan than \(first.label): of \(share.count) parts, not \(own.count)" }
            guard let other = part.wholePlan, other != plan else { return nil }
            return "\(part.label) is of another plan than \(first.label)" + (RecordingMerge.difference(other, plan, "").map { ": \($0)" } ?? "")
        }
    }

    /// The first member that differs: "client.rate is 5, not 10".
    private static func difference(_ one: JSON, _ other: JSON, _ path: String) -> String? {
        guard case .object(let members) = one, case .object(let others) = other else {
            return one == other ? nil : "\(path) is \(one.text), not \(other.text)"
        }
        for name in (members + others).map(\.name) {
            if let found = difference(one[name] ?? .null, other[name] ?? .null, path.isEmpty ? name : "\(path).\(name)") { return found }
        }
        return nil
    }

    /// Parts that began after the others.
    private var late: [String] {
        let known = parts.filter { $0.header != nil }
        guard let earliest = known.min(by: { ($0.header?.startedUnixSeconds ?? 0) < ($1.header?.startedUnixSeconds ?? 0) }) else { return [] }
        return known.compactMap { part in
            guard let header = part.header else { return nil }
            if let delay = header.startDelaySeconds {
                return delay > Validity.startDelayLimit ? "\(part.label) started \(RecordingMerge.text(delay)) after the time of --start-at" : nil
            }
            let delay = header.startedUnixSeconds - (earliest.header?.startedUnixSeconds ?? 0)
            guard alignment == .wall, delay > Validity.startDelayLimit else { return nil }
            return "\(part.label) started \(RecordingMerge.text(delay)) after \(earliest.label) by their clocks: it was late, or the clocks differ (--align start)"
        }
    }

    private static func text(_ seconds: Double) -> String { Figure.fixed(seconds, decimals: 1) + "s" }

    /// The reasons why a part's own measurement is not valid.
    private static func ownDoubts(_ part: MergedPart) -> [String] {
        guard let summary = part.summary else { return [] }
        let outcome = summary["outcome"]?.string.flatMap { $0 == Outcome.ended.text ? nil : ["\(part.label): \($0)"] } ?? []
        return outcome + (Validity(recorded: summary)?.reasons ?? []).map { "\(part.label): \($0)" }
    }

    /// Why parts have failed, as far as the merged numbers do not show it.
    var partFaults: [String] {
        parts.flatMap { part in
            guard let summary = part.summary else { return [String]() }
            return RunResult(recorded: summary).faults.filter { RecordingMerge.ownCauses.contains($0.cause) }.map { "\(part.label): \($0.text)" }
        }
    }

    /// The others are judged over all parts.
    private static let ownCauses: Set<RunResult.Cause> = [.recording, .loops, .death, .unreachable, .interrupted, .serverGone, .part]
}
