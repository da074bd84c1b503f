/// What more load and less load change.
package enum LoadKnob: String, Sendable, CaseIterable {
    case connections
    /// Of each connection.
    case streams
    /// Requests a second.
    case rate
    /// How large answers are.
    case bodies

    /// The one after; after the last the first.
    package var next: LoadKnob {
        let all = LoadKnob.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }
}
