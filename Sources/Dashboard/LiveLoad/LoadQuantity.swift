/// The part of the load that + and - change.
package enum LoadQuantity: String, Sendable, CaseIterable {
    case connections
    /// Of each connection.
    case streams
    /// Requests per second.
    case rate
    /// Sizes of the answers.
    case bodies

    /// The one after; after the last the first.
    var next: LoadQuantity {
        let all = LoadQuantity.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    /// For the notice that it has been chosen.
    var words: String {
        switch self {
        case .connections, .rate: rawValue
        case .streams: "streams per connection"
        case .bodies: "bodies of answers"
        }
    }
}
