import Experiment
import Load
import Measurements
import Testing
import Workload

/// A source that only remembers what it was asked for.
private final class RememberingSource: SampleSource {
    var plan: Plan
    var load = LoadState()
    var outcome: Outcome?
    var due: Duration?
    private(set) var calls: [String] = []

    let addresses = RunAddresses()
    let failures: [String] = []
    let connectFailure: String? = nil
    let descriptors: [Int32] = []

    init(phases: [Phase] = []) {
        plan = Plan(server: nil, client: ClientPlan())
        plan.phases = phases
    }

    func start() {}
    func sample() { calls.append("sample") }
    func apply(_ change: RunChange) {}
    func performDue() -> Duration? { due }
    func takeNews() -> [News] { [] }
    func note(_ level: Event.Level, source: String, _ text: String) {}
    func stop(withinSeconds seconds: Double) { calls.append("stop \(seconds)") }
}

@Suite("The driver of a run")
struct RunDriverTests {
    private let start = SuspendingClock.now
    private let source = RememberingSource()

    private func at(_ seconds: Double) -> SuspendingClock.Instant { start + .milliseconds(Int(seconds * 1_000)) }

    private func driver(interval: Duration? = .seconds(1), duration: Duration? = nil) -> RunDriver {
        RunDriver(source, interval: interval, duration: duration, at: start)
    }

    @Test("takes a sample at each tick, and says when the next is")
    func ticks() {
        var driver = driver()
        #expect(driver.step(at: at(0.5)) == at(1) && source.calls.isEmpty)
        #expect(driver.step(at: at(1)) == at(2) && source.calls == ["sample"])
        #expect(driver.step(at: at(2.25)) == at(3) && source.calls == ["sample", "sample"])
    }

    @Test("leaves out a tick that was missed")
    func missed() {
        var driver = driver()
        #expect(driver.step(at: at(3.5)) == at(4))
        #expect(driver.step(at: at(3.6)) == at(4) && source.calls == ["sample"])
    }

    @Test("comes for what the plan wants before the next tick")
    func due() {
        var driver = driver()
        source.due = .milliseconds(200)
        #expect(driver.step(at: at(0.5)) == at(0.7))
    }

    @Test("counts ticks from the phase that has begun")
    func phases() {
        source.load.phaseIndex = 0
        var driver = driver()
        _ = driver.step(at: at(0.5))
        source.load.phaseIndex = 1
        #expect(driver.step(at: at(0.75)) == at(1.75))
        #expect(driver.step(at: at(1)) == at(1.75) && source.calls.isEmpty)
    }

    @Test("ends the load at its deadline, once, and then comes often")
    func deadline() {
        var driver = driver(duration: .milliseconds(1_500))
        #expect(driver.step(at: at(1.2)) == at(1.5))
        source.plan.drainTime = .seconds(3)
        _ = driver.step(at: at(1.5))
        #expect(source.calls == ["sample", "stop 3.0"])
        #expect(driver.step(at: at(1.6)) == at(1.62) && source.calls.count == 2)
        driver.endLoad(within: .seconds(1))
        #expect(source.calls.count == 2)
    }

    @Test("ends the load that is done, without another sample of its own")
    func done() {
        var driver = driver()
        source.load.isDone = true
        _ = driver.step(at: at(1))
        #expect(source.calls == ["stop 15.0"])
    }

    @Test("a change is shown soon, however long the interval is")
    func soon() {
        var driver = driver(interval: .seconds(10))
        driver.sample(by: at(0.5))
        #expect(driver.step(at: at(0.1)) == at(0.5))
        #expect(driver.step(at: at(0.5)) == at(10.5) && source.calls == ["sample"])
    }

    @Test("another interval holds from now on")
    func interval() {
        var driver = driver(interval: .seconds(10))
        driver.setInterval(.milliseconds(500), at: at(2))
        #expect(driver.step(at: at(2)) == at(2.5))
        #expect(driver.step(at: at(2.5)) == at(3))
    }

    @Test("takes no samples of a source whose samples come by themselves, and none after the end")
    func silent() {
        var recording = driver(interval: nil)
        source.due = .milliseconds(70)
        #expect(recording.step(at: at(5)) == at(5.07))
        var over = driver()
        source.outcome = .ended
        _ = over.step(at: at(5))
        #expect(source.calls.isEmpty)
    }

    @Test("takes a sample each second while the end is waited for, and says until when that is")
    func drain() {
        var driver = driver()
        driver.endLoad(within: .seconds(15))
        for seconds in [1.0, 1.5, 2.1, 2.5, 3.2] { _ = driver.step(at: at(seconds)) }
        #expect(source.calls == ["stop 15.0", "sample", "sample"])
        #expect(driver.drainEnd == at(16))
    }
}
