import Client
import Loop
import Memory
import Testing

/// A loop of the test's own thread with clients on it, until all of them are closed.
func withLoop(_ body: (EventLoop) throws -> Void) throws {
    let loop = try EventLoop()
    try body(loop)
    loop.run()
    #expect(loop.arenas.currentStatistics.leaseCount == 0)
    #expect(loop.arenas.currentStatistics.inUseCount == 0)
}

/// A client's answer to code that asks, for a test to look at.
typealias Answer = Result<HTTPResponse, HTTPClientError>
