import Measurements
import Reports
import SampleSupport

/// A run of ten seconds whose latency and rate wobble by a few percent around these.
func comparedRun(_ name: String, latency: Double = 1e6, rate: Double = 1_000, intervals: Int = 10, failed: UInt64 = 0, loadSeconds: Double? = nil, figures: [RunFigure] = []) -> ComparedRun {
    let wobble = [1.0, 1.02, 0.98, 1.01, 0.99]
    var run = ComparedRun(name: name, request: summaryRequest, loadSeconds: loadSeconds, figures: figures)
    var done = 0.0
    for index in 0..<intervals {
        var client = ClientSample()
        done += rate * wobble[(index + 2) % 5]
        client.requests.done = UInt64(done)
        client.requests.failed = failed * UInt64(index + 1)
        client.requests.succeeded = client.requests.done - client.requests.failed
        client.connectionCounts.open = 7
        client.serviceTime.record(nanoseconds: UInt64(latency * wobble[index % 5]), times: 2_000)
        run.add(Sample(
            timeNanoseconds: UInt64(index + 1) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil,
            client: client, process: ProcessSample()))
    }
    return run
}

/// A warm-up, then two phases of eight seconds each, the second with this latency.
func phasedRun(_ name: String, second: Double = 1e6, secondName: String = "flood", loadSeconds: Double? = nil) -> ComparedRun {
    let wobble = [1.0, 1.02, 0.98, 1.01, 0.99]
    var run = ComparedRun(name: name, request: summaryRequest, loadSeconds: loadSeconds)
    var done: UInt64 = 0
    for index in 0..<20 {
        var client = ClientSample()
        let phase = index < 4 ? "warm" : index < 12 ? "steady" : secondName
        done += index < 4 ? 10 : index < 12 ? 1_000 : 3_000
        client.requests.done = done
        client.requests.succeeded = done
        client.serviceTime.record(nanoseconds: UInt64((index < 4 ? 9e8 : index < 12 ? 1e6 : second) * wobble[index % 5]), times: 2_000)
        var sample = Sample(
            timeNanoseconds: UInt64(index + 1) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil,
            client: client, process: ProcessSample())
        sample.phase = phase
        sample.isWarmup = index < 4
        run.add(sample)
    }
    return run
}
