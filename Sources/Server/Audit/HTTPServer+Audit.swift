internal import Loop
internal import Measurements
internal import Memory

/// An arena's owner as an audit names it: the connection in the upper half of a number, the exchange in the lower.
enum ArenaOwner {
    static func number(connection: UInt64, exchange: UInt64) -> UInt64 { connection << 32 | exchange & 0xFFFF_FFFF }
    static func connection(_ owner: UInt64) -> UInt64 { owner >> 32 }
    static func exchange(_ owner: UInt64) -> UInt64 { owner & 0xFFFF_FFFF }
}

extension HTTPServer {
    /// Has every piece of evidence reported at once, on this thread: a process that resets early may be dead a moment later.
    func watchWrites() {
        guard let report = configuration.onViolation else { return }
        let loopNumber = loopNumber
        loop.audit?.onEvidence = { [unowned self] evidence in
            report(Violation(evidence, loop: loopNumber, requestText: requestText))
        }
    }

    /// Walks over the connections: for evidence, not for every request.
    private func requestText(_ connection: UInt64, _ exchange: UInt64) -> String {
        connections.first { $0.id == connection }?.exchanges.requestText(ofExchange: exchange) ?? ""
    }

    /// The writes of a connection that libuv has not finished, as far as an audit knows them and a sample has room.
    func pendingWriteSamples(of connection: Connection) -> [PendingWriteSample] {
        let isInspected = connection.exchanges.inspector != nil
        let limit = isInspected ? ServerSample.inspectedPendingWriteRows : ServerSample.pendingWriteRowsPerConnection
        return connection.stream.pendingWriteEntries(limit: limit).map { entry in
            PendingWriteSample(
                loop: loopNumber, connection: connection.id, exchange: ArenaOwner.exchange(entry.owner), arena: entry.arenaNumber,
                generation: entry.generation, offset: entry.offset, byteCount: entry.byteCount,
                ageNanoseconds: nowNanoseconds > entry.queuedNanoseconds ? nowNanoseconds - entry.queuedNanoseconds : 0,
                isDirect: entry.isDirect, isReset: entry.isReset)
        }
    }
}

extension ExchangeList {
    /// "GET /bytes/64", for evidence; empty when the exchange has ended, or has no head yet.
    fileprivate func requestText(ofExchange number: UInt64) -> String {
        var text: String?
        // Several may share an arena, whose owner is the newest: the first that comes.
        unsafe forEach { exchange in
            guard text == nil, unsafe ArenaOwner.exchange(exchange.pointee.arena.owner) == number else { return }
            let method = unsafe exchange.pointee.methodBytes
            let target = unsafe exchange.pointee.target
            let line = unsafe Array(method.buffer) + [0x20] + Array(target.buffer.prefix(64))
            text = method.isEmpty ? "" : String(decoding: line.map { (0x20...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
        }
        return text ?? ""
    }
}

extension Violation {
    fileprivate init(_ evidence: WriteEvidence, loop: Int, requestText: (_ connection: UInt64, _ exchange: UInt64) -> String) {
        let write = PendingWriteSample(
            loop: loop, connection: evidence.streamNumber, exchange: ArenaOwner.exchange(evidence.owner),
            arena: evidence.arenaNumber, generation: evidence.generation, offset: evidence.offset,
            byteCount: evidence.byteCount, ageNanoseconds: evidence.ageNanoseconds, isDirect: evidence.isDirect,
            isReset: evidence.foundGeneration != evidence.generation)
        var overwriter: Overwriter?
        if let owner = evidence.newOwner, owner != evidence.owner {
            let (connection, exchange) = (ArenaOwner.connection(owner), ArenaOwner.exchange(owner))
            overwriter = Overwriter(connection: connection, exchange: exchange, request: requestText(connection, exchange))
        }
        self.init(
            kind: Kind(evidence.kind), write: write, overwriter: overwriter, foundGeneration: evidence.foundGeneration,
            requestAddress: UInt64(evidence.requestAddress), expectedRequest: RequestFields(evidence.expectedRequest),
            foundRequest: RequestFields(evidence.foundRequest), changeOffset: evidence.changeOffset,
            expectedBytes: evidence.expectedBytes, foundBytes: evidence.foundBytes)
    }
}

extension Violation.Kind {
    fileprivate init(_ kind: WriteEvidence.Kind) {
        switch kind {
        case .reset: self = .reset
        case .staleCompletion: self = .staleCompletion
        case .changedBytes: self = .changedBytes
        }
    }
}

extension Violation.RequestFields {
    fileprivate init(_ fields: WriteEvidence.RequestFields) {
        self.init(
            callback: UInt64(fields.callback), buffers: UInt64(fields.buffers), bufferCount: fields.bufferCount)
    }
}
