import Experiment
import Foundation
import Load
import Measurements
import Recording
import Testing
import Workload

/// A recording that plays without a screen.
@Suite("A recording as a source")
struct RecordingSourceTests {
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appending(path: "highwater-\(UUID().uuidString)").path

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private let file = Folder()

    /// A recording with a sample at each of these seconds, each in its phase, and an event at 2 s.
    private func source(_ samples: [(seconds: Double, phase: String?)], speed: Double = 1024, historyCount: Int = 600, plan: Plan? = nil) throws -> RecordingSource {
        let plan = plan ?? Plan(server: ServerPlan(), client: ClientPlan())
        var writer = try RecordingWriter(path: file.path)
        try writer.write(RecordingHeader(
            toolVersion: "1", hostName: "h", system: "s", cpuCount: 1, commandLine: [], startedUnixSeconds: 0, plan: plan.json))
        for (seconds, phase) in samples {
            var sample = Sample(
                timeNanoseconds: UInt64(seconds * 1e9), intervalNanoseconds: 1_000_000_000, server: ServerSample(), client: nil,
                process: ProcessSample())
            sample.phase = phase
            try writer.write(sample)
            if seconds == 2 { try writer.write(Event(timeNanoseconds: 2_000_000_000, level: .info, source: "load", text: "two")) }
        }
        let source = RecordingSource(try RecordingReader(path: file.path), speed: speed, follows: false, historyCount: historyCount)
        source.start()
        return source
    }

    /// All that is due now: times of samples, texts of events.
    private func take(_ source: RecordingSource) -> [String] {
        var taken: [String] = []
        while true {
            let news = source.takeNews()
            if news.isEmpty { return taken }
            for item in news {
                switch item {
                case .sample(let sample): taken.append("\(sample.timeNanoseconds / 1_000_000_000)")
                case .event(let event): taken.append(event.text)
                case .loadEnded: taken.append("end")
                }
            }
        }
    }

    @Test("hands out its lines in order, and says that it has reached its end")
    func plays() throws {
        let source = try source([(1, nil), (2, nil), (3, nil)])
        #expect(take(source).isEmpty && !source.hasReachedEnd)
        var taken: [String] = []
        let deadline = ContinuousClock.now + .seconds(10)
        while !source.hasReachedEnd, ContinuousClock.now < deadline {
            _ = source.performDue()
            taken += take(source)
        }
        #expect(taken == ["1", "2", "two", "3"])
        #expect(source.outcome == nil && source.performDue() == nil)
    }

    @Test("says how long it is until the next line, at its speed")
    func due() throws {
        let source = try source([(8, nil)], speed: 16)
        let due = try #require(source.performDue())
        #expect(due > .milliseconds(400) && due <= .milliseconds(500))
        source.togglePlaying()
        #expect(source.performDue() == nil)
    }

    @Test("goes on and back in time; back, it hands out again as many samples as a history holds, and all events")
    func seeking() throws {
        let source = try source((1...100).map { (Double($0), nil) }, speed: 0.0625, historyCount: 60)
        #expect(!source.seek(to: .seconds(50)))
        #expect(take(source).count == 51)
        #expect(source.seek(to: .seconds(20)))
        #expect(take(source) == (1...2).map { "\($0)" } + ["two"] + (3...20).map { "\($0)" })
        #expect(!source.seek(to: source.timeOfNext(isEvent: false)))
        #expect(take(source) == ["21"])
        #expect(source.seekToEnd())
        #expect(take(source) == ["two"] + (41...100).map { "\($0)" } && source.hasReachedEnd)
        #expect(source.timeOfNext(isEvent: true) == .seconds(100))
    }

    @Test("passes over what a history has no room for, and parses none of it", arguments: [false, true])
    func longSeek(goesBack: Bool) throws {
        let source = try source((1...100).map { (Double($0), nil) }, speed: 0.0625, historyCount: 5)
        if goesBack {
            #expect(source.seekToEnd())
            _ = take(source)
        }
        #expect(source.seek(to: .seconds(40)))
        #expect(take(source) == ["two", "36", "37", "38", "39", "40"])
    }

    @Test("followed, begins with as much as a history holds")
    func followed() throws {
        _ = try source((1...100).map { (Double($0), nil) })
        let source = RecordingSource(try RecordingReader(path: file.path), speed: 1, follows: true, historyCount: 3)
        source.start()
        _ = source.performDue()
        #expect(take(source) == ["two", "98", "99", "100"])
    }

    @Test("has the load of the phase that it shows")
    func phases() throws {
        var plan = Plan(server: ServerPlan(), client: ClientPlan())
        plan.phases = [Phase(name: "a", duration: .seconds(1), load: .closed), Phase(name: "b", duration: .seconds(1), load: .pause)]
        plan.phases[1].connections = 77
        let source = try source([(1, "a"), (2, "b"), (3, nil)], plan: plan)
        #expect(source.phase?.name == "a")
        _ = source.seekToEnd()
        _ = take(source)
        #expect(source.phase?.name == "b" && source.load.connections == 77)
    }

    @Test("tells of a line that cannot be read where it stands, and goes on")
    func damaged() throws {
        var source = try source([(1, nil), (2, nil)])
        let lines = try String(contentsOfFile: file.path, encoding: .utf8).split(separator: "\n")
        let broken = [lines[0], lines[1], #"{"type":"sample","time":1.5,no"#, lines[2]].joined(separator: "\n") + "\n" + lines[2].prefix(9)
        try broken.write(toFile: file.path, atomically: false, encoding: .utf8)
        source = RecordingSource(try RecordingReader(path: file.path), speed: 1, follows: false, historyCount: 600)
        source.start()
        _ = source.seekToEnd()
        #expect(take(source) == ["1", "line 3: this is not JSON; left out", "2", "line 5: cut off; left out"])
        #expect(source.damages.keys.sorted() == [3, 5])
    }
}
