internal import Load
internal import Loop
internal import Measurements

/// One client: its caches, and its connections, one after the other.
///
/// Owned by its load generator, on whose loop it lives. Connects, and connects again when the
/// connection ends, until it is told to end or gives up.
final class HTTPClient: TimerTarget {
    /// Which client of its loop this is, from 0.
    let number: Int
    /// Retained, since a constant costs no counting; the generator drops its clients when they end.
    private let generator: LoadGenerator
    /// Reads answers, with the caches that are its own or shared.
    private var answers: AnswerReader
    private var attempts = ConnectAttempts()
    /// The address that the attempt began with, and the tries that have failed, with their errors.
    private var firstAddressIndex = 0
    private var failedTries: [ConnectError.Try] = []
    /// The next try of the same attempt speaks HTTP/1.1.
    private var isFallingBack = false
    /// How the connection before has ended; nil until there was one.
    private var predecessor: ConnectionLife.Ending?
    /// Counts requests: by it the kinds of requests take turns.
    private var turn: Int
    /// Requests that the peer has not looked at. Its accesses do not overlap: it calls nothing that could call this client.
    @exclusivity(unchecked) private var resends = ResendQueue()
    /// The pause before the next attempt, the time for connecting, or that of a request, by the state.
    private let timer: Timer
    /// Where it stands in the pool's list.
    var index = 0

    private enum State {
        /// Between two connections, or before the first: the timer brings the next attempt.
        case waiting
        /// Has a connection, in whatever state that is.
        case connected(ClientConnection)
        /// Has its last connection, but for requests that are to be sent again.
        case retiring(ClientConnection)
        case ended
    }
    private var state = State.waiting

    init(_ generator: LoadGenerator, number: Int) {
        self.generator = generator
        self.number = number
        answers = generator.makeAnswerReader(clientNumber: number)
        // Clients start at different kinds, else all ask for the same one at once. The run's number: a client
        // asks for the same whatever part it is in.
        turn = Int(clamping: generator.configuration.share.number(UInt64(number)))
        timer = Timer(loop: generator.loop)
        timer.target = self
    }

    /// The one place that assigns `state`.
    private func move(to new: State) {
        switch (state, new) {
        case (.waiting, .connected), (.connected, .waiting), (.connected, .retiring), (.waiting, .ended), (.connected, .ended),
            (.retiring, .ended),
            // Another one for the requests that the last one's peer has not looked at.
            (.retiring, .retiring):
            state = new
        case (.waiting, .waiting), (.connected, .connected), (.ended, .ended),
            // Only requests that are to be sent again get another one.
            (.waiting, .retiring), (.retiring, .waiting), (.retiring, .connected), (.ended, .waiting), (.ended, .connected),
            (.ended, .retiring):
            preconditionFailure("a client that is \(state) cannot become \(new)")
        }
    }

    private var connection: ClientConnection? {
        switch state {
        case .connected(let connection), .retiring(let connection): connection
        case .waiting, .ended: nil
        }
    }

    // MARK: Connecting

    /// Begins to connect, in its turn.
    func connect() {
        // One that is to end has requests to send again.
        if isRetiring || generator.connectTurns.begin(self) { connectNow() }
    }

    /// Its turn has come, unless it has ended meanwhile.
    func connectInTurn() {
        if case .waiting = state { connectNow() }
    }

    private func connectNow() {
        generator.clock.refresh()
        if !generator.caches.isCurrent(answers.caches) {
            generator.caches.give(answers.caches)
            answers = generator.makeAnswerReader(clientNumber: number)
        }
        attempts.attemptWillBegin(atNanoseconds: generator.clock.nowNanoseconds)
        if failedTries.isEmpty { firstAddressIndex = generator.destination.firstIndex(ofClient: number) }
        let connection = ClientConnection(self, generator, answers, timer)
        move(to: isRetiring ? .retiring(connection) : .connected(connection))
        // All addresses together have the time of one connection.
        connection.open(
            to: generator.destination.addresses[addressIndex],
            withinNanoseconds: generator.configuration.options.connectTimeout.nanoseconds / UInt64(generator.destination.addresses.count))
    }

    private var addressIndex: Int { generator.destination.index(from: firstAddressIndex, afterTries: failedTries.count) }

    /// The connection is established.
    func connectionDidOpen() {
        let isAnother = generator.destination.connectionDidOpen(toIndex: addressIndex)
        if isAnother, !failedTries.isEmpty {
            generator.accounts.note(
                .warning, "\(ConnectError.text(failedTries)); connected to \(generator.destination.addresses[addressIndex]) instead")
        }
        failedTries = []
        generator.accounts.connectionDidOpen()
        switch predecessor {
        case nil: break
        case .lost: generator.accounts.counters.connectionCounts.reconnects += 1
        case .renewed: generator.accounts.counters.connectionCounts.renewed += 1
        }
        predecessor = .lost
    }

