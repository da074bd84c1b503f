internal import Glibc

/// The clock that machines share, as well as they keep it.
enum WallClock {
    /// Since 1970, UTC.
    static var unixNanoseconds: Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}
