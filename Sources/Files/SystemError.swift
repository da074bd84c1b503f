internal import Glibc

/// Why the system refused a call: its error number, and its words for that.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    package let number: Int32

    package init(number: Int32) { self.number = number }

    /// Of the call that has just failed on this thread.
    package static var last: SystemError { SystemError(number: errno) }

    package var description: String { unsafe String(cString: strerror(number)) }
}
