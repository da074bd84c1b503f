internal import Dispatch
internal import Loop
internal import Synchronization

/// The resolver's answer about one name, awaited for a limited time.
///
/// The resolver cannot be interrupted: a thread that it keeps for longer ends by itself, and its answer is dropped.
final class BoundedResolution: Sendable {
    private let answer = Mutex<Result<[SocketAddress], ResolutionError>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    private init() {}

    /// The addresses of a name, in the resolver's order.
    static func addresses(host: String, port: Int, withinMilliseconds milliseconds: Int) throws(ResolutionError) -> [SocketAddress] {
        if let address = SocketAddress(host: host, port: port) { return [address] }
        let resolution = BoundedResolution()
        DispatchQueue(label: "resolver").async {
            let answer = Result { () throws(ResolutionError) in try SocketAddress.resolveAll(host: host, port: port) }
            resolution.answer.withLock { $0 = answer }
            resolution.isDone.signal()
        }
        guard resolution.isDone.wait(timeout: .now() + .milliseconds(milliseconds)) == .success,
            let answer = resolution.answer.withLock({ $0 })
        else { throw ResolutionError(host: host, .timeout(milliseconds: milliseconds)) }
        return try answer.get()
    }
}
