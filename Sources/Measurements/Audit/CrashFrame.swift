/// A place in the stack of a server's crash, as the text of an event: "#0 respond server.c:306 (server)".
///
/// The frames follow the event that tells of the crash, the innermost first, at the same time.
package struct CrashFrame: Sendable, Equatable {
    /// From 0 on.
    package let index: Int
    /// "respond server.c:306 (server)".
    package let place: String

    package init(index: Int, place: String) {
        self.index = index
        self.place = place
    }

    /// nil: the text is no frame.
    package init?(_ text: String) {
        guard let match = text.wholeMatch(of: /#(\d{1,3}) (.+)/), let index = Int(match.1) else { return nil }
        self.init(index: index, place: String(match.2))
    }

    package var text: String { "#\(index) \(place)" }
}
