extension ScenarioNode {
    /// The longest file: shipped scenarios have 2 KiB.
    static let byteLimit = 256 * 1024
    /// Levels of lists and mappings in each other: a scenario has five.
    static let depthLimit = 32
    /// Values in all. An alias counts as many values as it stands for, so that aliases of aliases cannot
    /// make a small file a large scenario.
    static let nodeLimit = 20_000
    /// Uses of anchors: more than a scenario written by hand has.
    static let aliasLimit = 24

    /// Reads one document.
    ///
    /// - Parameters:
    ///   - environment: the variables that `${NAME}` stands for.
    ///   - override: which `--set` the text is from; nil: the file.
    init(yaml text: String, environment: [String: String], override: Int? = nil) throws(YAMLProblem) {
        let start = ScenarioPlace(override: override, line: 1, column: 1)
        guard text.utf8.count <= ScenarioNode.byteLimit else {
            throw YAMLProblem(place: start, text: "larger than \(ScenarioNode.byteLimit / 1024) KiB")
        }
        var builder = NodeBuilder(YAMLEvents(text, override: override), environment)
        self = try builder.document(start)
    }
}

/// Makes a tree of a text's events, within the limits.
private struct NodeBuilder {
    private let events: YAMLEvents
    /// The values that anchors stand for, and how many values each has within.
    private var anchors: [String: (node: ScenarioNode, count: Int)] = [:]
    private var count = 0
    private var aliasCount = 0
    private let environment: [String: String]

    init(_ events: YAMLEvents, _ environment: [String: String]) {
        self.events = events
        self.environment = environment
    }

    mutating func document(_ start: ScenarioPlace) throws(YAMLProblem) -> ScenarioNode {
        // The stream's start, then the document's.
        _ = try events.next()
        guard case .start = try events.next() else { throw YAMLProblem(place: start, text: "the file is empty") }
        let node = try self.node(from: try events.next(), depth: 0)
        // The document's end.
        _ = try events.next()
        if case .start(let place) = try events.next() {
            throw YAMLProblem(place: place, text: "a second document begins here; a scenario is one document")
        }
        return node
    }

    private mutating func node(from event: YAMLEvent, depth: Int) throws(YAMLProblem) -> ScenarioNode {
        guard depth <= ScenarioNode.depthLimit else {
            throw YAMLProblem(place: event.place, text: "nested deeper than \(ScenarioNode.depthLimit) levels")
        }
        let before = count
        count += 1
        let node: ScenarioNode, anchor: String?
        switch event {
        case .alias(let name, let place):
            let target = try resolve(name, place)
            count += target.count - 1
            (node, anchor) = (target.node, nil)
        case .scalar(let text, let isQuoted, let name, let place):
            let value = try EnvironmentText.substituting(environment, in: text, place)
            // A number may be quoted for the braces' sake.
            (node, anchor) = (ScenarioNode(content: .scalar(value, isQuoted: isQuoted && value == text), place: place), name)
        case .list(let name, let place):
            (node, anchor) = (ScenarioNode(content: .list(try elements(depth)), place: place), name)
        case .map(let name, let place):
            (node, anchor) = (ScenarioNode(content: .map(try entries(depth)), place: place), name)
        case .start(let place), .end(let place):
            // libyaml always gives a value before an end.
            throw YAMLProblem(place: place, text: "not YAML: a value is missing")
        }
        guard count <= ScenarioNode.nodeLimit else {
            throw YAMLProblem(place: event.place, text: "more than \(ScenarioNode.nodeLimit) values")
        }
        if let anchor { anchors[anchor] = (node, count - before) }
        return node
    }

    private mutating func elements(_ depth: Int) throws(YAMLProblem) -> [ScenarioNode] {
        var elements: [ScenarioNode] = []
        var next = try events.next()
        while !next.isEnd {
            elements.append(try node(from: next, depth: depth + 1))
            next = try events.next()
        }
        return elements
    }

    private mutating func entries(_ depth: Int) throws(YAMLProblem) -> [ScenarioNode.Entry] {
        var entries: [ScenarioNode.Entry] = []
        var next = try events.next()
        while !next.isEnd {
            guard case .scalar(let key, _, _, let place) = next else { throw YAMLProblem(place: next.place, text: "a key must be a word") }
            count += 1
            entries.append(ScenarioNode.Entry(key: key, keyPlace: place, value: try node(from: try events.next(), depth: depth + 1)))
            next = try events.next()
        }
        return try merged(entries)
    }

    /// The entries with those of the mappings that merge keys name: `<<: *usual`, or `<<: [*one, *two]`. What stands
    /// beside a merge key wins, and of several mappings the first.
    private mutating func merged(_ entries: [ScenarioNode.Entry]) throws(YAMLProblem) -> [ScenarioNode.Entry] {
        guard entries.contains(where: { $0.key == NodeBuilder.mergeKey }) else { return entries }
        var merged = entries.filter { $0.key != NodeBuilder.mergeKey }
        for merge in entries where merge.key == NodeBuilder.mergeKey {
            let sources = if case .list(let list) = merge.value.content { list } else { [merge.value] }
            for source in sources {
                guard case .map(let others) = source.content else {
                    throw YAMLProblem(place: merge.value.place, text: "\(source.noun) cannot be merged; write <<: *name, with the anchor of a mapping")
                }
                for other in others where !merged.contains(where: { $0.key == other.key }) { merged.append(other) }
            }
        }
        return merged
    }

    private static let mergeKey = "<<"

    private mutating func resolve(_ name: String, _ place: ScenarioPlace) throws(YAMLProblem) -> (node: ScenarioNode, count: Int) {
        aliasCount += 1
        guard aliasCount <= ScenarioNode.aliasLimit else {
            throw YAMLProblem(place: place, text: "more than \(ScenarioNode.aliasLimit) aliases (*name)")
        }
        guard let target = anchors[name] else {
            throw YAMLProblem(place: place, text: "no anchor &\(name) stands before this alias")
        }
        return target
    }
}
