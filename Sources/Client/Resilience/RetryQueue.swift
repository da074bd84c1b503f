/// Requests that failed and wait to be sent again; the one that is due first is in front.
///
/// A heap: pauses are drawn, so requests do not become due in the order in which they failed.
///
/// `@safe`: the records are the pool's, and belong to the caller once taken out.
@safe
struct RetryQueue {
    @unsafe private struct Entry {
        var dueNanoseconds: UInt64
        var record: UnsafeMutablePointer<RequestRecord>
    }
    private var heap: [Entry] = unsafe []

    var count: Int { unsafe heap.count }

    var nextNanoseconds: UInt64? { unsafe heap.first?.dueNanoseconds }

    mutating func append(_ record: UnsafeMutablePointer<RequestRecord>, dueNanoseconds: UInt64) {
        unsafe heap.append(Entry(dueNanoseconds: dueNanoseconds, record: record))
        var index = unsafe heap.count - 1
        while index > 0, unsafe heap[index].dueNanoseconds < heap[(index - 1) / 2].dueNanoseconds {
            unsafe heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Takes out the request that is due first. The queue must not be empty.
    mutating func removeFirst() -> UnsafeMutablePointer<RequestRecord> {
        let first = unsafe heap[0]
        let last = unsafe heap.removeLast()
        guard unsafe !heap.isEmpty else { return unsafe first.record }
        unsafe heap[0] = unsafe last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where unsafe child < heap.count
                && heap[child].dueNanoseconds < heap[least].dueNanoseconds { least = child }
            if least == index { return unsafe first.record }
            unsafe heap.swapAt(index, least)
            index = least
        }
    }
}
