/// What a plan says of the clients and they do as it stands, whichever loop and server they are of.
///
/// An option that needs no translation is a property here, a row in `ClientPlan`, and the line that reads it.
package struct ClientOptions: Sendable, Equatable {
    /// Clients are spread over all addresses of the server's name; else all use the first one that takes a connection.
    package var usesAllAddresses = false
    /// What becomes of requests that were due while an open load stood still.
    package var catchUp = CatchUp.all
    /// The most time for one connection to be made.
    package var connectTimeout: Duration = .seconds(5)
    /// The most time for one request.
    package var requestTimeout: Duration = .seconds(30)
    /// Share of the requests, 0 to 1, whose connection is closed when the first part of the answer's body has come.
    package var earlyCloseShare = 0.0
    /// HTTP/1.1: a connection shuts down its sending side behind its requests, takes the answers, and the next request
    /// gets a new one.
    package var halfCloses = false
    /// Examples of failures show how the bodies of their answers begin.
    package var keepsAnswerBytes = true

    /// Requests that a slow reader beside the load sends ahead: the second one's answer waits behind the first one's.
    package static let slowReaderStreams = 2

    package init() {}
}
