package import Measurements

/// A connection of the server with its rates since the sample before.
package struct ConnectionRow: Equatable, Sendable {
    package var sample: ConnectionSample
    /// A second.
    package var requestRate: Double
    package var receiveRate: Double
    package var sendRate: Double

    /// Bytes that wait times how long the oldest has waited: who is worst off.
    var trouble: Double { Double(sample.pendingBytes) * Double(sample.oldestAgeNanoseconds) }

    /// Its number; with the loop's before it where there are several: those count from one each.
    func name(loops: Int) -> String { loops > 1 ? "\(sample.loop).\(sample.id)" : String(sample.id) }

    /// Rows in the order of their trouble, then by number, so that calm ones stand still.
    static func rows(_ samples: [ConnectionSample], _ previous: [ConnectionRow], seconds: Double) -> [ConnectionRow] {
        var before: [Identity: ConnectionSample] = [:]
        before.reserveCapacity(previous.count)
        for row in previous { before[Identity(row.sample)] = row.sample }
        let rows = samples.map { sample in
            let old = before[Identity(sample)]
            // New since the last sample: all it did, it did since then.
            return ConnectionRow(
                sample: sample,
                requestRate: Rates.rate(sample.requests, old?.requests ?? 0, seconds),
                receiveRate: Rates.rate(sample.receivedBytes, old?.receivedBytes ?? 0, seconds),
                sendRate: Rates.rate(sample.sentBytes, old?.sentBytes ?? 0, seconds))
        }
        return rows.sorted { left, right in
            if left.trouble != right.trouble { return left.trouble > right.trouble }
            if left.sample.id != right.sample.id { return left.sample.id < right.sample.id }
            return left.sample.loop < right.sample.loop
        }
    }

    private struct Identity: Hashable {
        let id: UInt64
        let loop: Int

        init(_ sample: ConnectionSample) {
            id = sample.id
            loop = sample.loop
        }
    }
}
