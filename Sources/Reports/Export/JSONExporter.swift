internal import Measurements
internal import Recording

/// The whole recording as one object: `header`, `samples`, `events` and `summary`, each as
/// its line in the recording has it. A run that was killed has the summary null.
struct JSONExporter: Exporter {
    let readsRows = true
    private var hasSamples = false
    // They stand after the samples, and are few: a run has a handful.
    private var events: [JSON] = []
    private var summary = JSON.null

    func begin(_ header: RecordingHeader) -> String { "{\"header\":\(header.json.sorted.text),\n\"samples\":[" }

    mutating func add(_ sample: Sample) -> String {
        defer { hasSamples = true }
        return (hasSamples ? ",\n" : "\n") + sample.json.text
    }

    mutating func add(_ event: Event) -> String {
        events.append(event.json)
        return ""
    }

    mutating func add(summary: JSON) -> String {
        self.summary = summary.sorted
        return ""
    }

    func end(_ write: (String) throws -> Void) rethrows {
        try write("],\n\"events\":\(JSON.array(events).text),\n\"summary\":\(summary.text)}\n")
    }
}
