package import Measurements

/// A connection of the server with its rates since the sample before.
package struct ConnectionRow: Equatable, Sendable {
    package var sample: ConnectionSample
    /// A second.
    package var requestRate: Double
    package var receiveRate: Double
    package var sendRate: Double

    package init(sample: ConnectionSample, requestRate: Double, receiveRate: Double, sendRate: Double) {
        self.sample = sample
        self.requestRate = requestRate
        self.receiveRate = receiveRate
        self.sendRate = sendRate
    }

    package var identity: ConnectionIdentity { ConnectionIdentity(sample) }

    /// Bytes that wait times how long the oldest has waited: the connection in most trouble has most.
    var trouble: Double { Double(sample.pendingBytes) * Double(sample.oldestAgeNanoseconds) }

    /// Its number; with the loop's before it where there are several: those count from one each.
    func name(loops: Int) -> String { loops > 1 ? "\(sample.loop).\(sample.id)" : String(sample.id) }

    /// Rows in the order of their trouble, then by number, so that calm ones stand still.
    static func rows(_ samples: [ConnectionSample], _ previous: [ConnectionRow], seconds: Double) -> [ConnectionRow] {
        var before: [ConnectionIdentity: ConnectionSample] = [:]
        before.reserveCapacity(previous.count)
        for row in previous { before[row.identity] = row.sample }
        let rows = samples.map { sample in
            let old = before[ConnectionIdentity(sample)]
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
}
