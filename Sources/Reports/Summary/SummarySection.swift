internal import Measurements

/// A part of the text of a summary: it writes its rows, or none where they are not of this run.
struct SummarySection: Sendable {
    let write: @Sendable (Summary, inout SummaryPage) -> Void

    init(_ write: @escaping @Sendable (Summary, inout SummaryPage) -> Void) { self.write = write }
}

extension Summary {
    /// In the order in which people look: did it work, how fast, how long, is it valid, and then the rest.
    private static let sections: [SummarySection] = [
        .result, .scenario, .load, .rate, .requests, .wrongBodies, .latency, .byRequest, .phases, .fewAnswers,
        .answerGaps, .memoryGrowth, .thresholds, .measurement,
        .connections, .slowReaders, .traffic, .server, .watched, .caches, .cost, .findings, .trapAdvice, .advice, .gates, .more,
    ]

    /// For people, 80 columns wide: what matters in this run.
    package var text: String { text(isVerbose: false) }

    /// - Parameter isVerbose: with all that is zero, and details of every part.
    package func text(isVerbose: Bool) -> String {
        var page = SummaryPage(isVerbose: isVerbose)
        for section in Summary.sections { section.write(self, &page) }
        return page.text
    }
}

extension SummarySection {
    /// The first line: whether it went well.
    static let result = SummarySection { summary, page in
        let result = summary.result
        let headline = SummaryHeadline(summary: summary)
        page.row(headline.word, [result.isOK ? headline.achievement : result.reasons.joined(separator: "; ")])
        // Of a worker process of ours the events tell more.
        if summary.last.watch != nil, let explanation = summary.outcome.explanation { page.row("cause", [explanation]) }
        let places = page.isVerbose ? summary.crashPlaces : Array(CodeStack(summary.crashPlaces).folded.prefix(crashPlaceLimit))
        for (index, place) in places.enumerated() { page.row(index == 0 ? "crashed at" : "", [place]) }
    }

    /// Places of a crash that the text shows; the events have all.
    private static let crashPlaceLimit = 8

    /// What the scenario calls the run.
    static let scenario = SummarySection { summary, page in page.row("scenario", summary.request.name.map { [$0] } ?? []) }

    /// What more there is to see.
    static let more = SummarySection { summary, page in
        let path = summary.circumstances.recordingPath.map { ["recorded in \($0)"] } ?? []
        page.row("more", path + (page.isVerbose ? [] : ["--verbose shows every figure"]))
    }
}

extension Summary {
    var durationText: String { Figure.fixed(loadSeconds ?? 0, decimals: 2) + "s" }

    /// A row's item, where there is any of it or everything is shown.
    ///
    /// - Parameters:
    ///   - text: the words behind the count.
    ///   - one: those behind a count of one, where they are others.
    static func item(_ count: UInt64, _ text: String, one: String? = nil, _ page: SummaryPage) -> [String] {
        count > 0 || page.isVerbose ? [Figure.counted(count, one ?? text, text)] : []
    }
}
