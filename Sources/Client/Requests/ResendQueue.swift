/// Requests of one client that a peer has not looked at, to be sent on the client's next connection; the first is in front.
///
/// A list through the records themselves, which are in no other list meanwhile.
///
/// `@safe`: the records are the pool's, and belong to the caller once taken out.
@safe
struct ResendQueue {
    private var first: UnsafeMutablePointer<RequestRecord>?
    private var last: UnsafeMutablePointer<RequestRecord>?
    private(set) var count = 0

    /// Times that one request is sent again so. A server that closes after each answer takes one request of those
    /// that are sent ahead; beyond this number they fail.
    static let sendingLimit = 5

    init() {
        unsafe first = nil
        unsafe last = nil
    }

    /// Makes a request ready to be sent again, and keeps it. - Returns: false for one that was sent often enough.
    mutating func append(_ record: UnsafeMutablePointer<RequestRecord>) -> Bool {
        guard unsafe record.pointee.repeats.resends < ResendQueue.sendingLimit else { return false }
        unsafe record.pointee = unsafe record.pointee.nextSending()
        if let last = unsafe last { unsafe last.pointee.next = unsafe record } else { unsafe first = unsafe record }
        unsafe last = unsafe record
        count += 1
        return true
    }

    @inline(__always)
    mutating func removeFirst() -> UnsafeMutablePointer<RequestRecord>? {
        guard let record = unsafe first else { return nil }
        unsafe first = unsafe record.pointee.next
        if unsafe first == nil { unsafe last = nil }
        unsafe record.pointee.next = nil
        count -= 1
        return unsafe record
    }
}
