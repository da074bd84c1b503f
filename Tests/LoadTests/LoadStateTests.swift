import Load
import Measurements
import Testing

/// What becomes of a load when a run is told a change.
@Suite("The state of a load")
struct LoadStateTests {
    private let open = LoadState(rate: 100, connections: 8, streams: 2, writePolicy: .lease, cacheScope: .client, clientLoops: 3)

    @Test("takes each change, within what can be asked for", arguments: [
        (RunChange.rate(5), "rate 5.0"), (.rate(-1), "rate 0.0"), (.rate(1e12), "rate 100000000.0"), (.rate(.nan), "rate 0.0"),
        (.connections(9), "connections 9"), (.connections(1), "connections 3"), (.streams(0), "streams 1"), (.streams(7), "streams 7"),
        (.bodyScale(2), "scale 2.0"), (.bodyScale(0), "scale 1.0"), (.hold(true), "held true"), (.writePolicy(.copy), "policy copy"),
        (.cacheScope(.shared), "scope shared"),
    ])
    func applying(change: RunChange, result: String) throws {
        let new = try open.applying(change)
        let all = [
            "rate \(new.rate ?? -1)", "connections \(new.connections)", "streams \(new.streams)", "scale \(new.bodyScale)", "held \(new.isHeld)",
            "policy \(new.writePolicy?.rawValue ?? "")", "scope \(new.cacheScope?.rawValue ?? "")",
        ]
        #expect(all.contains(result), "\(all)")
    }

    @Test("stays as it is under changes that are no load", arguments: [
        RunChange.reconnectAll, .slowReader(seconds: 1), .dropConnections(2), .drainServer, .closeConnection(.init(id: 1, loop: 0)), .inspect(nil),
    ])
    func momentary(change: RunChange) throws {
        #expect(try open.applying(change) == open)
    }

    @Test("refuses what this run cannot do, and says why")
    func refusals() {
        let closed = LoadState(connections: 8, streams: 2, clientLoops: 1)
        let inPhases = LoadState(rate: 100, connections: 8, streams: 2, phaseIndex: 0, clientLoops: 1)
        let serverAlone = LoadState(writePolicy: .lease)
        #expect(throws: ChangeRefusal.closedLoad) { try closed.applying(.rate(5)) }
        #expect(throws: ChangeRefusal.noServer) { try closed.applying(.writePolicy(.copy)) }
        #expect(throws: ChangeRefusal.noServer) { try closed.applying(.drainServer) }
        #expect(throws: ChangeRefusal.phases) { try inPhases.applying(.rate(5)) }
        #expect(throws: ChangeRefusal.phases) { try inPhases.applying(.hold(true)) }
        #expect(throws: ChangeRefusal.noClients) { try serverAlone.applying(.connections(5)) }
        #expect(throws: ChangeRefusal.noClients) { try serverAlone.applying(.reconnectAll) }
        #expect(throws: ChangeRefusal.unsafe("reset-early")) { try open.applying(.writePolicy(.resetEarly)) }
        #expect(throws: ChangeRefusal.unsafe("unguarded")) { try open.applying(.cacheScope(.unguarded)) }
    }

    @Test("takes an unsafe choice where the process may be lost")
    func unsafe() throws {
        let load = LoadState(writePolicy: .lease, cacheScope: .client, clientLoops: 1, allowsUnsafe: true)
        #expect(try load.applying(.writePolicy(.resetEarly)).writePolicy == .resetEarly)
        #expect(try load.applying(.cacheScope(.unguarded)).cacheScope == .unguarded)
    }

    @Test("every change is the same after it has been a line of JSON", arguments: [
        RunChange.rate(1_234.5), .connections(7), .streams(3), .bodyScale(0.25), .writePolicy(.resetEarly), .cacheScope(.unguarded), .reconnectAll,
        .hold(true), .slowReader(seconds: 1.5), .dropConnections(4), .closeConnection(.init(id: 1 << 40, loop: 3)), .drainServer,
        .inspect(.init(id: 9, loop: 1)), .inspect(nil),
    ])
    func changeAsJSON(change: RunChange) throws {
        let line = try JSON(encoding: change).text
        #expect(try JSON(parsing: Array(line.utf8)).decoded(as: RunChange.self) == change, "\(line)")
    }

    @Test("is the same after it has been a line of JSON")
    func stateAsJSON() throws {
        for load in [open, LoadState(), LoadState(rate: 0.001, connections: 1, streams: 1, phaseIndex: 2, clientLoops: 1, allowsUnsafe: true)] {
            let line = try JSON(encoding: load).text
            #expect(try JSON(parsing: Array(line.utf8)).decoded(as: LoadState.self) == load, "\(line)")
        }
    }

    @Test("a clock that has run for a year is read to the nanoseconds that a double has")
    func largeCounts() throws {
        let year: UInt64 = 31_557_600_123_456_789
        let read = try JSON(encoding: year).decoded(as: UInt64.self)
        #expect(max(read, year) - min(read, year) <= 4)
    }
}
