internal import Measurements

// What the bytes on a connection in the clear are: their first four tell.
extension Connection {
    /// HTTP/2 with prior knowledge begins with a fixed text (RFC 9113, 3.4) whose first four
    /// bytes begin no request of HTTP/1.1 that we would take.
    func sniff(_ bytes: UnsafeRawBufferPointer) {
        let preface: StaticString = "PRI "
        var matched = sniffedByteCount
        for unsafe byte in unsafe bytes {
            guard matched < 4, unsafe byte == preface.utf8Start[matched] else { break }
            matched += 1
        }
        let isWhole = matched - sniffedByteCount == bytes.count
        if isWhole && matched < 4 {
            sniffedByteCount = matched
            return
        }
        let replay = unsafe UnsafeRawBufferPointer(start: preface.utf8Start, count: sniffedByteCount)
        if matched == 4 {
            guard beginHTTP2() else { return close() }
            if unsafe !replay.isEmpty { unsafe receiveHTTP2(replay) }
            if phase == .http2 { unsafe receiveHTTP2(bytes) }
        } else {
            beginHTTP1()
            if unsafe !replay.isEmpty { unsafe receiveHTTP1(replay) }
            if phase == .http1 { unsafe receiveHTTP1(bytes) }
        }
    }

    func beginHTTP1() {
        phase = .http1
        server.counters.openHTTP1Connections += 1
    }
}
