/// That a gauge holds the most since the run's start, which the end of a process or a loop does not undo.
package struct HighWater: Sendable, Equatable {
    /// The gauge that it is the most of, by the metric's name; nil: samples have none.
    package var gauge: String?
    /// The part of a sample that has the gauge, where it is another one than this metric's.
    var part: String?
    /// The gauge has the most of the interval before the sample, so that no value between two samples escapes it.
    package var coversInterval = false

    /// The same of a row within another part, whose names begin with this.
    func within(_ prefix: String) -> HighWater {
        guard part == nil else { return self }
        var inner = self
        inner.gauge = gauge.map { "\(prefix).\($0)" }
        return inner
    }

    /// The same with the gauge's whole name, of a row in this part of a sample.
    func named(in own: String) -> HighWater {
        var whole = self
        whole.gauge = gauge.map { "\(part ?? own).\($0)" }
        whole.part = nil
        return whole
    }
}
