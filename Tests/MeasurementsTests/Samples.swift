import Measurements
import Reports

/// A sample in which no two numbers are alike, so that one under the wrong name shows.
func distinctSample() -> Sample {
    var sample = Sample(
        timeNanoseconds: 3_000_000_007, intervalNanoseconds: 1_000_000_009, server: ServerSample(), client: ClientSample(),
        process: ProcessSample())
    for (index, metric) in Metric.all.enumerated() where metric.kind != .histogram {
        metric.write(&sample, .number(Double(1_000 + index)))
    }
    for latency in 1...20_000 { sample.client?.serviceTime.record(nanoseconds: UInt64(latency) * 1_000) }
    sample.client?.responseTime.record(nanoseconds: 77, times: 3)
    sample.server?.connections = [connection(id: 1, pendingBytes: 5), connection(id: 2, pendingBytes: 9)]
    return sample
}

func connection(id: UInt64, pendingBytes: Int) -> ConnectionSample {
    ConnectionSample(
        id: id, loop: 1, peer: "127.0.0.1:5000", state: .waiting, version: .http2, streams: 3, requests: 4,
        receivedBytes: 5, sentBytes: 6, pendingBytes: pendingBytes, oldestAgeNanoseconds: 8_000_000_001,
        arenaUsedBytes: 9, arenaReservedBytes: 10, arenaHighWaterBytes: 11, ageNanoseconds: 12_345_678_901)
}

let summaryRequest = Summary.Request(
    address: "127.0.0.1:8080", load: .init(connections: 2, streams: 1, rate: nil, requests: 100), cpuCount: 2)
