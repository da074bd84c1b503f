/// Connections with room for another request, in turn.
///
/// Linked through the connections themselves: a connection joins and leaves with every burst of
/// requests, and an array would be searched, or copied, each time; with ten thousand connections
/// that is most of the work. The price: a connection stands in one queue only.
struct ConnectionQueue {
    /// A connection's place in the queue. The links are not counted references: a client keeps its
    /// connection until the socket is closed, and the connection leaves the queue before that.
    struct Place {
        @safe fileprivate unowned(unsafe) var previous: ClientConnection?
        @safe fileprivate unowned(unsafe) var next: ClientConnection?
        fileprivate var isQueued = false
    }

    @safe private unowned(unsafe) var first: ClientConnection?
    @safe private unowned(unsafe) var last: ClientConnection?
    private(set) var count = 0

    /// Adds a connection at the end; without effect for one that is there already.
    mutating func append(_ connection: ClientConnection) {
        guard !connection.queuePlace.isQueued else { return }
        connection.queuePlace.isQueued = true
        connection.queuePlace.previous = last
        connection.queuePlace.next = nil
        if let last { last.queuePlace.next = connection } else { first = connection }
        last = connection
        count += 1
    }

    /// Without effect for a connection that is not there.
    mutating func remove(_ connection: ClientConnection) {
        guard connection.queuePlace.isQueued else { return }
        let previous = connection.queuePlace.previous
        let next = connection.queuePlace.next
        if let previous { previous.queuePlace.next = next } else { first = next }
        if let next { next.queuePlace.previous = previous } else { last = previous }
        connection.queuePlace = Place()
        count -= 1
    }

    mutating func popFirst() -> ClientConnection? {
        guard let connection = first else { return nil }
        remove(connection)
        return connection
    }
}
