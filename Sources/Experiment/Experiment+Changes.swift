internal import HTTP2
package import Load
internal import Measurements
internal import Workload

// Live load control. Every change is an event, and so is every refusal.
extension Experiment {
    /// Streams of a connection that the embedded server takes over HTTP/2.
    package static let serverStreamLimit = Int(SessionSettings().maxConcurrentStreams)

    package func apply(_ change: RunChange) {
        let new: LoadState
        do throws(ChangeRefusal) { new = try load.applying(change) } catch {
            return note(.info, source: "load", error.description)
        }
        if case .bodyScale = change, !tellSizes(new.bodyScale) { return }
        load = new
        if let event = change.event(in: new) { note(event.level, source: event.source, event.text) }
        switch change.side {
        case .clients: clients.apply(change, in: new)
        case .server: servers.apply(change, in: new)
        case .run: perform(change)
        }
    }

    private func perform(_ change: RunChange) {
        switch change {
        case .slowReader(let seconds): startSlowReader(seconds: seconds)
        case .drainServer: drainServer()
        default: preconditionFailure("\(change) is made by loops")
        }
    }

    /// Tells the targets with their new sizes. - Returns: false when none names a size.
    private func tellSizes(_ scale: Double) -> Bool {
        let targets = (plan.client?.paths ?? []).compactMap { SizedTarget($0)?.scaled(by: scale).text }
        var distinct: [String] = []
        for target in targets where !distinct.contains(target) { distinct.append(target) }
        note(.info, source: "load", targets.isEmpty ? "no target names a size" : "bodies: \(distinct.joined(separator: ", "))")
        return !targets.isEmpty
    }

    private func startSlowReader(seconds: Double) {
        guard hasRoomForSlowReader else {
            return note(.warning, source: "load", "no more than \(SlowReaders.limit) slow readers")
        }
        let seconds = seconds.isFinite ? min(max(seconds, 0), SlowReaders.longestSeconds) : 0
        guard addSlowReaders(1, seconds: seconds) else { return }
        note(.info, source: "load", "a slow reader, for \(Figure.fixed(seconds, decimals: seconds == seconds.rounded() ? 0 : 1)) s")
    }
}
