import Glibc
import TestSupport
import Testing
import Watch

@Suite("The turns of a watched server's event loop", .waiting) struct TurnTests {
    @Test("are told by the interval in which they ended: a stall is in one reading, and no more in the next")
    func intervals() throws {
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", "stalls"])
        let client = try watched.client()
        func longest(endsInterval: Bool) -> UInt64 {
            watched.process.segment.read(endsInterval: endsInterval).processes.flatMap(\.loops).map(\.longestNewTurnNanoseconds).max() ?? 0
        }
        /// A request and its whole answer, and the turn that it took is over.
        func turn(_ byteCount: Int) throws {
            let before = watched.reading.counters.waits
            try watched.ask(client, byteCount)
            #expect(holds { watched.reading.counters.waits > before && watched.reading.processes.first?.loops.first?.turnBegan == 0 })
        }
        try turn(10)
        _ = longest(endsInterval: true)
        try turn(666)
        _ = longest(endsInterval: false)  // A look ends no interval: the next reading still tells of the stall.
        #expect(longest(endsInterval: true) >= 290_000_000)
        // On a busy machine a short turn may take long too, but not again and again.
        #expect(holds {
            try? turn(10)
            let new = longest(endsInterval: true)
            return new > 0 && new < 290_000_000
        })
        #expect(watched.reading.processes.first?.loops.first?.longestTurnNanoseconds ?? 0 >= 290_000_000)
        #expect(holds { longest(endsInterval: true) == 0 }, "no turn has ended")
        client.close()
    }

    @Test("are the server's own where it sleeps, and the machine's where its thread waits for a processor", .enabled(if: access("/proc/self/schedstat", R_OK) == 0))
    func waits() throws {
        let stalling = try longestTurn("stalls")
        #expect(stalling.turn >= 290_000_000 && stalling.waited < stalling.turn / 3 && stalling.waitedOfNew == stalling.waited, "\(stalling)")
        let starved = try longestTurn("starves")
        #expect(starved.turn > 400_000_000 && starved.waited > starved.turn / 3 && starved.waited <= starved.turn, "\(starved)")
        #expect(starved.waitedOfNew == starved.waited, "it is the longest of the interval too: \(starved)")
    }

    /// The turn of a request for 666 bytes, and how long the server's thread waited for a processor in it.
    private func longestTurn(_ mode: String) throws -> (turn: UInt64, waited: UInt64, waitedOfNew: UInt64) {
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", mode])
        let client = try watched.client()
        defer { client.close() }
        try watched.ask(client, 666)
        #expect(holds { watched.reading.processes.first?.loops.first?.longestTurnNanoseconds ?? 0 >= 290_000_000 })
        let loop = try #require(watched.process.segment.read(endsInterval: true).processes.first?.loops.first)
        return (loop.longestTurnNanoseconds, loop.longestTurnWaitedNanoseconds, loop.longestNewTurnWaitedNanoseconds)
    }
}
