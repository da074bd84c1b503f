/// The parts of a run in several processes, in a sample that was merged from theirs.
package struct PartsSample: Sendable, Equatable {
    /// Parts that send samples, or have ended as they should.
    package var reporting = 0
    /// Parts of the run.
    package var count = 0

    package init(reporting: Int = 0, count: Int = 0) {
        self.reporting = reporting
        self.count = count
    }
}

extension PartsSample: SamplePart {
    package static let table = MetricTable<PartsSample>([
        .gauge("reporting", .part, \.reporting, better: .higher, "Parts of a merged run that send samples, or have ended as they should"),
        .gauge("count", .part, \.count, "Parts of a merged run"),
    ])
}
