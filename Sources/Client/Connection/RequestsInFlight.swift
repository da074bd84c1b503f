/// The requests of one connection that are not over, oldest first.
///
/// A list through the records themselves: requests end in any order, and an array would be searched,
/// or moved, for each. The last of them may still wait for the flush that sends them.
///
/// `@safe`: the records are the loop's, which frees them after its connections.
@safe
struct RequestsInFlight {
    private(set) var oldest: UnsafeMutablePointer<RequestRecord>?
    private var youngest: UnsafeMutablePointer<RequestRecord>?
    /// This one and all behind it wait for the next flush.
    private var firstUnsent: UnsafeMutablePointer<RequestRecord>?
    private(set) var count = 0
    /// Requests that were ever in the list.
    private(set) var totalCount: UInt64 = 0

    init() {
        unsafe oldest = nil
        unsafe youngest = nil
        unsafe firstUnsent = nil
    }

    /// The oldest request, unless it waits to be sent: the one that an HTTP/1.1 peer answers next.
    var oldestSent: UnsafeMutablePointer<RequestRecord>? { unsafe oldest == firstUnsent ? nil : oldest }

    /// Whether requests wait to be sent and no sent request is in front of them.
    var areAllUnsent: Bool { unsafe firstUnsent != nil && firstUnsent == oldest }

    /// Adds a request that waits to be sent.
    mutating func append(_ record: UnsafeMutablePointer<RequestRecord>) {
        unsafe record.pointee.previous = unsafe youngest
        if let last = unsafe youngest {
            unsafe last.pointee.next = unsafe record
        } else {
            unsafe oldest = unsafe record
        }
        unsafe youngest = unsafe record
        if unsafe firstUnsent == nil { unsafe firstUnsent = unsafe record }
        count += 1
        totalCount &+= 1
    }

    mutating func remove(_ record: UnsafeMutablePointer<RequestRecord>) {
        let next = unsafe record.pointee.next
        let previous = unsafe record.pointee.previous
        if let next = unsafe next { unsafe next.pointee.previous = unsafe previous } else { unsafe youngest = unsafe previous }
        if let previous = unsafe previous { unsafe previous.pointee.next = unsafe next } else { unsafe oldest = unsafe next }
        if unsafe firstUnsent == record { unsafe firstUnsent = unsafe next }
        count -= 1
    }

    /// The next request that waits to be sent, which counts as sent from now on.
    mutating func takeUnsent() -> UnsafeMutablePointer<RequestRecord>? {
        guard let record = unsafe firstUnsent else { return nil }
        unsafe firstUnsent = unsafe record.pointee.next
        return unsafe record
    }
}
