internal import HTTP2
internal import Load
package import Loop
package import Measurements

// For code that asks for itself: the very client that the load generator runs, with its caches,
// its TLS, its timeouts and its multiplexing. On one event loop, with completions.
//
//     let client = try HTTPClient.open(configuration, on: loop)
//     client.get("/get") { result in
//         if case .success(let response) = result { print(response.status) }
//         client.close()
//     }
//     loop.run()
extension HTTPClient {
    /// Requests in flight at once over HTTP/2, as far as the server allows. Over HTTP/1.1 it is one.
    package static let defaultStreams = 100

    /// Largest body of an answer, bytes: what fits twice into the memory that a test machine spares.
    package static let defaultBodyByteLimit = 64 << 20

    /// A client of one origin, which connects at once and when it must again.
    ///
    /// - Parameters:
    ///   - configuration: whom to ask and how: address, authority, TLS, caches, retries, circuit
    ///     breaker, time to connect, and the time of a request that names none. What makes a load of
    ///     it (connections, requests, what is asked for) is not looked at.
    ///   - loop: whose thread makes all calls, and gets all completions.
    package static func open(
        _ configuration: ClientConfiguration, on loop: EventLoop, streams: Int = defaultStreams
    ) throws(ConnectError) -> HTTPClient {
        var configuration = configuration
        configuration.connections = 1
        configuration.requests = nil
        configuration.streams = streams
        configuration.checkedTargets = nil
        let patience = configuration.requestTimeoutNanoseconds
        // Each exchange has a deadline of its own.
        configuration.requestTimeoutNanoseconds = .max / 4
        let generator = try LoadGenerator(
            loop: loop, configuration: configuration, share: nil, isOnDemand: true, onDone: {}, onEnd: {})
        generator.start()
        let client = generator.clients[0]
        client.patienceNanoseconds = patience
        return client
    }

    /// Asks for a target. The completion is called once, from a later turn of the loop; only a closed
    /// client, and a request that cannot be sent, is told at once.
    package func get(
        _ target: String, headers: [(name: String, value: String)] = [], timeoutNanoseconds: UInt64? = nil,
        _ completion: @escaping (Result<HTTPResponse, HTTPClientError>) -> Void
    ) {
        send(HTTPRequest("GET", target, headers: headers, timeoutNanoseconds: timeoutNanoseconds), completion)
    }

    /// Sends a body to a target; otherwise as `get`.
    package func post(
        _ target: String, body: [UInt8], headers: [(name: String, value: String)] = [], timeoutNanoseconds: UInt64? = nil,
        _ completion: @escaping (Result<HTTPResponse, HTTPClientError>) -> Void
    ) {
        send(HTTPRequest("POST", target, headers: headers, body: body, timeoutNanoseconds: timeoutNanoseconds), completion)
    }

    /// Sends any request; otherwise as `get`. Any status is an answer; a failure is that there is none.
    package func send(_ request: HTTPRequest, _ completion: @escaping (Result<HTTPResponse, HTTPClientError>) -> Void) {
        guard let demand = generator.demand else { return completion(.failure(.clientClosed)) }
        if let fault = request.fault { return completion(.failure(.invalidRequest(fault))) }
        generator.refreshNow()
        var kind = RequestKind(request.target)
        kind.method = request.method
        kind.headers = request.headers.map { HeaderField(name: $0.name, value: $0.value) }
        kind.body = .bytes(request.body)
        let asked = generator.nowNanoseconds
        let deadline = asked.addingReportingOverflow(request.timeoutNanoseconds ?? patienceNanoseconds)
        demand.ask(HTTPExchange(
            template: RequestTemplate(kind, generator.configuration, isVerbatim: true), askedNanoseconds: asked,
            deadlineNanoseconds: deadline.overflow ? .max : deadline.partialValue,
            bodyByteLimit: HTTPClient.defaultBodyByteLimit, completion: completion))
    }

    /// No more requests. Those in flight may finish in that time, those that wait have failed; then the
    /// connection is closed, and the completion called. Closing twice is closing once.
    package func close(withinNanoseconds nanoseconds: UInt64 = 5_000_000_000, _ completion: @escaping () -> Void = {}) {
        guard let demand = generator.demand, !generator.isStopping else { return completion() }
        demand.onClosed = completion
        generator.stop(askedNanoseconds: EventLoop.monotonicNanoseconds(), withinNanoseconds: nanoseconds)
    }

    /// Handshakes, cache hits, retries: what this client has counted so far.
    package func sample() -> ClientSample { generator.sample() }

    /// Ends an exchange in flight whose time is over.
    func timeOut(_ record: UnsafeMutablePointer<RequestRecord>) {
        guard unsafe record.pointee.failure == nil else { return }
        unsafe record.pointee.failure = .timeout
        // A pipeline cannot leave an answer out.
        guard let session else { return drop(.closed) }
        unsafe session.reset(record.pointee.streamID, .cancel)
        let exchange = unsafe record.pointee.exchange
        flush()
        // nghttp2 closes the stream with the flush; a stuck socket keeps it, and is dropped.
        if let exchange = unsafe exchange, unsafe exchange._withUnsafeGuaranteedRef({ unsafe $0.record != nil }) { return drop(.closed) }
        refill()
        endIfDrained()
    }

    func receiveBody(
        _ bytes: UnsafeRawBufferPointer, of exchange: Unmanaged<HTTPExchange>, _ record: UnsafeMutablePointer<RequestRecord>
    ) {
        let hasRoom = unsafe exchange._withUnsafeGuaranteedRef { unsafe $0.receiveBody(bytes) }
        guard !hasRoom, unsafe record.pointee.failure == nil, let session else { return }
        unsafe record.pointee.failure = .reset
        unsafe session.reset(record.pointee.streamID, .cancel)
    }
}

extension HTTPRequest {
    /// Why it cannot be sent; nil when it can. A line break in a field would be another field over HTTP/1.1.
    var fault: String? {
        func isToken(_ text: String) -> Bool {
            !text.isEmpty && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
        }
        if !isToken(method) { return "no method" }
        let isPrintable = target.utf8.allSatisfy { $0 > 32 && $0 < 127 }
        if !isPrintable || !(target.hasPrefix("/") || target == "*") { return "no target" }
        if headers.count > HTTPRequest.headerLimit { return "too many header fields" }
        for header in headers {
            if !isToken(header.name) || header.name.utf8.contains(where: { (65...90).contains($0) }) { return "no name of a field" }
            if header.value.utf8.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) { return "no value of a field" }
            // These are the client's, or HTTP/2 forbids them (RFC 9113, 8.2.2).
            if ["host", "content-length", "connection", "transfer-encoding", "upgrade", "keep-alive", "proxy-connection"].contains(header.name) {
                return "\(header.name) is not yours to set"
            }
        }
        return nil
    }

    /// Header fields of a request, beside those that the client adds.
    private static let headerLimit = 100
}
