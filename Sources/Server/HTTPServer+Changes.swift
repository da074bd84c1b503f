package import Load
internal import Measurements

// Live load control.
extension HTTPServer {
    /// Makes this loop's share of a change of the run, one of the server's side.
    package func apply(_ change: RunChange) {
        switch change {
        case .writePolicy(let policy): setWritePolicy(policy)
        case .closeConnection(let connection): if connection.loop == loopNumber { closeConnection(connection.id) }
        case .inspect(let connection): inspect(connection.flatMap { $0.loop == loopNumber ? $0.id : nil })
        default: preconditionFailure("\(change) is no change of the server's")
        }
    }
}
