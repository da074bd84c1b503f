import Experiment
import Measurements
import Testing

@Suite("Events made of samples")
struct EventWatcherTests {
    /// The events of samples half a second apart, with that many timeouts in each interval.
    private func texts(timeouts: [UInt64]) -> [String] {
        var watcher = EventWatcher()
        var server = ServerSample()
        return timeouts.enumerated().flatMap { index, count in
            server.timeouts += count
            let sample = Sample(
                timeNanoseconds: UInt64(index + 1) * 500_000_000, intervalNanoseconds: 500_000_000,
                server: server, client: nil, process: ProcessSample())
            watcher.look(at: sample, connectError: nil, isLast: index == timeouts.count - 1)
            return watcher.takeEvents().map { "\($0.timeNanoseconds / 1_000_000) \($0.text)" }
        }
    }

    @Test("what happens once is told at once")
    func once() {
        #expect(texts(timeouts: [0, 3, 0, 0]) == ["1000 3 timeouts"])
    }

    @Test("what goes on is told when it begins and when it ends, and nothing is told twice")
    func streak() {
        #expect(texts(timeouts: [3, 4, 5, 0, 0]) == ["500 3 timeouts", "2000 9 timeouts, 12 so far"])
    }

    @Test("what goes on for long is told every ten seconds")
    func long() {
        let told = texts(timeouts: Array(repeating: 1, count: 50))
        #expect(told == ["500 1 timeout", "10500 20 timeouts, 21 so far", "20500 20 timeouts, 41 so far", "25000 9 timeouts, 50 so far"])
    }

    @Test("what goes on at the run's end is told with the last sample")
    func last() {
        #expect(texts(timeouts: [1, 2]) == ["500 1 timeout", "1000 2 timeouts, 3 so far"])
    }

    @Test("of which the first are told one by one says once that all are counted in the summary")
    func counted() {
        var watcher = EventWatcher(), client = ClientSample()
        let counts: [UInt64] = [2, 400, 0, 900]
        let texts = counts.enumerated().flatMap { index, count in
            client.expectations.unexpected += count
            client.events = index == 0 ? (0..<2).map { ClientEvent(monotonicNanoseconds: 0, level: .error, text: "\($0)") } : []
            watcher.look(
                at: Sample(
                    timeNanoseconds: UInt64(index + 1) * 10_000_000_000, intervalNanoseconds: 10_000_000_000, server: nil, client: client,
                    process: ProcessSample()),
                connectError: nil)
            return watcher.takeEvents().map(\.text)
        }
        #expect(texts == [
            "2 answers are not as expected",
            "400 answers are not as expected, 402 so far; the first are told one by one, and all are counted in the summary",
            "900 answers are not as expected, 1302 so far",
        ])
    }

    /// The events of samples a second apart: of clients that were cut off for so long in all, and are it now or not.
    private func texts(cutOff: [(milliseconds: UInt64, isNow: Bool)]) -> [String] {
        var watcher = EventWatcher()
        return cutOff.enumerated().flatMap { index, state in
            var client = ClientSample()
            client.loops.count = 2
            client.connectionCounts.cutOffNanoseconds = state.milliseconds * 2 * 1_000_000
            client.connectionCounts.cutOffLoops = state.isNow ? 2 : 1
            client.connectionCounts.lost = 20
            watcher.look(
                at: Sample(
                    timeNanoseconds: UInt64(index + 1) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil, client: client,
                    process: ProcessSample()),
                connectError: "connection refused")
            return watcher.takeEvents().map { "\($0.timeNanoseconds / 1_000_000) \($0.text)" }
        }
    }

    @Test("a server that goes is told with its moment, and so is its return")
    func cutOff() {
        #expect(texts(cutOff: [(0, false), (300, true), (1_300, true), (1_800, false), (1_800, false)]) == [
            "1700 the server is gone: 20 connections closed, reconnects refused", "3500 the server is back after 1.80s",
        ])
    }

    @Test("a server that is back before the next sample is told too")
    func shortCutOff() {
        #expect(texts(cutOff: [(0, false), (250, false), (250, false)]) == ["2000 the server was gone for 250ms, and is back"])
    }

    @Test("events that are not taken are bounded, and the newest stay")
    func bounded() {
        var watcher = EventWatcher()
        for index in 0..<EventWatcher.eventLimit + 5 {
            watcher.note(Event(timeNanoseconds: UInt64(index), level: .info, source: "test", text: "\(index)"))
        }
        let events = watcher.takeEvents()
        #expect(events.count == EventWatcher.eventLimit)
        #expect(events.last?.text == "\(EventWatcher.eventLimit + 4)")
        #expect(watcher.takeEvents().isEmpty)
    }
}
