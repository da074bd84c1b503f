import Loop
import Memory

/// A loop with a listener on it, for tests that need a few connections.
struct LoopFixture {
    let loop: EventLoop
    let port: Int

    /// - Parameter accepted: gets each connection; the listener closes after `count` of them.
    init(
        accepting count: Int = 1, sendBufferByteCount: Int? = nil, accepted: @escaping (Owner) -> Void
    ) throws {
        let loop = try EventLoop(isAudited: true)
        let socket = try Listener.Socket(binding: .loopback)
        var left = count
        var listener: Listener?
        listener = try Listener(loop: loop, socket: socket, sendBufferByteCount: sendBufferByteCount) { stream in
            left -= 1
            accepted(Owner(stream))
            if left == 0 {
                listener?.close()
                listener = nil
            }
        }
        self.loop = loop
        port = socket.address.port
    }

    /// Runs to the end. - Returns: the counts of the loop's arenas, which should all be back.
    func run() -> ArenaStatistics {
        loop.run()
        return loop.arenas.currentStatistics
    }
}

extension SocketAddress {
    static var loopback: SocketAddress { SocketAddress(host: "127.0.0.1", port: 0)! }
}

func pattern(_ count: Int, from start: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
        let place = (start + bytes.count) % patternPeriod.count
        bytes += patternPeriod[place..<min(patternPeriod.count, place + count - bytes.count)]
    }
    return bytes
}

/// `pattern` repeats after these. It copies them, since a debug build needs long for each single byte.
private let patternPeriod = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
