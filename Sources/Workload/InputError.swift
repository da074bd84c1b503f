/// A text of the user's that is not what it should be: an address, a URL, a header.
package struct InputError<P: InputProblem>: Error, Equatable, CustomStringConvertible {
    /// What is wrong with it.
    package typealias Problem = P

    /// As it was written.
    package var text: String
    package var problem: Problem

    package init(text: String, problem: Problem) {
        self.text = text
        self.problem = problem
    }

    /// What is wrong, and what would be right.
    package var description: String { problem.words(about: text) }
}

/// What can be wrong with one kind of words.
package protocol InputProblem: Equatable, Sendable {
    /// A sentence for people.
    ///
    /// - Parameter text: what was written.
    func words(about text: String) -> String
}
