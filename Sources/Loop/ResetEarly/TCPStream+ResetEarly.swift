internal import CLibuv
package import Memory

extension TCPStream {
    /// The bug of seed 000: has libuv write with a `uv_write_t` that lies in the same arena as the
    /// bytes, and no lease keeps the arena.
    ///
    /// libuv takes the request out of its list of finished writes at the start of the loop's next
    /// turn, not before. A reset of the arena until then overwrites a list node that libuv still
    /// follows: the process dies. Only for a process that may.
    package func flushInArena(_ batch: WriteBatch, _ arena: Arena) {
        guard !batch.isEmpty, isOpen else { return batch.removeAll() }
        let request = unsafe arena.allocate(byteCount: MemoryLayout<uv_write_t>.stride, alignment: MemoryLayout<uv_write_t>.alignment)
            .bindMemory(to: uv_write_t.self, capacity: 1)
        unsafe request.initialize(to: uv_write_t())
        // Our own record of the write lies in memory of its own: the samples must not fall over the bug.
        let write = unsafe loop.takeIdleWrite() ?? PendingWrite.make()
        let code = unsafe submit(
            write, request, UnsafeMutableBufferPointer(start: batch.buffers, count: batch.bufferCount),
            EventLoop.monotonicNanoseconds()
        ) { request, status in
            guard let data = unsafe request?.pointee.handle.pointee.data else { return }
            unsafe Unmanaged<TCPStream>.fromOpaque(data)._withUnsafeGuaranteedRef { stream in
                // The request no longer tells which write it is of; libuv finishes the oldest first.
                if let write = unsafe stream.pending.oldest { unsafe stream.didWrite(write, status) }
            }
        }
        if code == 0, let audit = loop.audit {
            let buffers = unsafe UnsafeMutableBufferPointer(start: batch.buffers, count: batch.bufferCount)
            unsafe audit.didSubmit(write, request, buffers, owner: arena.owner) { _ in arena }
        }
        batch.removeAll()
        if code != 0 { fail("write", code) }
    }
}
