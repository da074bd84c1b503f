internal import Client
internal import Load
internal import Loop
internal import Measurements

/// The loops of one side of a run: all of its server's, or all of its clients'.
struct LoopGroup<Reading: LoopReading> {
    private(set) var workers: [LoopWorker<Reading>] = []
    /// Of each loop the last reading that was taken: used again while the loop is late.
    private var last: [Reading?] = []
    private var isStopping = false
    /// Is woken when the thread of a loop ends: for its workers to be made with.
    let threadEnd = PollWaker()

    mutating func add(_ worker: LoopWorker<Reading>) {
        workers.append(worker)
        last.append(nil)
    }

    var count: Int { workers.count }

    /// Asks every loop for a reading.
    func sample(askedNanoseconds: UInt64) {
        for worker in workers { worker.post(.sample(askedNanoseconds: askedNanoseconds)) }
    }

    /// The readings of all loops as one; nil where there are no loops.
    mutating func reading() -> Reading? {
        guard !workers.isEmpty else { return nil }
        var merged = Reading()
        for (index, worker) in workers.enumerated() {
            if let new = worker.takeReading() { last[index] = new }
            guard let reading = last[index] else { continue }
            merged.merge(reading)
            // The counters of a late loop are read again; its histograms only once.
            last[index]?.forgetHistograms()
        }
        return merged
    }

    /// Tells each loop its share of a change.
    ///
    /// - Parameter load: with the change in it.
    func apply(_ change: RunChange, in load: LoadState) {
        for (number, worker) in workers.enumerated() { worker.post(.change(change.share(in: load, loop: number, of: workers.count))) }
    }

    /// Tells the loops to end. A second call does nothing.
    mutating func stop(withinNanoseconds nanoseconds: UInt64) {
        guard !isStopping else { return }
        isStopping = true
        let asked = EventLoop.monotonicNanoseconds()
        for worker in workers { worker.post(.stop(askedNanoseconds: asked, withinNanoseconds: nanoseconds)) }
    }

    /// All threads have ended.
    var hasEnded: Bool { workers.allSatisfy(\.hasEnded) }

    func join() { for worker in workers { worker.join() } }

    /// Why loops could not run.
    var failures: [String] { workers.compactMap(\.failure) }

    /// Why clients could not connect; nil when all could.
    var connectError: ConnectError? { workers.lazy.compactMap(\.connectError).last }
}
