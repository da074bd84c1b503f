import Loop
import Testing

@Suite("The state of a stream") struct TCPStreamStateTests {
    /// A state after these events, and the answer to the last.
    private static func state(after events: TCPStreamState.Event...) -> (state: TCPStreamState, answer: TCPStreamState.Answer) {
        var state = TCPStreamState()
        var answer = TCPStreamState.Answer.act
        for event in events { answer = state.move(event) }
        return (state, answer)
    }

    @Test("takes writes until our end, whether the peer has sent its own or not")
    func writes() {
        #expect(!Self.state(after: .connect).state.takesWrites)
        #expect(Self.state(after: .connect, .connected).state.takesWrites)
        #expect(Self.state(after: .accept, .inputEnded).state.takesWrites)
        #expect(!Self.state(after: .accept, .finish).state.takesWrites)
        #expect(!Self.state(after: .accept, .endWriting).state.takesWrites)
        #expect(!Self.state(after: .accept, .close).state.takesWrites)
    }

    @Test("has the owner hear of the peer's end at once while it sends, and otherwise when the queue is out")
    func peersEnd() {
        #expect(Self.state(after: .accept, .inputEnded).answer == .act)
        #expect(Self.state(after: .accept, .endWriting, .inputEnded).answer == .act)
        #expect(Self.state(after: .accept, .finish, .inputEnded).answer == .ignore)
        #expect(Self.state(after: .accept, .finish, .inputEnded, .shutDown).answer == .act)
        #expect(Self.state(after: .accept, .finish, .shutDown).answer == .ignore)
        #expect(Self.state(after: .accept, .finish, .shutDown, .inputEnded).answer == .act)
        #expect(Self.state(after: .accept, .inputEnded, .finish, .shutDown).answer == .act)
    }

    @Test("drops input once we have finished, and reads none after the peer's end")
    func input() {
        #expect(Self.state(after: .accept).state.hasInput)
        #expect(Self.state(after: .accept, .endWriting).state.hasInput && !Self.state(after: .accept, .endWriting).state.dropsInput)
        #expect(Self.state(after: .accept, .finish).state.hasInput && Self.state(after: .accept, .finish).state.dropsInput)
        #expect(Self.state(after: .accept, .finish, .shutDown).state.dropsInput)
        #expect(!Self.state(after: .accept, .inputEnded).state.hasInput)
        #expect(!Self.state(after: .accept, .finish, .inputEnded).state.hasInput)
    }

    @Test("ignores what libuv still reports of a stream that is closing, and a second close")
    func late() {
        #expect(Self.state(after: .connect, .close, .connectFailed).answer == .ignore)
        #expect(Self.state(after: .accept, .finish, .close, .shutDown).answer == .ignore)
        #expect(Self.state(after: .accept, .close, .close).answer == .ignore)
        #expect(Self.state(after: .close, .closed, .close).answer == .ignore)
    }

    @Test("does not take writes after an attempt to connect that failed")
    func failedAttempt() {
        let (state, answer) = Self.state(after: .connect, .connectFailed)
        #expect(answer == .act && !state.takesWrites && !state.hasInput)
    }

    @Test("traps on a second end of ours")
    func finishedTwice() async {
        await #expect(processExitsWith: .failure) {
            var state = TCPStreamState()
            for event in [TCPStreamState.Event.accept, .finish, .finish] { _ = state.move(event) }
        }
    }

    @Test("traps on an end of the peer's that libuv cannot have read")
    func endedTwice() async {
        await #expect(processExitsWith: .failure) {
            var state = TCPStreamState()
            for event in [TCPStreamState.Event.accept, .inputEnded, .inputEnded] { _ = state.move(event) }
        }
    }

    @Test("traps on a handle that closes without us")
    func closedUnasked() async {
        await #expect(processExitsWith: .failure) {
            var state = TCPStreamState()
            for event in [TCPStreamState.Event.accept, .closed] { _ = state.move(event) }
        }
    }
}
