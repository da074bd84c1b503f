internal import CLibuv
internal import Memory

/// Watches the writes of one loop: whether libuv finds the same memory in the end that it was given.
///
/// Optional: a loop without an audit pays a test of a constant for each write that is queued. Belongs to
/// its loop's thread.
///
/// `@safe`: the pointers that it is lent are its stream's, and the witnesses its own.
@safe
package final class WriteAudit {
    /// Pieces of evidence told in full; all are counted. The first shows the cause, the rest are its children.
    package static let evidenceLimit = 8

    /// Writes whose arena had been reset when libuv called back.
    package private(set) var staleCompletionCount: UInt64 = 0
    /// Writes whose bytes had changed when libuv called back.
    package private(set) var changedWriteCount: UInt64 = 0
    /// Called with each piece of evidence at once, on the loop's thread: the process may be dead a moment later.
    package var onEvidence: ((WriteEvidence) -> Void)?
    private var evidenceCount = 0

    init() {}

    /// libuv has the write. `arenas` gives the arena of a buffer's bytes.
    func didSubmit(
        _ write: UnsafeMutablePointer<PendingWrite>, _ request: UnsafeMutablePointer<uv_write_t>,
        _ buffers: UnsafeMutableBufferPointer<uv_buf_t>, owner: UInt64, arenas: (_ buffer: Int) -> Arena?
    ) {
        let witness = unsafe WriteWitness.make(request, owner: owner)
        for index in unsafe 0..<min(buffers.count, WriteWitness.partLimit) {
            let arena = arenas(index)
            unsafe witness.pointee.add(buffers[index], in: arena)
            arena?.writeDidStart()
        }
        unsafe write.pointee.witness = unsafe witness
    }

    /// libuv has called back.
    func didComplete(_ write: UnsafeMutablePointer<PendingWrite>, of stream: TCPStream) {
        guard let witness = unsafe write.pointee.witness else { return }
        let isStale = unsafe witness.pointee.hasStalePart
        var hasChanged = false
        for index in unsafe 0..<witness.pointee.partCount {
            if unsafe witness.pointee.isReadable(index) && witness.pointee.firstChange(index) != nil { hasChanged = true }
            if let arena = unsafe witness.pointee[index].arena, unsafe arena.generation == witness.pointee[index].generation {
                arena.writeDidEnd()
            }
        }
        if isStale { staleCompletionCount += 1 }
        if hasChanged { changedWriteCount += 1 }
        if isStale || hasChanged { unsafe report(write, isStale ? .staleCompletion : .changedBytes, of: stream) }
        unsafe write.pointee.witness = nil
        unsafe UnsafeMutableRawPointer(witness).deallocate()
    }

    /// Reports the writes that libuv still has and whose arena has been reset.
    func look(at stream: TCPStream) {
        unsafe stream.pending.forEach { write in
            if let witness = unsafe write.pointee.witness, unsafe witness.pointee.hasStalePart {
                unsafe report(write, .reset, of: stream)
            }
        }
    }

    private func report(_ write: UnsafeMutablePointer<PendingWrite>, _ kind: WriteEvidence.Kind, of stream: TCPStream) {
        guard let witness = unsafe write.pointee.witness, unsafe !witness.pointee.isReported else { return }
        unsafe witness.pointee.isReported = true
        guard evidenceCount < WriteAudit.evidenceLimit, let onEvidence else { return }
        evidenceCount += 1
        unsafe onEvidence(evidence(write.pointee, witness.pointee, kind, of: stream))
    }

    private func evidence(
        _ write: PendingWrite, _ witness: WriteWitness, _ kind: WriteEvidence.Kind, of stream: TCPStream
    ) -> WriteEvidence {
        let now = EventLoop.monotonicNanoseconds()
        let first: WriteWitness.Part? = unsafe witness.partCount > 0 ? witness[0] : nil
        let arena = unsafe first?.arena
        var evidence = unsafe WriteEvidence(
            kind: kind, streamNumber: stream.number, owner: witness.owner, newOwner: arena?.owner,
            arenaNumber: arena?.number ?? 0, generation: first?.generation ?? 0, foundGeneration: arena?.generation ?? 0,
            offset: first.flatMap { part in unsafe arena?.offset(of: part.start) }, byteCount: write.byteCount,
            ageNanoseconds: now > write.queuedNanoseconds ? now - write.queuedNanoseconds : 0, isDirect: write.isDirect,
            requestAddress: UInt(bitPattern: witness.request), expectedRequest: witness.fields,
            foundRequest: WriteEvidence.RequestFields(witness.request))
        var before = 0
        for index in unsafe 0..<witness.partCount {
            let part = unsafe witness[index]
            defer { unsafe before += part.byteCount }
            guard unsafe witness.isReadable(index), let change = unsafe witness.firstChange(index) else { continue }
            evidence.changeOffset = before + change
            let kept = unsafe witness.keptBytes(index)
            let end = unsafe min(part.byteCount, change + WriteEvidence.byteLimit)
            unsafe evidence.expectedBytes = Array(kept[min(change, kept.count)..<min(end, kept.count)])
            unsafe evidence.foundBytes = Array(UnsafeRawBufferPointer(start: part.start + change, count: end - change))
            break
        }
        return evidence
    }
}

extension EventLoop {
    /// Debug builds audit unless told otherwise.
    package static var isAuditedByDefault: Bool { ArenaPool.isAuditedByDefault }
}

extension TCPStream {
    /// Reports writes whose memory has been reset, while the process is alive to do it.
    package func lookAtWrites() { loop.audit?.look(at: self) }

    /// A write that libuv has not finished, as an audit knows it.
    package struct PendingWriteEntry {
        package var owner: UInt64
        /// 0 where the bytes are in no arena.
        package var arenaNumber: UInt32
        package var generation: UInt32
        package var offset: Int?
        package var byteCount: Int
        package var queuedNanoseconds: UInt64
        package var isDirect: Bool
        /// The arena has been reset since.
        package var isReset: Bool
    }

    /// The oldest writes that libuv has not finished, at most `limit`; none without an audit.
    package func pendingWriteEntries(limit: Int) -> [PendingWriteEntry] {
        var entries: [PendingWriteEntry] = []
        unsafe pending.forEach { write in
            guard entries.count < limit, let witness = unsafe write.pointee.witness else { return }
            let first: WriteWitness.Part? = unsafe witness.pointee.partCount > 0 ? witness.pointee[0] : nil
            unsafe entries.append(PendingWriteEntry(
                owner: witness.pointee.owner, arenaNumber: first?.arena?.number ?? 0, generation: first?.generation ?? 0,
                offset: first.flatMap { part in unsafe part.arena?.offset(of: part.start) }, byteCount: write.pointee.byteCount,
                queuedNanoseconds: write.pointee.queuedNanoseconds, isDirect: write.pointee.isDirect,
                isReset: witness.pointee.hasStalePart))
        }
        return entries
    }
}
