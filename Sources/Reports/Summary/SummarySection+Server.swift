internal import Measurements

// The server of the run, and what the run itself used.
extension SummarySection {
    static let server = SummarySection { summary, page in
        guard let server = summary.last.server, summary.last.watch == nil else { return }
        let carried = summary.carriedServerRequests
        page.row(
            "server",
            [
                Figure.counted(server.requests.completed, "request") + " completed" + (carried > 0 ? " (\(carried) begun in the warm-up)" : ""),
            ] + (server.requests.started == server.requests.completed && !page.isVerbose ? [] : ["\(server.requests.started) started"])
                + [Figure.counted(server.connectionCounts.accepted, "connection") + " accepted"]
                + Summary.item(server.connectionCounts.refused, "refused", page)
                + Summary.item(server.connectionCounts.starved, "closed for want of descriptors", page)
                + Summary.item(server.protocolErrors, "protocol errors", one: "protocol error", page) + Summary.item(server.timeouts, "timeouts", one: "timeout", page))
        if summary.last.client == nil, server.tls.isUsed { page.row("TLS", server.tls.items(page)) }
        let writes = server.writes
        if writes.queued > 0 || page.isVerbose {
            page.row(
                "pending writes",
                ["\(Figure.bytes(Double(writes.pendingBytesHighWater))) at most", "\(writes.queued) queued", "\(writes.direct) direct"]
                    + Summary.item(UInt64(writes.pending), "left", page) + Summary.item(server.readPauses, "read pauses", one: "read pause", page))
        }
        let arena = server.arena
        if arena.taken > 0 || page.isVerbose {
            page.row(
                "arenas",
                [
                    "\(Figure.bytes(Double(arena.reservedBytesHighWater))) reserved at most", "\(arena.inUseHighWater) in use at most",
                    "\(Figure.bytes(Double(arena.exchangeBytesHighWater))) for one exchange at most",
                ] + Summary.item(UInt64(arena.inUse), "left", page)
                    + (page.isVerbose
                        ? ["\(arena.taken) taken" + (arena.taken == 0 ? "" : " (\(Figure.percent(Double(arena.reused) / Double(arena.taken))) warm)")] : []))
        }
        let audit = server.audit
        page.row(
            "audit",
            Summary.item(audit.unsafeResets, "arenas reset with writes pending", one: "arena reset with writes pending", page)
                + Summary.item(audit.staleCompletions, "writes of another generation", one: "write of another generation", page)
                + Summary.item(audit.changedWrites, "writes with changed bytes", one: "write with changed bytes", page))
    }

    /// One quiet line of hit rates, but for what is asked in detail.
    static let caches = SummarySection { summary, page in
        guard let caches = summary.last.client?.caches, summary.last.server != nil && summary.last.watch == nil || page.isVerbose else { return }
        let all = [("TLS sessions", caches.sessions, "client.cache.tls"), ("strings", caches.strings, "client.cache.strings"), ("buffers", caches.buffers, "client.cache.buffers")]
        guard page.isVerbose else {
            return page.row("caches", all.compactMap { name, cache, _ in cache.hitRate.map { "\(name) \(Figure.percent($0)) hits" } }
                + Summary.item(caches.corruptions, "faults without a lock", one: "fault without a lock", page))
        }
        for (name, cache, metric) in all { page.row("  " + name, summary.items(of: cache, metric)) }
        page.row("  faults", ["\(caches.corruptions) in caches without a lock"])
    }

    static let cost = SummarySection { summary, page in
        guard page.isVerbose || summary.last.server != nil && summary.last.watch == nil else { return }
        page.row("memory", ["\(Figure.bytes(summary.maximum(of: "process.memory.resident") ?? 0)) at most, of this process"])
    }
}

extension Summary {
    fileprivate func items(of cache: CacheSample, _ name: String) -> [String] {
        guard let hitRate = cache.hitRate else { return ["not used"] }
        return [
            "\(Figure.percent(hitRate)) hits", Figure.counted(cache.lookups, "look-up"),
            Figure.counted(maximum(of: "\(name).entries") ?? 0, "entry", "entries"), "\(Figure.bytes(maximum(of: "\(name).bytes") ?? 0)) at most",
            Figure.counted(cache.evictions, "eviction"),
        ] + (cache.waitedNanoseconds > 0 ? ["waited \(Figure.time(nanoseconds: cache.waitedNanoseconds)) for the lock"] : [])
    }
}
