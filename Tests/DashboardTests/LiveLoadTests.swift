import Dashboard
import Load
import Measurements
import Testing

/// The changes that keys make of the load as it is, within what this run allows.
@Suite("Live load control")
struct LiveLoadTests {
    private func dashboard(targets: [String] = [], _ change: (inout Dashboard) -> Void = { _ in }) -> Dashboard {
        var dashboard = Dashboard.synthetic(samples: 2)
        dashboard.takeChanges(targets: targets, writePolicy: .lease)
        change(&dashboard)
        return dashboard
    }

    private func press(_ key: Unicode.Scalar, _ dashboard: inout Dashboard) -> Action? { dashboard.handle(.character(key)) }

    @Test("m goes through rate, bodies, connections and streams, and + changes the one that it chose")
    func quantities() {
        var dashboard = dashboard(targets: ["/bytes/1KiB"])
        #expect(press("+", &dashboard) == .change(.rate(30_000)))
        #expect(press("m", &dashboard) == nil && dashboard.notice == "load: bodies of answers")
        #expect(press("+", &dashboard) == .change(.bodyScale(2)))
        #expect(press("m", &dashboard) == nil && dashboard.notice == "load: connections")
        #expect(press("-", &dashboard) == .change(.connections(50)))
        #expect(press("m", &dashboard) == nil && dashboard.notice == "load: streams per connection")
        #expect(press("-", &dashboard) == .change(.streams(15)))
    }

    @Test("a limit is gone up to, and then said")
    func limits() throws {
        var dashboard = dashboard()
        dashboard.run.load = try dashboard.run.load.applying(.rate(50_000)).applying(.connections(70))
        #expect(press("+", &dashboard) == nil && dashboard.notice == "the rate goes no further")
        _ = press("m", &dashboard)
        _ = press("m", &dashboard)
        #expect(press("+", &dashboard) == .change(.connections(100)))
        dashboard.run.load = try dashboard.run.load.applying(.connections(100))
        #expect(press("+", &dashboard) == nil && dashboard.notice == "no more than 100 connections here")
        _ = press("m", &dashboard)
        #expect(press("+", &dashboard) == .change(.streams(20)))
        #expect(dashboard.notice == nil)
    }

    @Test("what cannot be changed says why: bodies without sizes, a closed load's rate, the load of phases")
    func obstacles() {
        var dashboard = dashboard()
        _ = press("m", &dashboard)
        #expect(press("+", &dashboard) == nil && dashboard.notice == "no target names a size, as /bytes/1KiB does")
        dashboard.run.load = LoadState(connections: 4, streams: 2, clientLoops: 1)
        for _ in 0..<3 { _ = press("m", &dashboard) }
        #expect(press("+", &dashboard) == nil && dashboard.notice == ChangeRefusal.closedLoad.description)
        dashboard.run.load = LoadState(rate: 5, connections: 4, streams: 2, phaseIndex: 0, clientLoops: 1)
        for key: Unicode.Scalar in ["+", "0"] {
            #expect(press(key, &dashboard) == nil && dashboard.notice == ChangeRefusal.phases.description)
        }
    }

    @Test("W skips the policy that may end the process, and says so; a process that may be lost takes it")
    func unsafe() throws {
        var dashboard = dashboard()
        dashboard.run.load = try dashboard.run.load.applying(.writePolicy(.copy))
        #expect(press("W", &dashboard) == .change(.writePolicy(.lease)))
        #expect(dashboard.notice == "lease for new connections; reset-early may end the process: --isolate")
        dashboard.takeChanges(writePolicy: .copy, allowsUnsafe: true)
        #expect(press("W", &dashboard) == .change(.writePolicy(.resetEarly)))
        #expect(dashboard.notice == "reset-early for new connections")
    }

    @Test("the header has the load as it is now, with a mark on what + and - change")
    func header() throws {
        var dashboard = dashboard(targets: ["/bytes/1KiB", "/bytes/128KiB"])
        func header() -> String { dashboard.frame(width: 200, height: 60).row(0) }
        #expect(header().contains("±load open 20k/s") && header().contains("bodies 1KiB to 128KiB"))
        dashboard.run.load = try dashboard.run.load.applying(.hold(true)).applying(.bodyScale(0.5)).applying(.streams(3))
        #expect(header().contains("±load off") && header().contains("64 × 3 streams") && header().contains("bodies 512 to 64KiB"))
    }
}
