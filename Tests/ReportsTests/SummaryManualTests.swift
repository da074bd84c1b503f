import Foundation
import Measurements
import Reports
import SampleSupport
import Testing

@Suite("The manual's page of the summary") struct SummaryManualTests {
    private static func words(_ text: some StringProtocol) -> Set<String> {
        Set(String(text).matches(of: /[A-Za-z][A-Za-z-]{2,}/).map { $0.0.lowercased() })
    }

    /// Of a watched server with all that its source can know, under a load with thresholds and phases.
    private var text: String {
        var sample = unhurriedSample()
        sample.unknown = []
        sample.client?.tls = TLSSample()
        sample.client?.failures = []
        sample.client?.slowReaders.open = 3
        var summary = Summary(summaryRequest)
        summary.add(sample)
        summary.circumstances.recordingPath = "run.ndjson"
        return summary.text
    }

    @Test("has every line of the summary of a watched server, and every word of the lines about connections and server")
    func words() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/highwater/Manual.docc/summary.md")
        let page = Self.words(try String(contentsOf: file, encoding: .utf8))
        let text = text
        let labels = text.split(separator: "\n").filter { $0.first?.isLetter == true }.map { String($0.prefix(15)) }
        #expect(labels.contains { $0.hasPrefix("event loops") } && labels.contains { $0.hasPrefix("latency") }, "\(text)")
        for label in labels + ["service", "response", "sent late"] { #expect(Self.words(label).isSubset(of: page), "\(label)") }
        let server = text[try #require(text.firstRange(of: "\nconnections ")).lowerBound...].split(separator: "\nto try more")[0]
        let known: Set = ["run", "ndjson", "recorded", "kib"]
        #expect(Self.words(server).subtracting(page).subtracting(known).isEmpty, "\(Self.words(server).subtracting(page).sorted())")
        #expect(["direct", "queued", "cut", "turn", "latent"].allSatisfy(page.contains))
    }
}
