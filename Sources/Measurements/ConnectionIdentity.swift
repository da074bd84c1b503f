/// Which connection of the server: each loop numbers its own from 1.
package struct ConnectionIdentity: Hashable, Sendable, Codable {
    package let id: UInt64
    /// Which of the server's loops it is on, from 0.
    package let loop: Int

    package init(id: UInt64, loop: Int) {
        self.id = id
        self.loop = loop
    }

    /// The connection that a row is about.
    package init(_ sample: ConnectionSample) { self.init(id: sample.id, loop: sample.loop) }
}
