import Client
import Testing

@Suite("The life of a client's connection")
struct ConnectionLifeTests {
    private func life(_ events: ConnectionLife.Event...) -> ConnectionLife {
        var life = ConnectionLife()
        for event in events { life.move(on: event) }
        return life
    }

    @Test("goes from opening over a greeting to ready, and counts as open until it closes")
    func opens() {
        #expect(life().state == .opening && !life().isOpen)
        #expect(life(.opened).state == .greeting && !life(.opened).isOpen)
        #expect(life(.opened, .greeted).isReady && life(.opened, .greeted).isOpen)
        let draining = life(.opened, .greeted, .drainBegan(.lost))
        #expect(draining.isDraining && draining.isOpen && !draining.isReady)
        let closing = life(.opened, .greeted, .closed)
        #expect(closing.isClosing && !closing.isOpen && !closing.isReady)
    }

    @Test("ends as lost, unless we left a connection that was still good")
    func endings() {
        #expect(life().ending == .lost)
        #expect(life(.closed).ending == .lost)
        #expect(life(.opened, .closed).ending == .lost)
        #expect(life(.opened, .greeted, .closed).ending == .lost)
        #expect(life(.opened, .greeted, .drainBegan(.lost), .closed).ending == .lost)
        #expect(life(.opened, .greeted, .drainBegan(.renewed), .closed).ending == .renewed)
        #expect(life(.opened, .greeted, .abandoned, .abandoned, .closed).ending == .renewed)
        #expect(life(.opened, .greeted, .drainBegan(.lost), .abandoned, .closed).ending == .renewed)
    }

    @Test("traps on an event that its state does not expect")
    func badTransitions() async {
        await #expect(processExitsWith: .failure) {
            var life = ConnectionLife()
            life.move(on: .greeted)
        }
        await #expect(processExitsWith: .failure) {
            var life = ConnectionLife()
            life.move(on: .closed)
            life.move(on: .closed)
        }
        await #expect(processExitsWith: .failure) {
            var life = ConnectionLife()
            life.move(on: .opened)
            life.move(on: .drainBegan(.renewed))
        }
    }
}

@Suite("Attempts to connect")
struct ConnectAttemptsTests {
    private func failed(_ count: Int, isHopeless: Bool = false) -> ConnectAttempts {
        var attempts = ConnectAttempts()
        for _ in 0..<count {
            attempts.attemptWillBegin(atNanoseconds: 0)
            attempts.attemptDidFail(isHopeless: isHopeless)
        }
        return attempts
    }

    @Test("pause 50 ms, twice as long each time, and 2 s at most")
    func pauses() {
        #expect((1...8).map { failed($0).pauseNanoseconds / 1_000_000 } == [50, 100, 200, 400, 800, 1_600, 2_000, 2_000])
        #expect(failed(0).pauseNanoseconds == 50_000_000, "an unused connection is no failure, and no reason to hurry")
    }

    @Test("are over after ten, or after five or a second where no client was ever connected")
    func limits() {
        #expect(!failed(9).areOver(hasEverConnected: true, triesToTheEnd: false, atNanoseconds: 1 << 40))
        #expect(failed(10).areOver(hasEverConnected: true, triesToTheEnd: false, atNanoseconds: 0))
        #expect(!failed(4).areOver(hasEverConnected: false, triesToTheEnd: false, atNanoseconds: 999_999_999))
        #expect(failed(5).areOver(hasEverConnected: false, triesToTheEnd: false, atNanoseconds: 0))
        #expect(failed(1).areOver(hasEverConnected: false, triesToTheEnd: false, atNanoseconds: 1_000_000_000))
        #expect(!failed(0).areOver(hasEverConnected: false, triesToTheEnd: false, atNanoseconds: 1 << 40), "nothing was tried")
        #expect(failed(1, isHopeless: true).areOver(hasEverConnected: false, triesToTheEnd: false, atNanoseconds: 0))
    }

    @Test("go on to the end of a load that has one, where a client was connected once")
    func toTheEnd() {
        #expect(!failed(1_000).areOver(hasEverConnected: true, triesToTheEnd: true, atNanoseconds: 1 << 40))
        #expect(failed(5).areOver(hasEverConnected: false, triesToTheEnd: true, atNanoseconds: 0))
        #expect(failed(1, isHopeless: true).areOver(hasEverConnected: false, triesToTheEnd: true, atNanoseconds: 0))
    }

    @Test("begin again with an answer, and count a connection that answers nothing as one that failed")
    func connections() {
        var attempts = failed(3)
        attempts.connectionDidEnd(.unused)
        #expect(attempts.pauseNanoseconds == 200_000_000)
        attempts.connectionDidEnd(.asked)
        #expect(attempts.pauseNanoseconds == 400_000_000)
        attempts.connectionDidEnd(.answered)
        #expect(attempts.pauseNanoseconds == 50_000_000)
    }
}

@Suite("Clients without a connection")
struct CutOffTests {
    @Test("are cut off from the loss of the last one on, once an attempt has failed, until another is made")
    func cutOff() {
        var cutOff = CutOff()
        for _ in 0..<3 { cutOff.connectionDidOpen(atNanoseconds: 0) }
        cutOff.connectionDidEnd(.lost, isLast: false, atNanoseconds: 10)
        cutOff.attemptDidFail()
        #expect(cutOff.lostConnectionCount == nil, "there are others")
        cutOff.connectionDidEnd(.lost, isLast: false, atNanoseconds: 20)
        cutOff.connectionDidEnd(.lost, isLast: true, atNanoseconds: 30)
        #expect(cutOff.lostConnectionCount == nil, "the next attempt may succeed")
        #expect(cutOff.nanoseconds(atNanoseconds: 40) == 0)
        cutOff.attemptDidFail()
        #expect(cutOff.lostConnectionCount == 3)
        #expect(cutOff.nanoseconds(atNanoseconds: 50) == 20)
        cutOff.connectionDidOpen(atNanoseconds: 60)
        #expect(cutOff.lostConnectionCount == nil)
        #expect(cutOff.nanoseconds(atNanoseconds: 100) == 30)
    }

    @Test("are not cut off between two connections of their own choice, but when the second cannot be made")
    func renewal() {
        var cutOff = CutOff()
        cutOff.connectionDidOpen(atNanoseconds: 0)
        cutOff.connectionDidEnd(.renewed, isLast: true, atNanoseconds: 10)
        cutOff.connectionDidOpen(atNanoseconds: 20)
        #expect(cutOff.nanoseconds(atNanoseconds: 20) == 0)
        cutOff.connectionDidEnd(.renewed, isLast: true, atNanoseconds: 30)
        cutOff.attemptDidFail()
        #expect(cutOff.lostConnectionCount == 0)
        #expect(cutOff.nanoseconds(atNanoseconds: 40) == 10)
    }

    @Test("are not cut off from a server that was never reached")
    func neverReached() {
        var cutOff = CutOff()
        cutOff.attemptDidFail()
        #expect(cutOff.lostConnectionCount == nil)
        #expect(cutOff.nanoseconds(atNanoseconds: 40) == 0)
    }
}
