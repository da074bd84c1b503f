import Glibc

/// Waits until `condition` holds. - Returns: false when it did not within `seconds`.
package func holds(within seconds: Double = 10, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = monotonicSeconds() + seconds
    while try !condition() {
        if monotonicSeconds() > deadline { return false }
        usleep(2000)
    }
    return true
}

package func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
