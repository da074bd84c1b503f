internal import Loop
internal import Measurements
internal import Memory
internal import Transport

/// Who owns an answer's memory while the kernel has not taken it: all that the protocols need to know of it.
extension Connection {
    /// An arena for a part of an answer or for frames; `giveArena` ends it.
    func takeArena() -> Arena { connectionArena ?? arenas.take() }

    /// The owner of an arena from `takeArena` is done with it.
    func giveArena(_ arena: Arena) {
        if connectionArena == nil { arena.retire() }
    }

    /// Keeps `arena` for what the batch has got since its last lease.
    func appendLease(on arena: Arena) {
        if connectionArena == nil { batch.append(Lease(on: arena)) }
    }

    /// Sends the batch and empties it. Over TLS it is sealed at once into memory that the write has
    /// to itself, so there the policies do not differ.
    func flush() {
        if let tls { return tls.flush(batch) }
        switch writePolicy {
        case .lease: stream.flush(batch)
        case .copy: stream.flushCopy(batch)
        case .resetEarly: flushEarly()
        }
    }
}
