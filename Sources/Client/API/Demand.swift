internal import Loop

/// What code asks of a client: exchanges that wait, are in flight, or are about to be handed over.
///
/// Completions are called from a turn of the loop of their own, never from inside the call that
/// asked or the read that answered: so they may ask, and close, as they like.
final class Demand: TimerTarget {
    weak var generator: LoadGenerator?
    /// Told when the client is closed.
    var onClosed: (() -> Void)?

    /// Asked for, and not with a connection yet; first come, first served.
    private var waiting: [HTTPExchange] = []
    private var takenCount = 0
    /// All that are not over.
    private var live: [HTTPExchange] = []
    private var finished: [(HTTPExchange, Result<HTTPResponse, HTTPClientError>)] = []
    private let delivery: Timer
    private let deadlines: Timer
    private var nextDeadline = UInt64.max
    private var isClosed = false

    /// Exchanges that are not over: beyond, somebody asks without listening to the answers.
    static let exchangeLimit = 10_000

    init(loop: EventLoop) {
        delivery = Timer(loop: loop)
        deadlines = Timer(loop: loop)
        delivery.target = self
        deadlines.target = self
    }

    /// Nobody waits for anything.
    var isEmpty: Bool { live.isEmpty }

    // MARK: Asking

    func ask(_ exchange: HTTPExchange) {
        guard !isClosed, let generator, let client = generator.clients.first, !generator.isStopping else {
            return exchange.completion(.failure(.clientClosed))
        }
        exchange.index = live.count
        live.append(exchange)
        if live.count > Demand.exchangeLimit { return finish(exchange, .failure(.tooManyRequests)) }
        if let resilience = generator.resilience, !resilience.wouldPass(atNanoseconds: generator.nowNanoseconds) {
            return finish(exchange, .failure(.circuitOpen))
        }
        waiting.append(exchange)
        arm(exchange.deadlineNanoseconds)
        if client.isIdle { client.connect() } else { client.refill() }
    }

    /// The next one for a connection that has room.
    func takeNext() -> HTTPExchange? {
        while takenCount < waiting.count {
            let exchange = waiting[takenCount]
            takenCount += 1
            if takenCount == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                takenCount = 0
            }
            if !exchange.isOver { return exchange }
        }
        return nil
    }

    // MARK: Ending

    /// The exchange's request has ended.
    func exchangeDidEnd(_ exchange: HTTPExchange, _ failure: RequestFailure?, status: Int) {
        unsafe exchange.record = nil
        finish(exchange, exchange.result(failure, status: status))
    }

    private func finish(_ exchange: HTTPExchange, _ result: Result<HTTPResponse, HTTPClientError>) {
        guard !exchange.isOver else { return }
        exchange.isOver = true
        let last = live.removeLast()
        if last !== exchange {
            live[exchange.index] = last
            last.index = exchange.index
        }
        finished.append((exchange, result))
        delivery.setDeadline(nanoseconds: 1)
    }

    /// Ends all that are not in flight: no connection can be made, or (without a reason) none will be.
    func failWaiting(_ error: ConnectError?) {
        for exchange in live where unsafe exchange.record == nil {
            finish(exchange, .failure(error.map { .connect($0) } ?? .clientClosed))
        }
        // What has no record waits; kept here, its completion would keep whoever it captured.
        waiting = []
        takenCount = 0
    }

    /// Ends all that wait for a connection: the circuit breaker lets nothing pass.
    func refuseWaiting() {
        while let exchange = takeNext() { finish(exchange, .failure(.circuitOpen)) }
    }

    func close() {
        isClosed = true
        waiting = []
        delivery.close()
        deadlines.close()
        deliver()
        let onClosed = onClosed
        self.onClosed = nil
        onClosed?()
    }

    // MARK: Time

    private func arm(_ deadline: UInt64) {
        guard deadline < nextDeadline else { return }
        nextDeadline = deadline
        deadlines.setDeadline(nanoseconds: deadline)
    }

    func timerDidFire(_ timer: Timer) {
        generator?.refreshNow()
        if timer === delivery { deliver() } else { timeOut() }
    }

    private func deliver() {
        let batch = finished
        finished = []
        for (exchange, result) in batch { exchange.completion(result) }
    }

    private func timeOut() {
        guard let generator else { return }
        nextDeadline = .max
        for exchange in live where exchange.deadlineNanoseconds <= generator.nowNanoseconds {
            if let record = unsafe exchange.record, let client = generator.clients.first {
                unsafe client.timeOut(record)
            } else {
                finish(exchange, .failure(.timeout))
            }
        }
        // What was reset ends with the flush; what is left has its time before it.
        if let next = live.lazy.map(\.deadlineNanoseconds).filter({ $0 > generator.nowNanoseconds }).min() { arm(next) }
    }
}
