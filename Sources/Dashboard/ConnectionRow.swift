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

    /// Its number; with the loop's before it where there are several: those count from one each.
    func name(loops: Int) -> String { loops > 1 ? "\(sample.loop).\(sample.id)" : String(sample.id) }

    /// What decides a row's place; rows are large, and are moved once.
    private struct Place {
        let trouble: Double
        let identity: ConnectionIdentity
        let index: Int

        init(_ row: ConnectionSample, index: Int) {
            trouble = row.trouble
            identity = ConnectionIdentity(row)
            self.index = index
        }

        static func comesFirst(_ left: Place, _ right: Place) -> Bool {
            if left.trouble != right.trouble { return left.trouble > right.trouble }
            if left.identity.id != right.identity.id { return left.identity.id < right.identity.id }
            return left.identity.loop < right.identity.loop
        }
    }

    /// Rows in the order of their trouble, then by number, so that calm ones stand still.
    static func rows(_ samples: [ConnectionSample], isClients: Bool, _ previous: [ConnectionRow], seconds: Double) -> [ConnectionRow] {
        var before: [ConnectionIdentity: Int] = [:]
        before.reserveCapacity(previous.count)
        for (index, row) in previous.enumerated() { before[row.identity] = index }
        let places = samples.indices.map { Place(samples[$0], index: $0) }.sorted(by: Place.comesFirst)
        return places.map { place in
            let sample = samples[place.index], index = before[place.identity]
            // New since the last sample: all it did, it did since then.
            let received = Rates.rate(sample.receivedBytes, index.map { previous[$0].sample.receivedBytes } ?? 0, seconds)
            let sent = Rates.rate(sample.sentBytes, index.map { previous[$0].sample.sentBytes } ?? 0, seconds)
            let requests = Rates.rate(sample.requests, index.map { previous[$0].sample.requests } ?? 0, seconds)
            return ConnectionRow(
                sample: sample, isClients: isClients, requestRate: requests, requestByteRate: isClients ? sent : received,
                responseByteRate: isClients ? received : sent)
        }
    }
}

extension ConnectionSample {
    /// Bytes that wait times how long the oldest has waited: the connection in most trouble has most. Of a client's, then
    /// how long its oldest request has waited, in the steps of the ages, so that calm ones stand still.
    fileprivate var trouble: Double {
        Double(pendingBytes) * Double(oldestAgeNanoseconds) + Double(WriteSample.ageBucket(nanoseconds: oldestRequestNanoseconds))
    }
}
