internal import CLibuv

extension TCPStream {
    /// Sends a copy of the batch, and empties the batch before: the fix of seed 000.
    ///
    /// Nothing that is written points into an arena, so every arena may be reset at once. The
    /// price: two blocks from malloc, and a copy of every byte, for each flush; both are freed in
    /// libuv's callback. The seed writes with `uv_write` always, and so does this.
    package func flushCopy(_ batch: WriteBatch) {
        guard !batch.isEmpty, isOpen else { return batch.removeAll() }
        let (write, copy) = unsafe PendingWrite.make(copyByteCount: batch.byteCount)
        var end = unsafe copy
        for index in 0..<batch.bufferCount {
            let buffer = unsafe batch.buffers[index]
            unsafe end.copyMemory(from: buffer.base, byteCount: buffer.len)
            unsafe end += buffer.len
        }
        let owner = batch.firstOwner
        batch.removeAll()
        var buffer = unsafe uv_buf_t(base: copy.assumingMemoryBound(to: CChar.self), len: end - copy)
        let code = unsafe withUnsafeMutablePointer(to: &buffer) { buffer in
            let buffers = unsafe UnsafeMutableBufferPointer(start: buffer, count: 1)
            let code = unsafe submit(write, buffers, EventLoop.monotonicNanoseconds())
            if code == 0, let audit = loop.audit {
                unsafe audit.didSubmit(write, PendingWrite.request(of: write), buffers, owner: owner) { _ in nil }
            }
            return code
        }
        if code != 0 { fail("write", code) }
    }
}
