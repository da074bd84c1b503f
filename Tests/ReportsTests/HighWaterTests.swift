import Measurements
import Recording
import Reports
import Testing

@Suite("A figure that holds the most since the start, in a phase")
struct HighWaterTests {
    /// What one sample has of the two figures: the most since the start, and what it is the most of.
    private struct Reading {
        var phase: String
        var most: UInt64
        var now: UInt64
    }

    /// Turns of an event loop, milliseconds: `now` is the longest since the sample before.
    private func turns(_ readings: [Reading], warmup: String? = nil, unknown: UnknownFigures = []) -> Summary {
        run(readings, warmup: warmup) { sample, reading in
            sample.watch?.longestTurn.everNanoseconds = reading.most * 1_000_000
            sample.watch?.longestTurn.newNanoseconds = reading.now * 1_000_000
            sample.unknown = unknown
        }
    }

    /// Bytes that wait: `now` is what a sample finds.
    private func bytes(_ readings: [Reading]) -> Summary {
        run(readings) { sample, reading in
            sample.server?.writes.pendingBytesHighWater = Int(reading.most)
            sample.server?.writes.pendingBytes = Int(reading.now)
            sample.server?.arena.exchangeBytesHighWater = Int(reading.most)
        }
    }

    private func run(_ readings: [Reading], warmup: String? = nil, _ fill: (inout Sample, Reading) -> Void) -> Summary {
        var summary = Summary(.init(address: "", load: .init(connections: 1, streams: 1, rate: nil, requests: nil), cpuCount: 2))
        for (index, reading) in readings.enumerated() {
            var sample = Sample(
                timeNanoseconds: UInt64(index + 1) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: ServerSample(), client: ClientSample(),
                process: ProcessSample())
            sample.watch = WatchSample()
            sample.phase = reading.phase
            sample.isWarmup = reading.phase == warmup
            fill(&sample, reading)
            summary.add(sample)
        }
        return summary
    }

    private func judge(_ condition: String, _ run: Summary) throws -> ThresholdResult { try Threshold(parsing: condition).judge(run) }

    /// A stall of 500 ms in the first phase, and none after it.
    private let stalled = [Reading(phase: "a", most: 500, now: 500), Reading(phase: "b", most: 500, now: 3), Reading(phase: "b", most: 500, now: 7)]

    @Test("is that of the phase where the samples have the most of each interval: a stall of an earlier phase fails no later one")
    func interval() throws {
        let run = turns(stalled)
        #expect(try judge("a: watch.loop.longest_turn.max < 50ms", run).value == .number(0.5))
        let later = try judge("b: watch.loop.longest_turn.max < 50ms", run)
        #expect(later.value == .number(0.007) && later.hasPassed && later.valueText == "7.00ms")
        #expect(try judge("b: watch.loop.longest_turn.last < 50ms", run).hasPassed)
        #expect(try judge("watch.loop.longest_turn.max < 50ms", run).value == .number(0.5), "of the whole run")
    }

    @Test("that has grown within the phase is the most within it", arguments: [501, 900])
    func grown(most: UInt64) throws {
        let run = turns(stalled + [Reading(phase: "b", most: most, now: most)])
        let result = try judge("b: watch.loop.longest_turn.max < 50ms", run)
        #expect(result.value == .number(Double(most) / 1_000) && !result.hasPassed)
    }

    @Test("that has grown within the phase, and is below what its gauge had there, is what the gauge had")
    func belowGauge() throws {
        let run = turns(stalled + [Reading(phase: "b", most: 501, now: 900)])
        #expect(try judge("b: watch.loop.longest_turn.max < 50ms", run).value == .number(0.9))
    }

    @Test("as long as the earlier stall fails the later phase, though it has not grown")
    func equal() throws {
        let run = turns(stalled + [Reading(phase: "b", most: 500, now: 500)])
        #expect(try judge("b: watch.loop.longest_turn.max < 50ms", run).value == .number(0.5))
    }

