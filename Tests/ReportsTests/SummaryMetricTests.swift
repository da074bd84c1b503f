import Measurements
import Reports
import Testing

@Suite("The table of a summary's own numbers")
struct SummaryMetricTests {
    @Test("has each name once, and none of a sample's, nor a name within another")
    func uniqueNames() {
        let names = Metric.all.map(\.name) + SummaryMetric.all.map(\.name)
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(!names.contains { $0.hasPrefix(name + ".") }, "\(name) is a number and a group")
            #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" || $0 == "." }, "\(name)")
        }
    }
}
