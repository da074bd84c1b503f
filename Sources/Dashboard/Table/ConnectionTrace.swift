package import Measurements

/// Which connection: loops count theirs from one each.
package struct ConnectionIdentity: Hashable, Sendable {
    package let id: UInt64
    package let loop: Int

    /// The one that a row is about.
    package init(_ sample: ConnectionSample) {
        id = sample.id
        loop = sample.loop
    }
}

/// What a past moment still knows of a connection: enough for a line over time.
struct ConnectionTrace: Sendable {
    let identity: ConnectionIdentity
    let pendingBytes: Int
    let arenaUsedBytes: Int

    init(_ row: ConnectionRow) {
        identity = row.identity
        pendingBytes = row.sample.pendingBytes
        arenaUsedBytes = row.sample.arenaUsedBytes
    }
}
