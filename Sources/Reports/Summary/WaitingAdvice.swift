internal import Measurements

/// That no write of a server under the probe had to wait, so that a clean result says little; and what would make writes
/// wait, as far as the run shows it.
struct WaitingAdvice {
    let summary: Summary

    /// nil: some waited, or the server wrote nothing.
    var text: String? {
        let last = summary.last, request = summary.request
        guard let watch = last.watch, let server = last.server, last.knows([.findings, .writeCounts, .traffic]),
            server.writes.queued == 0, watch.cutWrites == 0, server.writes.direct > 0
        else { return nil }
        let byteCount = Double(server.sentBytes) / Double(server.writes.direct)
        var ways: [String] = []
        if Double(request.sendBufferByteCount ?? .max) > byteCount, let size = WaitingAdvice.size(below: byteCount) {
            ways.append("--send-buffer \(size), less than an answer")
        }
        if let load = request.load {
            switch (load.streams, load.rate) {
            case (1, nil): ways.append("pipelining (--h1 -m 64)")
            case (1, _): ways.append("pipelining without a rate (--h1 -m 64, no -q)")
            case (_, .some): ways.append("no rate (-q)")
            default: break
            }
        }
        ways.append("larger answers")
        let readers = summary.maximum(of: "client.slow_readers.open") ?? 0
        return "no write had to wait, so little was tried: the socket took each at once, \(Figure.bytes(byteCount)) on average"
            + (readers > 0 ? "; answers of that size fit into the send buffer of a slow reader's socket" : "")
            + ". To try more: \(ways.joined(separator: ", "))"
    }

    /// The power of two below a size, as an option is written, and no smaller than the kernel makes a buffer; nil: it is
    /// not below the size.
    private static func size(below byteCount: Double) -> String? {
        var size = smallestBufferByteCount
        guard Double(size) < byteCount else { return nil }
        while Double(size * 2) < byteCount, size < 1 << 20 { size *= 2 }
        return size >= 1 << 20 ? "1MiB" : "\(size >> 10)KiB"
    }

    private static let smallestBufferByteCount = 2 << 10
}
