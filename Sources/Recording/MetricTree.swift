internal import Measurements

/// The metrics as a sample's line has them: the words of a dotted name are objects within objects.
struct MetricTree: Sendable {
    private indirect enum Node: Sendable {
        case metric(Metric)
        case group(MetricTree)
    }

    /// In the order in which their names come up first.
    private var members: [(name: String, node: Node)] = []

    static let all: MetricTree = {
        var tree = MetricTree()
        for metric in Metric.all { tree.add(metric, at: metric.name.split(separator: ".")[...]) }
        return tree
    }()

    private mutating func add(_ metric: Metric, at path: ArraySlice<Substring>) {
        guard let first = path.first else { return }
        if path.count == 1 { return members.append((String(first), .metric(metric))) }
        var group = MetricTree()
        let index = members.firstIndex { $0.name == first } ?? members.endIndex
        if index == members.endIndex { members.append((String(first), .group(group))) }
        if case .group(let known) = members[index].node { group = known }
        group.add(metric, at: path.dropFirst())
        members[index].node = .group(group)
    }

    /// The numbers that a sample has.
    func members(of sample: Sample, withHistograms: Bool) -> [JSON.Member] {
        members.compactMap { name, node in
            switch node {
            case .group(let group):
                let members = group.members(of: sample, withHistograms: withHistograms)
                return members.isEmpty ? nil : JSON.Member(name, .object(members))
            case .metric(let metric):
                guard withHistograms || metric.kind != .histogram else { return nil }
                switch metric.read(sample) {
                case .number(let number): return JSON.Member(name, .number(number))
                case .histogram(let histogram): return JSON.Member(name, histogram.json(encoded: true))
                case nil: return nil
                }
            }
        }
    }

    /// Puts the numbers of an object into a sample.
    func read(_ json: JSON, into sample: inout Sample) throws(RecordingError.Cause) {
        guard case .object(let written) = json else { return }
        // Our writer's members are in the order of the tree, so that the next one is nearly always the wanted one.
        var next = 0
        for (name, node) in members {
            if next >= written.count || written[next].name != name {
                guard let place = written.firstIndex(where: { $0.name == name }) else { continue }
                next = place
            }
            let value = written[next].value
            next += 1
            switch node {
            case .group(let group): try group.read(value, into: &sample)
            case .metric(let metric): metric.write(&sample, try MetricTree.value(of: metric, value))
            }
        }
    }

    private static func value(of metric: Metric, _ json: JSON) throws(RecordingError.Cause) -> Metric.Value {
        guard metric.kind == .histogram else {
            guard let number = json.number else { throw .missing(metric.name) }
            return .number(number)
        }
        guard let text = json["hdr"]?.string else { throw .missing("\(metric.name).hdr") }
        do { return .histogram(try LatencyHistogram(encodedText: text)) } catch { throw .histogram(metric.name, error) }
    }
}
