internal import Glibc
internal import Measurements
internal import Workload

/// poll(2) in our units.
enum Polling {
    /// Sleeps until one of these can be read, a signal comes, or the time is over.
    ///
    /// - Parameters:
    ///   - descriptors: to read from. -1 is left out.
    ///   - writing: to be written to.
    /// - Returns: false when the time is over.
    @discardableResult
    static func wait(for descriptors: [Int32], writing: Int32? = nil, atMost duration: Duration) -> Bool {
        guard duration > .zero else { return false }
        // Up to the next whole millisecond: a wait that ends too soon would only be repeated.
        let milliseconds = Int32(clamping: Int64((duration.inSeconds * 1_000).rounded(.up)))
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        if let writing { polled.append(pollfd(fd: writing, events: Int16(POLLOUT), revents: 0)) }
        return unsafe poll(&polled, nfds_t(polled.count), milliseconds) != 0
    }
}
