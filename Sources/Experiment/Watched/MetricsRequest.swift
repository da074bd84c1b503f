internal import Dispatch
internal import Measurements
internal import Synchronization
internal import Workload

/// One request for a server's page of metrics, on a thread of its own: the resolver, the network and the server may
/// take longer than a sample.
final class MetricsRequest: Sendable {
    /// Why there is no page, in words.
    struct Failure: Error {
        var words: String
    }

    private let answer = Mutex<Result<[UInt8], Failure>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    /// The most time for all of it. Prometheus itself allows ten seconds, at intervals of a minute.
    static let timeLimit = Duration.seconds(2)

    /// Begins at once.
    init(_ url: TargetURL) {
        DispatchQueue(label: "server-metrics").async { [self] in
            let page = Result { () throws(Failure) in try MetricsRequest.page(of: url) }
            answer.withLock { $0 = page }
            isDone.signal()
        }
    }

    /// The page, or why there is none; nil: it has not come within this time. Given once.
    func answer(within time: Duration) -> Result<[UInt8], Failure>? {
        guard isDone.wait(timeout: .now() + .nanoseconds(Int(time.nanoseconds))) == .success else { return nil }
        return answer.withLock { $0 }
    }

    private static func page(of url: TargetURL) throws(Failure) -> [UInt8] {
        let connection = try MetricsConnection(url, until: SuspendingClock().now + timeLimit)
        try connection.send("GET \(url.target) HTTP/1.1\r\nHost: \(url.authority)\r\nAccept: text/plain\r\nConnection: close\r\n\r\n")
        let reader = MetricsReader()
        while case let bytes = try connection.receive(), try reader.take(bytes) {}
        return reader.page
    }
}
