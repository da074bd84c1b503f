package import Load

// The servers that the clients' requests go to.
extension ClientPlan {
    /// The server of requests that name none.
    package var origin: Origin {
        get { Origin(isSecure: isSecure, host: host, port: port) }
        set { (isSecure, host, port) = (newValue.isSecure, newValue.host, newValue.port) }
    }

    /// All of them, in the order in which requests name them first.
    package var origins: [Origin] {
        var origins: [Origin] = []
        for kind in kinds where !origins.contains(kind.origin ?? origin) { origins.append(kind.origin ?? origin) }
        return origins
    }

    /// Says each server once: where there is one it is the target, and requests name none; of several the first is the
    /// target too, and every request names its own.
    package mutating func settleOrigins() {
        let origins = origins
        let target = origin
        for index in kinds.indices { kinds[index].origin = origins.count == 1 ? nil : kinds[index].origin ?? target }
        if let first = origins.first { origin = first }
    }

    /// The weight of the requests to each of the origins.
    private var originWeights: [Int] {
        origins.map { origin in kinds.reduce(0) { $0 + (($1.origin ?? self.origin) == origin ? $1.weight : 0) } }
    }

    /// The fewest connections that a loop can have.
    var leastConnectionsOfLoop: Int { OriginPart.leastConnections(originWeights) }

    /// The clients of each origin: with its requests, and its part of the number of all.
    package var byOrigin: [(part: OriginPart, clients: ClientPlan)] {
        let weights = originWeights
        return origins.enumerated().map { index, origin in
            let part = OriginPart(index, of: weights)
            var clients = self
            clients.kinds = kinds.filter { ($0.origin ?? self.origin) == origin }
            clients.origin = origin
            clients.requests = requests.map { part.count(among: $0) }
            return (part, clients)
        }
    }
}

extension ClientPlan {
    /// Clients that ask these URLs in turn.
    package init(targets urls: [String]) throws(TargetURLError) {
        self.init()
        var kinds: [RequestKind] = []
        for text in urls { kinds.append(RequestKind(try TargetURL(text))) }
        self.kinds = kinds
        settleOrigins()
    }
}

extension RequestKind {
    /// A GET of a URL.
    init(_ url: TargetURL) {
        self.init(url.target)
        origin = url.origin
    }
}