    @Test("of a run with a warm-up leaves out what the warm-up had")
    func warmup() throws {
        let run = turns(stalled, warmup: "a")
        #expect(try judge("watch.loop.longest_turn.max < 50ms", run).value == .number(0.007))
        #expect(run.json[path: "watch.loop.longest_turn.max"]?.number == 0.007 && run.json[path: "watch.loop.longest_turn.last"]?.number == 0.007)
        #expect(run.text.contains("longest turn 7.00ms"), "\(run.text)")
    }

    @Test("of the first phase of a run without a warm-up is that since the start")
    func first() throws {
        let run = turns([Reading(phase: "a", most: 500, now: 0), Reading(phase: "b", most: 500, now: 0)])
        #expect(try judge("a: watch.loop.longest_turn.max < 50ms", run).value == .number(0.5))
    }

    @Test("is what the samples saw, and says what it was never above, where more can have come between two samples")
    func sampled() throws {
        let run = bytes([Reading(phase: "a", most: 9_000, now: 8_000), Reading(phase: "b", most: 9_000, now: 1_000), Reading(phase: "b", most: 9_000, now: 300)])
        let name = "server.writes.pending_bytes_high_water.max"
        let passed = try judge("b: \(name) < 2000B", run)
        #expect(passed.value == .notExceeded(seen: 1_000, before: 9_000) && passed.hasPassed && passed.isJudged)
        #expect(passed.valueText == "1000B as samples saw it; more is possible, up to the 8.79KiB from before this part", "\(passed.valueText)")
        let failed = try judge("b: \(name) < 1000B", run)
        #expect(failed.isJudged && !failed.hasPassed)
        #expect(try !judge("b: \(name) > 5000B", run).hasPassed, "what may have been is not shown")
        // All that it was before.
        let full = bytes([Reading(phase: "a", most: 9_000, now: 8_000), Reading(phase: "b", most: 9_000, now: 9_000)])
        #expect(try judge("b: \(name) < 1B", full).value == .number(9_000))
    }

    @Test("of which no sample tells what it is now passes below the limit of before, and is else not known")
    func unseen() throws {
        let run = bytes([Reading(phase: "a", most: 9_000, now: 0), Reading(phase: "b", most: 9_000, now: 0)])
        let name = "server.arena.exchange_bytes_high_water.max"
        let passed = try judge("b: \(name) < 10000B", run)
        #expect(passed.value == .notExceeded(seen: nil, before: 9_000) && passed.hasPassed && passed.isJudged)
        let unknown = try judge("b: \(name) < 5000B", run)
        #expect(!unknown.hasPassed && !unknown.isJudged && unknown.valueText == "not known: no more than the 8.79KiB from before this part")
        #expect(try !judge("b: \(name) > 1B", run).hasPassed)
        // Older recordings lack the turns of each interval.
        let old = turns(stalled, unknown: .intervalTurns)
        #expect(try judge("b: watch.loop.longest_turn.max < 50ms", old).value == .notExceeded(seen: nil, before: 0.5))
    }

    @Test("that began within the phase is the most within it")
    func began() throws {
        var first = true
        let run = run(stalled) { sample, reading in
            sample.watch?.longestTurn.everNanoseconds = 4_000_000
            // The server listens from the second sample on.
            sample.unknown = first ? .loops : []
            first = false
        }
        #expect(try judge("b: watch.loop.longest_turn.max < 50ms", run).value == .number(0.004))
    }

    @Test("has its limit in the recording")
    func json() throws {
        var run = bytes([Reading(phase: "a", most: 9_000, now: 8_000), Reading(phase: "b", most: 9_000, now: 1_000)])
        run.thresholds = [try judge("b: server.writes.pending_bytes_high_water.max < 2000B", run)]
        guard case .array(let thresholds)? = run.json["thresholds"] else { return #expect(Bool(false), "no thresholds") }
        #expect(thresholds[0]["value"]?.number == 1_000 && thresholds[0]["at_most"]?.number == 9_000 && thresholds[0]["passed"] == .bool(true))
    }
}
