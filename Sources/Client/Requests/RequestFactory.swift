internal import HTTP2
internal import Load
internal import Measurements
internal import Memory

/// Makes the requests of one loop, by the turns of their kinds: each with a number and values of its
/// own, and with the check of its answer.
///
/// `@safe`: a record is the caller's from `make` to `give`.
@safe
final class RequestFactory {
    /// nil: bodies are not checked.
    let checker: BodyChecker?
    private let kinds: [RequestKind]
    private let templates: [RequestTemplate]
    /// Which template has which turn, by the weights of the kinds.
    private let turns: [Int]
    private let records: RequestRecordPool
    /// The run's, for random values in requests.
    private let seed: UInt64
    private var nextNumber: UInt64
    private let numberStride: UInt64
    private let earlyCloseShare: Double
    private var earlyCloseCredit = 0.0

    init(_ configuration: ClientConfiguration) {
        kinds = configuration.kinds
        templates = configuration.kinds.map { RequestTemplate($0, configuration) }
        turns = WeightedTurns.order(configuration.kinds.map(\.weight))
        records = RequestRecordPool(textByteCount: templates.reduce(0) { max($0, $1.expandedByteLimit) })
        seed = configuration.seed
        let first = configuration.firstNumber &+ configuration.requestShare.index
        nextNumber = first
        numberStride = configuration.requestShare.count
        earlyCloseShare = configuration.options.earlyCloseShare
        checker = configuration.checkedTargets.map { BodyChecker($0, firstSeed: first, seedStride: configuration.requestShare.count) }
    }

    /// The next request of this loop, with a number that no other request of the run has.
    ///
    /// - Parameters:
    ///   - turn: counts the client's requests; by it the kinds take turns.
    ///   - due: when it is meant to be sent.
    ///   - now: nanoseconds of the monotonic clock.
    func make(turn: Int, _ due: LoadSchedule.Due, atNanoseconds now: UInt64) -> UnsafeMutablePointer<RequestRecord> {
        let record = unsafe records.take()
        switch due {
        case .anyTime: unsafe record.pointee.intendedNanoseconds = now
        case .at(let nanoseconds):
            unsafe record.pointee.isScheduled = true
            unsafe record.pointee.intendedNanoseconds = nanoseconds
        }
        unsafe record.pointee.identity.kindIndex = turns.count == 1 ? turns[0] : turns[turn % turns.count]
        nextNumber &+= 1
        unsafe record.pointee.identity.number = nextNumber
        nextNumber &+= numberStride &- 1
        return unsafe record
    }

    /// Makes a request ready to be sent, for the first time or again: writes its own values.
    /// - Returns: its fields and body, until the next request is prepared.
    func prepare(_ record: UnsafeMutablePointer<RequestRecord>) -> RequestTemplate {
        let template = unsafe templates[record.pointee.kindIndex]
        unsafe record.pointee.body = template.expandedByteLimit == 0
            ? template.body
            : template.expand(number: record.pointee.number, seed: seed, into: RequestRecordPool.text(of: record))
        if let expectation = template.expectation { unsafe record.pointee.expectation = Unmanaged.passUnretained(expectation) }
        if let checker, let check = unsafe checker.begin(record.pointee.kindIndex) {
            unsafe record.pointee.check = unsafe check
            unsafe record.pointee.identity.checkSeed = check.pointee.check.body.seed
            template.setPath(unsafe check.pointee.target)
        }
        if earlyCloseShare > 0 { unsafe record.pointee.closesEarly = takeEarlyClose() }
        return template
    }

    /// Whether the next request is one of those whose connection is closed early: a share of all
    /// requests, spread evenly.
    private func takeEarlyClose() -> Bool {
        earlyCloseCredit += earlyCloseShare
        guard earlyCloseCredit >= 1 else { return false }
        earlyCloseCredit -= 1
        return true
    }

    /// A request as it was sent, for people: "GET /items?id=12, request 12 of the run", "order, POST /orders with '{"item": 12}', ...".
    func text(of record: borrowing RequestRecord) -> String {
        unsafe text(of: record.identity)
    }

    func text(of request: SentRequest) -> String {
        let kind = kinds[request.kindIndex], sent = templates[request.kindIndex].sentText(number: request.number, seed: seed)
        let target = request.checkSeed.flatMap { checker?.targetText(request.kindIndex, seed: $0) } ?? sent.target
        let line = "\(kind.method) \(kind.origin?.text ?? "")\(target)".cut(toColumns: RequestFactory.shownTargetLimit, mark: "...")
        let body = sent.body.map { " with '\($0.cut(toColumns: RequestFactory.shownBodyLimit, mark: "..."))'" } ?? ""
        return "\(kind.name.isEmpty ? "" : "\(kind.name), ")\(line)\(body), \(LoadAccounts.text(ofRequest: request.number))"
    }

    /// Letters of a request's line and of its body that are shown: enough for most to be pasted.
    private static let shownTargetLimit = 200
    private static let shownBodyLimit = 60

    /// Requests in which the kinds take turns.
    var turnCount: Int { turns.count }

    /// Whether sending this request twice does no harm.
    func isIdempotent(_ record: borrowing RequestRecord) -> Bool { unsafe templates[record.kindIndex].isIdempotent }

    /// Takes back a request that is over.
    func give(_ record: UnsafeMutablePointer<RequestRecord>) { unsafe records.give(record) }

    /// From the next request on, answers this many times as large as the configuration's, where its targets name a size.
    func setBodyScale(_ scale: Double) {
        var scaled = kinds
        for (index, path) in SizedTarget.scale(kinds.map(\.path), by: scale).enumerated() { scaled[index].path = path }
        for (template, kind) in zip(templates, scaled) { template.setTarget(kind.path) }
        checker?.setTargets(scaled.map(CheckedTarget.init))
    }
}
