import Load
package import Measurements

/// A question that waits for a key: something is done only on yes, and any other key leaves it.
package enum Question: Equatable, Sendable {
    /// The server closes this connection under its requests.
    case closeConnection(ConnectionIdentity)
    /// The screen forgets the past.
    case forget
    /// Which panel is shown or hidden, by its number.
    case panel

    /// As the footer asks it.
    var words: String {
        switch self {
        case .closeConnection(let connection): "close connection \(connection.id) under its requests?  y: yes, any other key: no"
        case .forget: "forget the past, on this screen only?  y: yes, any other key: no"
        case .panel: "which panel to show or hide?  1 to 7"
        }
    }
}

extension Dashboard {
    /// The key that comes after a question.
    mutating func answer(_ question: Question, _ key: Key) -> Action? {
        self.question = nil
        switch question {
        case .closeConnection(let connection):
            if key == .character("y") { return change(.closeConnection(connection), notice: "connection \(connection.id) is closed") }
            notice = "left as it is"
        case .forget:
            guard key == .character("y") else {
                notice = "left as it is"
                return nil
            }
            known.forgetPast()
            notice = "forgotten here; a recording has it all"
        case .panel:
            guard let command = keys[key], let kind = command.panel else {
                notice = "left as it is"
                return nil
            }
            show(panels: { $0.toggle(kind) }, else: "one panel stays")
        }
        return nil
    }
}
