internal import Measurements
internal import Recording

/// The whole recording as one object: `header`, `samples`, `events` and `summary`, each as
/// its line in the recording has it. A run that was killed has the summary null.
struct JSONExporter: Exporter {
    private var hasSamples = false
    // They stand after the samples, and are few: a run has a handful.
    private var events: [JSON] = []
    private var summary = JSON.null

    func begin(_ header: RecordingHeader) -> String { "{\"header\":\(JSONExporter.sorted(header.json).text),\n\"samples\":[" }

    mutating func add(_ sample: Sample) -> String {
        defer { hasSamples = true }
        return (hasSamples ? ",\n" : "\n") + sample.json.text
    }

    mutating func add(_ event: Event) -> String {
        events.append(event.json)
        return ""
    }

    mutating func add(summary: JSON) -> String {
        self.summary = JSONExporter.sorted(summary)
        return ""
    }

    func end() -> String { "],\n\"events\":\(JSON.array(events).text),\n\"summary\":\(summary.text)}\n" }

    /// Members by name: JSON that was read has them in no order, and two exports should be the same.
    private static func sorted(_ json: JSON) -> JSON {
        switch json {
        case .object(let members): .object(members.map { JSON.Member($0.name, sorted($0.value)) }.sorted { $0.name < $1.name })
        case .array(let values): .array(values.map(sorted))
        default: json
        }
    }
}
