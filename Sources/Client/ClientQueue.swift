/// Clients with a stream to spare, in turn.
///
/// Linked through the clients themselves: a client joins and leaves with every burst of
/// requests, and an array would be searched, or copied, each time; with ten thousand
/// connections that is most of the work. The price: a client stands in one queue only.
struct ClientQueue {
    /// A client's place in the queue. The links are not counted references: the generator
    /// keeps its clients until they end, and a client leaves the queue before that.
    struct Place {
        @safe fileprivate unowned(unsafe) var previous: HTTPClient?
        @safe fileprivate unowned(unsafe) var next: HTTPClient?
        fileprivate var isQueued = false
    }

    @safe private unowned(unsafe) var first: HTTPClient?
    @safe private unowned(unsafe) var last: HTTPClient?
    private(set) var count = 0

    /// At the end; without effect for a client that is there already.
    mutating func append(_ client: HTTPClient) {
        guard !client.queuePlace.isQueued else { return }
        client.queuePlace.isQueued = true
        client.queuePlace.previous = last
        client.queuePlace.next = nil
        if let last { last.queuePlace.next = client } else { first = client }
        last = client
        count += 1
    }

    /// Without effect for a client that is not there.
    mutating func remove(_ client: HTTPClient) {
        guard client.queuePlace.isQueued else { return }
        let previous = client.queuePlace.previous
        let next = client.queuePlace.next
        if let previous { previous.queuePlace.next = next } else { first = next }
        if let next { next.queuePlace.previous = previous } else { last = previous }
        client.queuePlace = Place()
        count -= 1
    }

    mutating func popFirst() -> HTTPClient? {
        guard let client = first else { return nil }
        remove(client)
        return client
    }
}
