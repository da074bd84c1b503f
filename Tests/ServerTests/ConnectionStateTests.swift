import HTTP2
import Server
import Testing

@Suite("The state of a connection") struct ConnectionStateTests {
    @Test("tells the stage that each event leaves")
    func stages() {
        var state = ConnectionState(isSecure: true)
        #expect(state.move(.protocolChosen) == .securing)
        #expect(state.move(.outputStuck) == .serving)
        #expect(state.move(.outputDrained) == .paused)
        #expect(state.move(.finish) == .serving)
        #expect(state.move(.close) == .finishing)
        #expect(state.stage == .closed)
    }

    @Test("can end at any time", arguments: [
        [], [.protocolChosen], [.protocolChosen, .outputStuck], [.finish],
    ] as [[ConnectionState.Event]], [true, false])
    func ends(events: [ConnectionState.Event], isSecure: Bool) {
        var state = ConnectionState(isSecure: isSecure)
        for event in events { _ = state.move(event) }
        let last = state.stage
        #expect(state.move(.close) == last)
        #expect(state.stage == .closed)
    }

    @Test("keeps the first end, and leaves nothing twice")
    func firstEnd() {
        var state = ConnectionState(isSecure: false)
        #expect(state.move(.finish) == .sniffing)
        #expect(state.move(.finish) == nil && state.stage == .finishing)
        #expect(state.move(.close) == .finishing)
        #expect(state.move(.close) == nil && state.move(.finish) == nil && state.stage == .closed)
    }

    @Test("traps on a second protocol")
    func chosenTwice() async {
        await #expect(processExitsWith: .failure) {
            var state = ConnectionState(isSecure: false)
            for event in [ConnectionState.Event.protocolChosen, .protocolChosen] { _ = state.move(event) }
        }
    }

    @Test("traps on a pause of a connection that has finished")
    func pausedAfterEnd() async {
        await #expect(processExitsWith: .failure) {
            var state = ConnectionState(isSecure: false)
            for event in [ConnectionState.Event.protocolChosen, .finish, .outputStuck] { _ = state.move(event) }
        }
    }
}

@Suite("The budget of control frames") struct ControlFrameBudgetTests {
    private static let second: UInt64 = 1_000_000_000

    /// Spends frames of one kind at one time. - Returns: how many until the budget is exceeded; nil: it was not.
    private func spend(_ count: Int, _ kind: ControlFrame, of budget: inout ControlFrameBudget, at now: UInt64) -> Int? {
        for number in 1...count where budget.spend(kind, sentByteCount: 0, nowNanoseconds: now) { return number }
        return nil
    }

    @Test("is exceeded by the first frame beyond the burst")
    func burst() {
        var budget = ControlFrameBudget(nowNanoseconds: 0)
        #expect(spend(2000, .ping, of: &budget, at: 0) == Int(ControlFrameBudget.burstLimit) + 1)
    }

    @Test("refills with time, never beyond the burst")
    func refill() {
        var budget = ControlFrameBudget(nowNanoseconds: 0)
        #expect(spend(Int(ControlFrameBudget.burstLimit), .reset, of: &budget, at: 0) == nil)
        let perSecond = Int(ControlFrameBudget.framesPerSecond)
        #expect(spend(2 * perSecond, .reset, of: &budget, at: Self.second) == perSecond + 1)
        var rested = ControlFrameBudget(nowNanoseconds: 0)
        #expect(spend(2000, .reset, of: &rested, at: 3600 * Self.second) == Int(ControlFrameBudget.burstLimit) + 1)
    }

    @Test("is told to be exceeded once")
    func once() {
        var budget = ControlFrameBudget(nowNanoseconds: 0)
        #expect(spend(1001, .settings, of: &budget, at: 0) == 1001)
        #expect(spend(5000, .settings, of: &budget, at: 0) == nil)
    }

    @Test("lets a WINDOW_UPDATE pass for each KiB that we have sent")
    func windowUpdates() {
        var budget = ControlFrameBudget(nowNanoseconds: 0)
        let sent: UInt64 = 10_000 * 1024
        #expect((1...10_000).allSatisfy { _ in !budget.spend(.windowUpdate, sentByteCount: sent, nowNanoseconds: 0) })
        // The bucket is still full.
        #expect(spend(2000, .windowUpdate, of: &budget, at: 0) == Int(ControlFrameBudget.burstLimit) + 1)
    }
}
