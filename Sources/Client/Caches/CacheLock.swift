internal import Glibc
internal import Loop

/// A lock that measures how long a thread waits for it.
///
/// A pthread mutex, and not `Synchronization.Mutex`, whose futex ThreadSanitizer does not see: the
/// caches behind this lock are what has to be checked. Adaptive: it spins for a moment before it
/// sleeps, since a look-up takes less time than falling asleep.
///
/// `@unchecked Sendable`: a lock is for many threads. `@safe`: the mutex is its own and stays put.
@safe
package final class CacheLock: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    package init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        var attributes = pthread_mutexattr_t()
        unsafe pthread_mutexattr_init(&attributes)
        unsafe pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ADAPTIVE_NP))
        unsafe pthread_mutex_init(mutex, &attributes)
        unsafe pthread_mutexattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Takes the lock. - Returns: nanoseconds waited; 0 when it was free, without a look at the clock.
    package func lock() -> UInt64 {
        if unsafe pthread_mutex_trylock(mutex) == 0 { return 0 }
        let start = EventLoop.monotonicNanoseconds()
        unsafe pthread_mutex_lock(mutex)
        return max(1, EventLoop.monotonicNanoseconds() - start)
    }

    /// Lets the next thread in.
    package func unlock() { unsafe pthread_mutex_unlock(mutex) }
}
