/// One bug, and what becomes of it under each way of owning memory: runs of the same load, one
/// after the other, that are compared at the end.
package struct Trials: Sendable {
    /// As the command line names them: "arena-race".
    package let name: String
    /// What happens, in one line.
    package let abstract: String
    package let trials: [Trial]

    /// Those of this name; nil when there are none.
    package static func named(_ name: String) -> Trials? { all.first { $0.name == name } }

    package static let all = [arenaRace, slowReader, cacheRace]
}

/// One run of several: a plan, and how it is expected to go.
package struct Trial: Sendable {
    /// The choice that this run is about: "reset-early".
    package let name: String
    package let plan: Plan
    package let expectation: Expectation

    package init(name: String, plan: Plan, expectation: Expectation) {
        self.name = name
        self.plan = plan
        self.expectation = expectation
    }

    /// How a trial goes when the program tells the truth.
    package enum Expectation: String, Sendable {
        /// The process dies, or something is found that must not be.
        case fails
        /// Every request is answered, and every byte is right.
        case isClean = "clean"
    }
}
