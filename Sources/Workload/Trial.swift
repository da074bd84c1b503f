/// One of several runs that are compared: a scenario with other values for some of its keys, and the
/// end that is expected of it.
package struct Trial: Sendable {
    /// The choice that this run is made for: "reset-early".
    package let name: String
    package let plan: Plan
    package let expectation: Expectation
    /// Its changes, for people: "server.write_policy: reset-early".
    package let changes: [String]

    package init(name: String, plan: Plan, expectation: Expectation, changes: [String] = []) {
        self.name = name
        self.plan = plan
        self.expectation = expectation
        self.changes = changes
    }

    /// How a trial is to end.
    package enum Expectation: String, Sendable, CaseIterable {
        /// Every request is answered, every byte is right, and all thresholds are kept.
        case isClean = "clean"
        /// The process dies of a fault.
        case crashes = "crash"
        /// The process dies, or a fault is found.
        case fails = "fail"
    }
}
