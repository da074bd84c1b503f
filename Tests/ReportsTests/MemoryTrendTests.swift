import Measurements
import Reports
import SampleSupport
import Testing

@Suite("Memory that grows, in the summary")
struct MemoryTrendTests {
    /// A run of so many seconds with two samples a second, whose server has so many MiB after each share of the requests.
    private func run(
        heap: (Double) -> Double? = { _ in nil }, resident: (Double) -> Double, seconds: Int = 20, requests: Double = 40_000,
        warmupSeconds: Int = 0, program: String? = nil
    ) -> Summary {
        var request = Summary.Request(address: "./server 9000", load: .init(connections: 8, streams: 1, rate: nil, requests: nil), cpuCount: 2)
        request.program = program
        var summary = Summary(request)
        for tick in 1...(2 * seconds) {
            let share = Double(tick) / Double(2 * seconds)
            var sample = unhurriedSample()
            sample.timeNanoseconds = UInt64(tick) * 500_000_000
            sample.isWarmup = tick <= 2 * warmupSeconds
            sample.unknown.remove(.heap)
            if let heap = heap(share) { sample.watch?.heapBytes = Int(heap * 1_048_576) } else { sample.unknown.insert(.heap) }
            sample.watch?.residentBytes = Int(resident(share) * 1_048_576)
            sample.client?.requests.done = UInt64(share * requests)
            summary.add(sample)
        }
        return summary
    }

    private func text(
        heap: (Double) -> Double? = { _ in nil }, resident: (Double) -> Double, seconds: Int = 20, requests: Double = 40_000,
        warmupSeconds: Int = 0
    ) -> String {
        run(heap: heap, resident: resident, seconds: seconds, requests: requests, warmupSeconds: warmupSeconds).text.replacing(/\s+/, with: " ")
    }

    private func grows(_ text: String) -> Bool { text.contains("grew evenly") }

    @Test("is told where live heap grows evenly to the end, with how much a request")
    func leak() {
        // 300 bytes a request.
        let text = text(heap: { 4 + 11.44 * $0 }, resident: { 8 + 12 * $0 })
        #expect(text.contains("growing memory live heap grew evenly by 300B a request, 6.86MiB in 12.0s, "), "\(text)")
        #expect(text.contains("still at the end of the load: a leak, or a cache without a limit"))
    }

    @Test("is told of resident memory that a collector lets rise and fall")
    func sawtooth() {
        #expect(grows(text(resident: { 50 + 40 * $0 + 6 * ($0 * 60 + 0.01).truncatingRemainder(dividingBy: 3) }, seconds: 30)))
    }

    @Test("is not told of memory that a server takes when it begins, or that levels out")
    func level() {
        #expect(!grows(text(heap: { min(40, 4 + 200 * $0) }, resident: { min(60, 8 + 200 * $0) })), "full after a fifth of the run")
        #expect(!grows(text(heap: { min(40, 4 + 60 * $0) }, resident: { min(60, 8 + 80 * $0) })), "full after two thirds of the run")
        // A cache that fills more and more slowly.
        for pace in [1.5, 3.0, 6.0] {
            let filling = { (share: Double) in 4 + 50 * (1 - exp(-pace * share)) }
            #expect(!grows(text(heap: filling, resident: filling)), "\(pace)")
        }
    }

    @Test("is not told of memory that rises and falls, grows once, or hardly grows")
    func noise() {
        #expect(!grows(text(heap: { 20 + 5 * ($0 * 40).truncatingRemainder(dividingBy: 3) }, resident: { 50 + 9 * ($0 * 40).truncatingRemainder(dividingBy: 5) })))
        #expect(!grows(text(heap: { $0 > 0.5 ? 40 : 20 }, resident: { $0 > 0.7 ? 80 : 20 })))
        #expect(!grows(text(heap: { 20 + 0.3 * $0 }, resident: { 20 + 0.4 * $0 })))
        #expect(!grows(text(heap: { 40 - 20 * $0 }, resident: { 80 - 20 * $0 })))
    }

    @Test("is told of few requests, or of a short run, by the heap alone, and by it not of too few either")
    func short() {
        let growing = { (share: Double) in 10 + 20 * share }
        #expect(grows(text(heap: growing, resident: growing, seconds: 8, requests: 3_000)))
        #expect(!grows(text(resident: growing, seconds: 8, requests: 40_000)), "a collector may not have run yet")
        #expect(!grows(text(resident: growing, seconds: 30, requests: 3_000)))
        #expect(!grows(text(heap: growing, resident: growing, seconds: 8, requests: 900)))
    }

    /// Resident MiB of a service on Node at each second: 1000 requests a second, each of which it keeps; and the same service
    /// when it keeps the last 2000 alone. Both as measured.
    private static let leaking = [
        54.1, 56.1, 63.9, 65.3, 65.6, 78.3, 78.3, 79.1, 83.9, 100.3, 100.3, 104.8, 105.8, 105.8, 107.4, 109.8, 109.8, 111.8, 115.2, 115.3, 119.5,
        120.5, 120.9, 124.7, 126.2, 126.2, 130.5, 131.4, 131.5, 132.5,
    ]
    private static let healthy = [
        54.5, 55.8, 60.2, 61, 61.6, 65, 65, 68.4, 68.5, 68.5, 69.2, 70.7, 76, 80, 82.8, 83, 84.2, 85.4, 85.4, 86.7, 85.2, 85.2, 85.2, 85.2, 86.2,
        86.2, 86.2, 86.2, 86.2, 86.2,
    ]

