/// The clients of one loop that have not ended.
final class ClientPool {
    /// In no order: a client that ends gives its place to the last one.
    private var clients: [HTTPClient] = []
    private var nextNumber = 0
    /// Most streams that each client opens.
    var streamLimit: Int

    init(streamLimit: Int) { self.streamLimit = streamLimit }

    /// Those that have or want a connection.
    var count: Int { clients.count }
    var isEmpty: Bool { clients.isEmpty }

    /// Sets the number of clients: new ones connect, surplus ones finish their requests in flight and end.
    func setCount(_ count: Int, of generator: LoadGenerator) {
        let active = clients.filter { !$0.isRetiring }
        for client in active.dropFirst(count) { client.retire() }
        for _ in active.count..<max(count, active.count) {
            let client = HTTPClient(generator, number: nextNumber)
            nextNumber += 1
            client.index = clients.count
            clients.append(client)
            client.connect()
        }
    }

    /// Forgets a client that has ended.
    func remove(_ client: HTTPClient) {
        let last = clients.removeLast()
        guard last !== client else { return }
        clients[client.index] = last
        last.index = client.index
    }

    /// Calls `body` with each client. A client may end, or send something, in it.
    func forEach(_ body: (HTTPClient) -> Void) { for client in Array(clients) { body(client) } }

    /// The first so many clients on whose connections requests can be sent.
    func ready(_ count: Int) -> some Sequence<HTTPClient> { clients.filter(\.isReady).prefix(count) }
}
