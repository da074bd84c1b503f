/// Something that happened, with its time: a mark on the axis, a line in a recording.
package struct Event: Sendable, Equatable {
    /// Since the run started, nanoseconds.
    package var timeNanoseconds: UInt64 = 0
    package var level = Level.info
    /// One word: "load", "server", "client", "signal", "phase".
    package var source = ""
    /// A sentence for people. Bytes from peers are escaped before they get here.
    package var text = ""
    /// The evidence, where the event is one of an audit's.
    package var violation: Violation?
    /// The evidence, where the event is a finding in a server that is watched.
    package var brokenWrite: BrokenWrite?
    /// The figures, where the event is a gap in the answers.
    package var answerGap: AnswerGap?

    /// How much an event should worry its reader.
    package enum Level: String, Sendable, Comparable, CaseIterable {
        case info, warning, error

        package static func < (left: Level, right: Level) -> Bool {
            left.rank < right.rank
        }

        private var rank: Int {
            switch self {
            case .info: 0
            case .warning: 1
            case .error: 2
            }
        }
    }

    /// Its source as people read it: "finding 3", by which number the summary has all of it.
    package var origin: String { brokenWrite?.number.map { "\(source) \($0)" } ?? source }

    /// The evidence in lines for people; nil where the text is all.
    package var evidence: [String]? { violation?.lines ?? brokenWrite?.lines }

    package init() {}

    package init(
        timeNanoseconds: UInt64, level: Level, source: String, text: String, violation: Violation? = nil, brokenWrite: BrokenWrite? = nil,
        answerGap: AnswerGap? = nil
    ) {
        self.answerGap = answerGap
        self.brokenWrite = brokenWrite
        self.violation = violation
        self.timeNanoseconds = timeNanoseconds
        self.level = level
        self.source = source
        self.text = text
    }
}
