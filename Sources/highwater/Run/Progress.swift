internal import Measurements

/// One line about how a run is going, from one sample to the next.
///
/// On a terminal the line is written over, and left out while the process is in the background; anywhere else
/// each is a line of its own. The counters of a server alone are its output, and go to standard output, unless JSON is
/// to stand there.
struct Progress {
    private let output: Output
    private let rewrites: Bool
    private var previous: Sample?

    /// - Parameter isPlain: no line is written over.
    init(speaksOnStandardOutput: Bool, isPlain: Bool) {
        output = speaksOnStandardOutput ? .standard : .error
        rewrites = !speaksOnStandardOutput && !isPlain && Output.error.isTerminal
    }

    /// A line before all others.
    func announce(_ text: String) { output.line(text) }

    /// false when progress goes to standard output, and its reader has gone.
    mutating func show(_ sample: Sample) -> Bool {
        defer { previous = sample }
        guard !rewrites || output.isInForeground else { return true }
        var text = "\(Progress.pad(Figure.fixed(Metric.seconds(sample.timeNanoseconds), decimals: 1), 6))s"
        text += sample.client.map { clientText($0, sample) } ?? ""
        if let watch = sample.watch, let server = sample.server {
            text += watchText(server, watch, sample)
        } else if sample.client == nil, let server = sample.server {
            text += serverText(server, sample)
        }
        guard rewrites else { return output.write(text + "\n") || output.isStandardError }
        _ = output.overwrite(String(text.prefix(max(0, output.columns - 1))))
        return true
    }

    /// A line of its own between two of ours.
    func interject(_ text: String) {
        if writesOver { _ = Output.error.overwrite(text + "\n") } else { Output.error.line(text) }
    }

    /// Clears the line of progress.
    func end() { if writesOver { _ = output.overwrite("") } }

    private var writesOver: Bool { rewrites && output.isInForeground }

    private func clientText(_ client: ClientSample, _ sample: Sample) -> String {
        let before = previous?.client
        // The same two in every line: fewer than 100 answers have no p90, and the slowest of them is known.
        let times = [client.responseTime.valuesAtPercentiles([90])[0], client.responseTime.highestRecordedNanoseconds]
        let texts = times.map { Progress.pad($0.map(Figure.time(nanoseconds:)) ?? "-", 7) }
        return rate(client.requests.answered, before?.requests.answered, sample) + " req/s  p90 \(texts[0])  max \(texts[1])"
            + "  \(client.connectionCounts.open) conn  \(client.requests.inFlight) in flight"
            + (client.requests.queued > 0 ? "  \(client.requests.queued) queued" : "")
            + "  \(client.requests.failed) failed"
    }

    private func serverText(_ server: ServerSample, _ sample: Sample) -> String {
        let before = previous?.server
        return rate(server.requests.completed, before?.requests.completed, sample) + " req/s"
            + "  \(server.connectionCounts.open) conn  \(server.requests.active) active"
            + "  pending \(Figure.bytes(Double(server.writes.pendingBytes)))"
            + "  arena \(Figure.bytes(Double(server.arena.usedBytes)))"
            + "  \(server.protocolErrors + server.timeouts) errors"
    }

    /// Figures that the source cannot know are left out.
    private func watchText(_ server: ServerSample, _ watch: WatchSample, _ sample: Sample) -> String {
        let elapsed = Metric.seconds(sample.timeNanoseconds - (previous?.timeNanoseconds ?? 0))
        let cpu = Metric.seconds(server.loops.cpuNanoseconds - min(server.loops.cpuNanoseconds, previous?.server?.loops.cpuNanoseconds ?? 0))
        return (sample.client == nil ? "  \(server.connectionCounts.open) conn" : "  server:")
            + (sample.knows(.pendingBytes) ? "  pending \(Figure.bytes(Double(server.writes.pendingBytes)))" : "")
            + (sample.knows(.cpu) ? "  cpu \(Figure.percent(elapsed > 0 ? cpu / elapsed : 0))" : "")
            + (sample.knows(.residentMemory) ? "  memory \(Figure.bytes(Double(watch.residentBytes)))" : "")
            + (sample.knows(.heap) ? "  heap \(Figure.bytes(Double(watch.heapBytes)))" : "")
            + (sample.knows(.findings) ? "  " + Figure.counted(watch.findings, "finding") : "")
    }

    private func rate(_ now: UInt64, _ before: UInt64?, _ sample: Sample) -> String {
        let elapsed = Metric.seconds(sample.timeNanoseconds - (previous?.timeNanoseconds ?? 0))
        let count = Double(now) - Double(before ?? 0)
        return Progress.pad(Figure.fixed(elapsed > 0 ? count / elapsed : 0, decimals: 0), 8)
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
