/// What becomes of requests of an open load that were due while the load stood still: its process was stopped, or had
/// no CPU.
package enum CatchUp: String, Sendable, CaseIterable {
    /// All are sent at once when it goes on. They are late, which shows in their response times.
    case all
    /// They are left out, and counted as skipped.
    case skip
}