    @Test("is told of a service on Node that keeps each request, and not of one that keeps a few, whenever the load ends")
    func node() {
        func text(_ megabytes: [Double]) -> String {
            self.text(resident: { megabytes[min(megabytes.count - 1, Int($0 * Double(megabytes.count)))] }, seconds: megabytes.count, requests: Double(1_000 * megabytes.count))
        }
        #expect(grows(text(MemoryTrendTests.leaking)), "\(text(MemoryTrendTests.leaking))")
        for count in 10...MemoryTrendTests.healthy.count { #expect(!grows(text(Array(MemoryTrendTests.healthy.prefix(count)))), "\(count) s") }
    }

    /// A load on a service on Node whose memory was measured once a second.
    private func run(_ megabytes: [Double], rate: Int, program: String? = "/usr/bin/node") -> Summary {
        let memory = { (share: Double) in megabytes[min(megabytes.count - 1, Int(share * Double(megabytes.count)))] }
        return run(resident: memory, seconds: megabytes.count, requests: Double(rate * megabytes.count), program: program)
    }

    private func judge(_ run: Summary) throws -> ThresholdResult { try Threshold(failingOn: "watch.memory.leak_per_request > 0").judge(run) }

    @Test("is told of memory that grows between its steps, by what it grows there")
    func betweenSteps() throws {
        let told = try judge(run(NodeMemory.keepingAll, rate: 1_000))
        #expect(!told.hasPassed && told.value.number.map { (400...600).contains($0) } == true, "\(told.text)")
    }

    @Test("is not told, and not denied, of steps that a healthy program may take as well", arguments: [
        (NodeMemory.keepingAllInSteps, 1_000, "54.6MiB to 103MiB"), (NodeMemory.keepingAllSlowly, 500, "51.6MiB to 94.2MiB"),
    ])
    func uneven(_ megabytes: [Double], _ rate: Int, _ grown: String) throws {
        let run = run(megabytes, rate: rate), untold = try judge(run)
        let words = "memory grew from \(grown) in steps, as that of a healthy program may as well: not judged; more requests tell it (-q 3000 -d 60s), for Node with --max-semi-space-size=4"
        #expect(!untold.hasPassed && untold.valueText == words, "\(untold.text)")
        #expect(run.text.replacing(/\s+/, with: " ").contains("growing memory not known whether it goes on: \(words)"), "\(run.text)")
        #expect(try judge(self.run(megabytes, rate: rate, program: "./server")).valueText.contains("Node") == false)
    }

    @Test("is denied of a healthy service on Node, whatever steps its memory took, and never told of it", arguments: [
        (NodeMemory.keepingSome, 1_000), (NodeMemory.keepingSomeSlowly, 500), (NodeMemory.keepingNone, 1_000), (NodeMemory.keepingNoneFast, 3_000),
    ])
    func healthyNode(_ megabytes: [Double], _ rate: Int) throws {
        let whole = try judge(run(megabytes, rate: rate))
        #expect(whole.hasPassed && whole.value == .number(0), "\(whole.text)")
        for count in [20, 30, 38, 41, 44, 47, 50, 55] where count < megabytes.count { #expect(!grows(run(Array(megabytes.prefix(count)), rate: rate).text.replacing(/\s+/, with: " ")), "\(count) s") }
    }

    @Test("is not denied of a cache that still fills at the end of the load")
    func filling() throws {
        let run = run(resident: { 50 + 60 * (1 - exp(-1.5 * $0)) }, seconds: 60)
        #expect(try !judge(run).hasPassed && !grows(run.text.replacing(/\s+/, with: " ")), "\(run.text)")
    }

    @Test("is a figure to gate on: 0 where it does not grow, none where the load was too short, and the reason")
    func gate() throws {
        let leak = try judge(run(heap: { 4 + 11.44 * $0 }, resident: { 8 + 12 * $0 }))
        #expect(!leak.hasPassed && leak.value.number.map { abs($0 - 300) < 1 } == true, "\(leak.text)")
        let level = try judge(run(heap: { _ in 4 }, resident: { _ in 8 }))
        #expect(level.hasPassed && level.value == .number(0))
        let long = try judge(run(resident: { min(60, 8 + 200 * $0) }, seconds: 42))
        #expect(long.hasPassed && long.value == .number(0))
        // What a program takes without malloc.
        let short = try judge(run(heap: { _ in 4 }, resident: { 8 + 12 * $0 }, seconds: 8))
        #expect(!short.hasPassed && short.valueText == "the load was too short to tell; that takes 40 s of load and 10000 requests")
        let unknown = try Threshold(failingOn: "watch.memory.leak_per_request > 0").judge(Summary(.init(address: "", load: nil, cpuCount: 2)))
        #expect(!unknown.hasPassed && unknown.valueText == "nothing was measured")
    }

    @Test("comes with the condition to paste, and where it cannot be told, with what would tell it")
    func advice() {
        let told = run(heap: { 4 + 11.44 * $0 }, resident: { 8 + 12 * $0 })
        #expect(told.text.contains("--fail-on 'watch.memory.leak_per_request > 0'\n"), "\(told.text)")
        #expect(!text(heap: { _ in 4 }, resident: { _ in 8 }).contains("watch.memory.leak_per_request"))
        #expect(text(resident: { 50 + 40 * $0 }, seconds: 10).contains("growing memory not known whether it goes on: the load was too short to tell; that takes 40 s of load and 10000 requests"))
    }

    @Test("of the warm-up says nothing")
    func warmup() {
        #expect(!grows(text(heap: { min(20, 40 * $0) }, resident: { min(20, 40 * $0) }, warmupSeconds: 10)))
    }

    /// No Foundation here.
    private func exp(_ power: Double) -> Double {
        var sum = 1.0, term = 1.0
        for n in 1..<60 {
            term *= power / Double(n)
            sum += term
        }
        return sum
    }
}
