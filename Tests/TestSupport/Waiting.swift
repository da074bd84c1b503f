import Glibc

/// Waits until `condition` holds.
/// - Parameter pause: between two looks; longer where a look itself costs much.
/// - Returns: false when it did not hold within `seconds`.
package func holds(
    within seconds: Double = 10, pauseMilliseconds pause: UInt32 = 2, _ condition: () throws -> Bool
) rethrows -> Bool {
    let deadline = monotonicSeconds() + seconds
    while try !condition() {
        if monotonicSeconds() > deadline { return false }
        usleep(pause * 1_000)
    }
    return true
}

package func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
