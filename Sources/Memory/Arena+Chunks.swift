extension Arena {
    /// Whether bytes lie in one of the arena's chunks. Walks over them: for looking, not for every request.
    package func holds(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.baseAddress, unsafe !bytes.isEmpty else { return false }
        let first = unsafe UnsafeRawPointer(header)
        if unsafe start >= first && start < first + ArenaPool.firstChunkByteCount { return true }
        var chunk = unsafe header.pointee.extraChunks
        while let one = unsafe chunk {
            let base = UnsafeRawPointer(one)
            if unsafe start >= base && start < base + one.pointee.byteCount { return true }
            unsafe chunk = unsafe one.pointee.next
        }
        return false
    }
}
