internal import Memory

/// One request of code that asks for itself, until its answer has been handed over.
///
/// `@safe`: the record is the pool's, and forgotten when it goes back.
@safe
final class HTTPExchange {
    /// Its fields and its body, as they are sent.
    let template: RequestTemplate
    let askedNanoseconds: UInt64
    /// When it is over, answered or not.
    let deadlineNanoseconds: UInt64
    let completion: (Result<HTTPResponse, HTTPClientError>) -> Void

    private(set) var response = HTTPResponse()
    /// While it is in flight.
    var record: UnsafeMutablePointer<RequestRecord>?
    /// The completion has what it waits for, or will have with the next delivery.
    var isOver = false
    /// What is wrong with an answer that the peer thinks good.
    private(set) var fault: HTTPClientError?
    /// Its place among those that are not over.
    var index = 0
    private let bodyByteLimit: Int

    /// Fields of one answer that we take.
    static let fieldLimit = 256

    init(
        template: RequestTemplate, askedNanoseconds: UInt64, deadlineNanoseconds: UInt64, bodyByteLimit: Int,
        completion: @escaping (Result<HTTPResponse, HTTPClientError>) -> Void
    ) {
        self.template = template
        self.askedNanoseconds = askedNanoseconds
        self.deadlineNanoseconds = deadlineNanoseconds
        self.bodyByteLimit = bodyByteLimit
        self.completion = completion
        unsafe record = nil
    }

    /// A head begins: what a 1xx one said before it is no part of the answer.
    func beginHead() { response.headers.removeAll() }

    func receiveField(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ caches: Caches) {
        guard response.headers.count < HTTPExchange.fieldLimit else {
            fault = .headTooLarge(fieldLimit: HTTPExchange.fieldLimit)
            return
        }
        unsafe response.headers.append((name: caches.string(name), value: caches.string(value)))
    }

    /// - Returns: whether there was room for it.
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard fault == nil, response.body.count + bytes.count <= bodyByteLimit else {
            fault = fault ?? .bodyTooLarge(byteLimit: bodyByteLimit)
            return false
        }
        unsafe response.body.append(contentsOf: bytes)
        return true
    }

    /// The attempt failed, and there will be another.
    func forgetResponse() { response = HTTPResponse() }

    /// What the completion gets.
    func result(_ failure: RequestFailure?, status: Int) -> Result<HTTPResponse, HTTPClientError> {
        if let fault { return .failure(fault) }
        switch failure {
        case nil:
            response.status = status
            return .success(response)
        case .closed: return .failure(.connectionClosed)
        case .reset: return .failure(.reset)
        case .goaway: return .failure(.notProcessed)
        case .timeout: return .failure(.timeout)
        case .protocolError: return .failure(.protocolViolation)
        case .aborted, .abandoned: return .failure(.clientClosed)
        case .circuit: return .failure(.circuitOpen)
        }
    }
}
