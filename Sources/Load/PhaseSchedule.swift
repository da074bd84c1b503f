/// When each request of a run in phases is meant to be sent: one part of the run.
///
/// Time comes from a `Schedule` over all phases: a boundary is arithmetic, and not a message that may
/// come late. Phases with random arrivals have as many requests as even ones, elsewhere.
/// Walks through the requests in order; a copy is a second walk of the same requests.
///
/// Every part draws the random arrivals of all parts and keeps its own, so that the parts together are the
/// whole, request by request. A draw takes 50 ns: a million requests a second of all parts together cost each
/// loop's thread a tenth of its time, since they are drawn once to be sent and once to be counted.
package struct PhaseSchedule: Sendable, Equatable {
    /// One phase's requests, of the whole run.
    private struct Block: Equatable {
        var startNanoseconds: UInt64
        var startUnits: UInt128
        var endUnits: UInt128
        /// Requests before its end, of all phases.
        var endCount: UInt64
        var isPoisson: Bool
    }

    private let schedule: Schedule
    private let blocks: [Block]
    private let share: RunShare
    private let seed: UInt64
    private var blockIndex = 0
    private var arrivals: PoissonArrivals?
    /// Of the whole run: those that `arrivals` has not drawn begin here.
    private var drawnCount: UInt64 = 0

    /// This part's requests that were passed.
    package private(set) var count: UInt64 = 0
    /// When the next request is meant to be sent; nil: there is no next one.
    package private(set) var nextNanoseconds: UInt64?

    /// - Parameters:
    ///   - phases: of the whole run.
    ///   - seed: for random arrivals; the same for all parts.
    package init(_ phases: [Phase], startNanoseconds: UInt64, share: RunShare, seed: UInt64) {
        let stretches = phases.map { phase -> [Schedule.Stretch] in
            if case .open(let open) = phase.load { return open.stretches(nanoseconds: phase.durationNanoseconds) }
            return [.init(rate: 0, endRate: 0, nanoseconds: phase.durationNanoseconds)]
        }
        let schedule = Schedule(stretches.flatMap { $0 }, startNanoseconds: startNanoseconds)
        var endCount: UInt64 = 0
        var isPoisson = false
        blocks = PhaseTimeline(phases, startNanoseconds: startNanoseconds).spans.map { span in
            let start = span.startNanoseconds, end = span.endNanoseconds
            // A request that is due at the boundary itself belongs to the next open phase.
            if case .open(let open) = span.phase.load {
                endCount = end > start ? schedule.dueCount(atNanoseconds: end - 1) : endCount
                isPoisson = open.arrivals == .poisson
            }
            return Block(
                startNanoseconds: start, startUnits: schedule.progress(atNanoseconds: start),
                endUnits: schedule.progress(atNanoseconds: end), endCount: endCount, isPoisson: isPoisson)
        }
        self.schedule = schedule
        self.share = share
        self.seed = seed
        enterBlock()
    }

    /// The whole run's number of the next request.
    private var number: UInt64 { share.number(count) }

    /// On to the next request.
    package mutating func advance() {
        count += 1
        if blockIndex < blocks.count, number < blocks[blockIndex].endCount {
            findNext()
        } else {
            blockIndex += 1
            enterBlock()
        }
    }

    private mutating func enterBlock() {
        while blockIndex < blocks.count, blocks[blockIndex].endCount <= number { blockIndex += 1 }
        arrivals = nil
        guard blockIndex < blocks.count else {
            nextNanoseconds = nil
            return
        }
        let block = blocks[blockIndex]
        if block.isPoisson {
            drawnCount = blockIndex == 0 ? 0 : blocks[blockIndex - 1].endCount
            arrivals = PoissonArrivals(
                seed: seed &+ UInt64(blockIndex) &* 0x9E37_79B9, startUnits: block.startUnits, endUnits: block.endUnits,
                count: block.endCount - drawnCount)
        }
        findNext()
    }

    private mutating func findNext() {
        if arrivals != nil {
            var place: UInt128?
            while drawnCount <= number {
                place = arrivals?.next()
                drawnCount += 1
            }
            nextNanoseconds = place.flatMap { schedule.nanoseconds(atUnits: $0) }
        } else {
            // One that was due when a pause began is due when it ends.
            let earliest = blocks[blockIndex].startNanoseconds
            nextNanoseconds = schedule.intendedNanoseconds(ofRequest: number).map { max($0, earliest) }
        }
    }
}
