internal import Load
internal import Loop
internal import TLS

/// How the clients of one loop reach the server: at which of its addresses, and in which protocol where TLS does not choose it.
///
/// An attempt tries each address once, in the resolver's order. A client begins where the last connection was made,
/// so that an address which does not answer costs its time once; or, spread over all, at its own number.
struct Destination {
    let addresses: [SocketAddress]
    /// The addresses in words, made once.
    let names: [String]
    private let isSpread: Bool
    private var preferredIndex = 0
    /// What is spoken in the clear: HTTP/2 by prior knowledge, until a server answers that with something else.
    private(set) var clearProtocol: ApplicationProtocol

    init(_ configuration: ClientConfiguration) {
        addresses = configuration.addresses
        names = addresses.map(\.description)
        isSpread = configuration.options.usesAllAddresses
        clearProtocol = configuration.httpVersion == .http1 ? .http1 : .http2
    }

    /// Where a client's attempt begins.
    func firstIndex(ofClient number: Int) -> Int { isSpread ? number % addresses.count : preferredIndex }

    /// The address for one try of an attempt.
    /// - Parameter tryCount: tries before it.
    func index(from first: Int, afterTries tryCount: Int) -> Int { (first + tryCount) % addresses.count }

    /// A connection was made. - Returns: whether the clients had preferred another address.
    mutating func connectionDidOpen(toIndex index: Int) -> Bool {
        guard !isSpread, index != preferredIndex else { return false }
        preferredIndex = index
        return true
    }

    var hasFallenBack: Bool { clearProtocol == .http1 }

    /// HTTP/1.1 is spoken from now on. - Returns: whether it was not before.
    mutating func fallBack() -> Bool {
        defer { clearProtocol = .http1 }
        return clearProtocol == .http2
    }
}
