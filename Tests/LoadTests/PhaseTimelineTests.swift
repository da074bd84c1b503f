import Load
import Testing

@Suite("The timeline of phases")
struct PhaseTimelineTests {
    private func phases(_ milliseconds: Int...) -> [Phase] {
        milliseconds.enumerated().map { Phase(name: "\($0)", duration: .milliseconds($1), load: .closed) }
    }

    @Test("lies from the start on, each phase where the one before ends")
    func spans() {
        let timeline = PhaseTimeline(phases(10, 20, 5), startNanoseconds: 100)
        #expect(timeline.spans.map(\.startNanoseconds) == [100, 10_000_100, 30_000_100])
        #expect(timeline.spans.map(\.endNanoseconds) == [10_000_100, 30_000_100, 35_000_100])
    }

    @Test("goes from before the first phase through each to the end")
    func entering() {
        var timeline = PhaseTimeline(phases(10, 20), startNanoseconds: 7)
        #expect(timeline.current == nil && timeline.nextNanoseconds == 7 && !timeline.isLast)
        timeline.enterNext()
        #expect(timeline.current?.name == "0" && timeline.nextNanoseconds == 10_000_007 && !timeline.isLast)
        timeline.enterNext()
        #expect(timeline.current?.name == "1" && timeline.nextNanoseconds == 30_000_007 && timeline.isLast)
        timeline.enterNext()
        #expect(timeline.current == nil && timeline.nextNanoseconds == .max && !timeline.isLast)
    }

    @Test("of no phases has nothing to come")
    func empty() {
        let timeline = PhaseTimeline([])
        #expect(timeline.current == nil && timeline.nextNanoseconds == .max)
    }

    @Test("a phase begins with the connections and streams that it names")
    func changes() {
        var phase = Phase(name: "a", duration: .seconds(1), load: .closed)
        #expect(phase.changes.isEmpty)
        phase.streams = 3
        phase.connections = 9
        #expect(phase.changes == [.connections(9), .streams(3)])
    }
}
