import Measurements

/// One connection in a past moment: as much as a line over time needs.
struct ConnectionTrace: Sendable {
    let identity: ConnectionIdentity
    let pendingBytes: Int
    let arenaUsedBytes: Int
    let oldestRequestNanoseconds: UInt64

    init(_ row: ConnectionRow) {
        identity = row.identity
        pendingBytes = row.sample.pendingBytes
        arenaUsedBytes = row.sample.arenaUsedBytes
        oldestRequestNanoseconds = row.sample.oldestRequestNanoseconds
    }
}