    /// No connection could be made; it is closing.
    func attemptDidFail(_ error: ConnectError) {
        if error == .notHTTP2, generator.fallBack() {
            isFallingBack = true
            return
        }
        let addresses = generator.destination.addresses
        if addresses.count > 1, !error.isPermanent {
            failedTries.append(ConnectError.Try(address: addresses[addressIndex], error: error))
            if failedTries.count < addresses.count { return }
            return allDidFail(.allAddresses(failedTries))
        }
        // The words of the system's for a path do not name it.
        let isPath = addresses[addressIndex].unixPath != nil && !error.isPermanent
        allDidFail(isPath ? .allAddresses([ConnectError.Try(address: addresses[addressIndex], error: error)]) : error)
    }

    /// No address is left for this attempt.
    private func allDidFail(_ error: ConnectError) {
        failedTries = []
        attempts.attemptDidFail(isHopeless: error.isPermanent && !generator.hasEverConnected)
        generator.attemptDidFail(error)
    }

    /// The connection is gone.
    func connectionDidClose(_ use: ConnectionLife.Use, _ ending: ConnectionLife.Ending) {
        timer.stop()
        generator.clock.refresh()
        if ending == .renewed { predecessor = .renewed }
        switch state {
        case .retiring: return unsafe resends.count > 0 && use == .answered ? connect() : end()
        case .waiting, .connected, .ended: break
        }
        // The next try of the same attempt, to another address or in another protocol.
        if !failedTries.isEmpty || isFallingBack {
            isFallingBack = false
            move(to: .waiting)
            return connect()
        }
        attempts.connectionDidEnd(use)
        if attempts.areOver(
            hasEverConnected: generator.hasEverConnected, triesToTheEnd: generator.hasEndOfItsOwn,
            atNanoseconds: generator.clock.nowNanoseconds)
        {
            end()
            return generator.clientDidGiveUp()
        }
        move(to: .waiting)
        if use == .answered { return connect() }
        let pause = attempts.pauseNanoseconds
        generator.accounts.counters.connectionCounts.waits += 1
        generator.accounts.counters.connectionCounts.waitedNanoseconds += pause
        timer.setDeadline(nanoseconds: generator.clock.nowNanoseconds + pause)
    }

    /// The time has passed that the timer was set to.
    func timerDidFire(_ timer: Timer) {
        generator.clock.refresh()
        switch state {
        case .waiting: connect()
        case .connected(let connection), .retiring(let connection): connection.deadlineDidPass()
        case .ended: break
        }
    }

    // MARK: Asking

    /// The turn of the next request.
    func takeTurn() -> Int {
        defer { turn &+= 1 }
        return turn
    }

    /// Keeps a request that the peer has not looked at for the next connection. - Returns: false when it has failed.
    func keepForNextConnection(_ record: UnsafeMutablePointer<RequestRecord>) -> Bool {
        unsafe answers.finishAttempt(record, .unprocessed)
        return unsafe resends.append(record)
    }

    /// The first of these requests.
    func takeResend() -> UnsafeMutablePointer<RequestRecord>? {
        guard let record = unsafe resends.removeFirst() else { return nil }
        generator.accounts.counters.requests.resent += 1
        return unsafe record
    }

    /// Requests that wait for the next connection.
    var resendCount: Int { unsafe resends.count }

    private func failResends(_ failure: RequestFailure) {
        while let record = unsafe resends.removeFirst() { unsafe generator.finish(record, failure, failure.reason) }
    }

    /// There may be more to ask than before: after a pause, or with more streams.
    func refill() { connection?.refill() }

    // MARK: Ending

    /// Whether it asks for nothing new: it finishes what it has begun.
    var isRetiring: Bool {
        switch state {
        case .waiting, .connected: false
        case .retiring, .ended: true
        }
    }

    /// Whether requests can be sent on its connection.
    var isReady: Bool { connection?.isReady ?? false }

    /// Leaves its connection for another, once the requests in flight are answered.
    func renew() { connection?.renew() }

    /// Ends its connection under the requests, as a network does that fails.
    func drop() { connection?.drop(.onPurpose) }

    /// No new requests: those in flight may finish, and those that the peer has not looked at are sent again.
    func retire() {
        switch state {
        case .waiting: end()
        case .connected(let connection):
            move(to: .retiring(connection))
            connection.retire()
        case .retiring, .ended: break
        }
    }

    /// The time for finishing is over: requests in flight are counted as aborted.
    func abort() {
        failResends(.aborted)
        switch state {
        case .waiting: end()
        case .connected(let connection):
            move(to: .retiring(connection))
            connection.drop(.runEnded)
        case .retiring(let connection): connection.drop(.runEnded)
        case .ended: break
        }
    }

    private func end() {
        failResends(.unprocessed)
        move(to: .ended)
        timer.close()
        generator.caches.give(answers.caches)
        generator.clientDidEnd(self)
    }

    // MARK: Samples

    /// Adds this client's part of the gauges, its caches and its connection, and that as a row where rows are wanted.
    func add(to sample: inout ClientSample) {
        sample.requests.retryWaiting += unsafe resends.count
        if answers.caches.isOneClients { answers.caches.add(to: &sample) }
        guard let connection else { return }
        connection.add(to: &sample)
        if generator.configuration.listsConnections, sample.connections.count < ServerSample.connectionRowLimit {
            var row = connection.row
            row.id = generator.configuration.requestShare.number(UInt64(number)) + 1
            row.peer = generator.destination.names[addressIndex]
            sample.connections.append(row)
        }
    }
}
