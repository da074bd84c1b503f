package import Measurements

/// A connection of the server, or of a client, with its rates since the sample before.
package struct ConnectionRow: Equatable, Sendable {
    package var sample: ConnectionSample
    /// A client has counted it: what it has sent are requests.
    let isClients: Bool
    /// A second; bytes of the requests and of the responses, whichever side has counted them.
    package var requestRate: Double
    package var requestByteRate: Double
    package var responseByteRate: Double

    package init(
        sample: ConnectionSample, isClients: Bool = false, requestRate: Double, requestByteRate: Double, responseByteRate: Double
    ) {
        self.sample = sample
        self.isClients = isClients
        self.requestRate = requestRate
        self.requestByteRate = requestByteRate
        self.responseByteRate = responseByteRate
    }

    /// Since the connection opened.
    var requestBytes: UInt64 { isClients ? sample.sentBytes : sample.receivedBytes }
    var responseBytes: UInt64 { isClients ? sample.receivedBytes : sample.sentBytes }

    package var identity: ConnectionIdentity { ConnectionIdentity(sample) }

    /// Bytes that wait times how long the oldest has waited: the connection in most trouble has most. Of a client's, then
    /// how long its oldest request has waited, in the steps of the ages, so that calm ones stand still.
    var trouble: Double {
        Double(sample.pendingBytes) * Double(sample.oldestAgeNanoseconds) + Double(WriteSample.ageBucket(nanoseconds: sample.oldestRequestNanoseconds))
    }

    /// Its number; with the loop's before it where there are several: those count from one each.
    func name(loops: Int) -> String { loops > 1 ? "\(sample.loop).\(sample.id)" : String(sample.id) }

    /// Rows in the order of their trouble, then by number, so that calm ones stand still.
    static func rows(_ samples: [ConnectionSample], isClients: Bool, _ previous: [ConnectionRow], seconds: Double) -> [ConnectionRow] {
        var before: [ConnectionIdentity: ConnectionSample] = [:]
        before.reserveCapacity(previous.count)
        for row in previous { before[row.identity] = row.sample }
        let rows = samples.map { sample in
            let old = before[ConnectionIdentity(sample)]
            // New since the last sample: all it did, it did since then.
            let received = Rates.rate(sample.receivedBytes, old?.receivedBytes ?? 0, seconds)
            let sent = Rates.rate(sample.sentBytes, old?.sentBytes ?? 0, seconds)
            return ConnectionRow(
                sample: sample, isClients: isClients, requestRate: Rates.rate(sample.requests, old?.requests ?? 0, seconds),
                requestByteRate: isClients ? sent : received, responseByteRate: isClients ? received : sent)
        }
        return rows.sorted { left, right in
            if left.trouble != right.trouble { return left.trouble > right.trouble }
            if left.sample.id != right.sample.id { return left.sample.id < right.sample.id }
            return left.sample.loop < right.sample.loop
        }
    }
}
