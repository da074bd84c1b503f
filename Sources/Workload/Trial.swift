/// One run of several that are compared: a scenario with other values for some of its keys, and how
/// it is expected to go.
package struct Trial: Sendable {
    /// The choice that this run is about: "reset-early".
    package let name: String
    package let plan: Plan
    package let expectation: Expectation
    /// What it changes, for people: "server.write_policy: reset-early".
    package let changes: [String]

    package init(name: String, plan: Plan, expectation: Expectation, changes: [String] = []) {
        self.name = name
        self.plan = plan
        self.expectation = expectation
        self.changes = changes
    }

    /// How a trial goes when the program tells the truth.
    package enum Expectation: String, Sendable, CaseIterable {
        /// Every request is answered, every byte is right, and all thresholds are kept.
        case isClean = "clean"
        /// The process dies of a fault.
        case crashes = "crash"
        /// The process dies, or something is found that must not be.
        case fails = "fail"
    }
}
