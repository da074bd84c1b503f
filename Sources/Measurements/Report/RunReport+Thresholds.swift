extension RunReport {
    /// What the scenario asked for and whether it held; nothing for a run without thresholds.
    var thresholds: Markup { .empty }

    /// The phases of the run as stretches of the time axis; none for a run without.
    func bands(_ clock: ReportScale) -> [(from: Double, to: Double, words: String)] { 
        // What comes after the load is the drain: few requests, and no rate of the run's.
        guard let loadEnd = recordedSummary?[path: "run.duration"]?.number, loadEnd < duration else { return [] }
        return [(clock.position(loadEnd), 1, "drain")]
    }
}
