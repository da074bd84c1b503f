internal import Measurements

/// That no write of a server under the probe had to wait, or no second one met it, so that a clean result says little of
/// its pending writes; and the command that would make writes wait, as far as the run shows it.
///
/// Where writes did wait, but the answers were few: that a cache of them never had to give one up.
///
/// Only where the user looks for such bugs: the run went well, no scenario says what it is to show, and the program handles
/// the bytes of its writes itself.
struct WaitingAdvice {
    let summary: Summary

    /// What to say, and the command, or the option, that tries more (nil: none is known, or it is not to be shown). nil: the
    /// server wrote nothing, enough waited, or the advice is not of this run.
    var advice: (text: String, command: String?)? {
        let last = summary.last, request = summary.request
        guard let watch = last.watch, let server = last.server, last.knows([.findings, .writeCounts, .traffic]),
            summary.result.isOK || !summary.findings.isEmpty, (last.client?.ownFailures ?? 0) == 0,
            request.load?.phases.isEmpty != false, summary.thresholds.isEmpty, !WaitingAdvice.ownsBytes(request.program)
        else { return nil }
        guard server.writes.queued == 0, watch.cutWrites == 0 else { return askingAhead ?? fewRequests }
        guard server.writes.direct > 0 else { return nil }
        let byteCount = Double(server.sentBytes) / Double(server.writes.direct)
        let readers = summary.maximum(of: "client.slow_readers.open") ?? 0
        let waiting = options(byteCount), options = waiting.isEmpty ? [] : waiting + trouble(byteCount)
        let command = options.isEmpty ? nil : summary.circumstances.command?.line(setting: options, removing: [.rate])
        let text = "no write had to wait: the socket took each at once, \(Figure.bytes(byteCount)) on average"
            + (readers > 0 ? "; answers of that size fit into the send buffer of a slow reader's socket" : "")
            + (summary.findings.isEmpty ? ". So bugs of pending writes had no chance to show." : ". So what was found has done no harm yet.")
            + remedy(options, hasCommand: command != nil)
        return (text, command)
    }

    /// The same in a few words, for the first line. Also of a run with thresholds, which gates would take for a clean bill. nil:
    /// writes waited and met, something was found, or it is not known.
    var doubt: String? {
        let last = summary.last
        guard let watch = last.watch, let server = last.server, last.knows([.findings, .writeCounts]), summary.findings.isEmpty,
            server.writes.direct &+ server.writes.queued > 0, !WaitingAdvice.ownsBytes(summary.request.program)
        else { return nil }
        let place = advice == nil ? "" : " (to try more)"
        if server.writes.queued == 0, watch.cutWrites == 0 { return "but no write had to wait, so none could be changed too early" + place }
        return askingAhead == nil ? nil : "but no answer met one that still waited" + place
    }

    /// Writes waited, and none met the next answer of its connection. nil: it did, or something was found.
    private var askingAhead: (text: String, command: String?)? {
        guard summary.findings.isEmpty, summary.request.load?.streams == 1 else { return nil }
        let options = options(0), words = options.flatMap(\.words).joined(separator: " ")
        let command = summary.circumstances.command?.line(setting: options, removing: [.rate])
        return ("each connection had one request at a time, so no answer met one that still waited." + (command == nil ? " With \(words) it would." : " This asks ahead:"), command)
    }

    /// A cache or a pool gives memory back, or hands it out again, only when more is asked for than it holds. nil: enough
    /// different requests were asked for, something was found, or it is not known.
    private var fewRequests: (text: String, command: String?)? {
        let urls = summary.request.load?.fixedURLs ?? []
        guard summary.findings.isEmpty, (1...WaitingAdvice.fewRequestLimit).contains(urls.count) else { return nil }
        let text = "asked for \(Figure.counted(urls.count, "URL")) alone; a cache shows its bugs only with many"
        guard let varied = urls.lazy.compactMap(WaitingAdvice.varied).first else { return (text + ", as {{random.int 0 1000}} in a URL makes them", nil) }
        return (text + ":", "--load " + ShellWords.line([varied]))
    }

    /// Fewer than any cache or pool holds.
    private static let fewRequestLimit = 2

    /// The URL with another number in each request where its path's last number stands. nil: there is none, or it may have a secret.
    private static func varied(_ url: String) -> String? {
        guard !url.contains("@"), let path = url.firstRange(of: "://").flatMap({ url[$0.upperBound...].firstIndex(of: "/") }),
            let last = url[path...].lastIndex(where: \.isASCIIDigit)
        else { return nil }
        let first = url[path...last].lastIndex { !$0.isASCIIDigit }.map { url.index(after: $0) } ?? path
        // Up to the number itself, which may be a size: smaller answers might not wait.
        return url[..<first] + "{{random.int 0 \(max(1_000, Int(url[first...last]) ?? 0))}}" + url[url.index(after: last)...]
    }

    private func remedy(_ options: [UserCommand.Option], hasCommand: Bool) -> String {
        if options.isEmpty { return " Ask for larger answers." }
        if hasCommand { return " This makes them wait:" }
        let words = options.flatMap(\.words).joined(separator: " ")
        return " With \(words)\(summary.request.load?.rate == nil ? "" : " and without -q") they would wait."
    }

    private func options(_ byteCount: Double) -> [UserCommand.Option] {
        guard let load = summary.request.load else { return [] }
        var options: [UserCommand.Option] = []
        if load.streams == 1 { options += [.http1, .streams(WaitingAdvice.pipelineDepth)] }
        // As many as fill each connection's pipeline some times over.
        if let requests = load.requests, requests < load.connections * WaitingAdvice.pipelineDepth * 4 {
            options.append(.requests(max(1_000, load.connections * WaitingAdvice.pipelineDepth * 4)))
        }
        if Double(summary.request.sendBufferByteCount ?? .max) > byteCount, let size = WaitingAdvice.size(below: byteCount) {
            options.append(.sendBuffer(size))
        }
        return options
    }

    /// Clients that bring out other bugs of the same kind, as the manual's one load that finds most has them: with answers that
    /// a slow reader can leave unread, and that do not come in one piece.
    private func trouble(_ byteCount: Double) -> [UserCommand.Option] {
        guard WaitingAdvice.size(below: byteCount) != nil else { return [] }
        return ((summary.maximum(of: "client.slow_readers.open") ?? 0) > 0 ? [] : [.slowReaders(3)]) + [.earlyClose("5%")]
    }

    /// Requests that are sent ahead on a connection.
    private static let pipelineDepth = 64

    /// The program is one whose runtime keeps the bytes of writes: the scripts that it runs cannot free them too early.
    private static func ownsBytes(_ program: String?) -> Bool {
        guard let name = program?.split(separator: "/").last else { return false }
        return runtimes.contains(String(name.prefix { !$0.isNumber && $0 != "." }))
    }

    private static let runtimes: Set<String> = ["node", "nodejs", "bun", "deno", "python", "pypy", "ruby", "php", "perl", "java", "dotnet", "erl", "beam"]

    /// A send buffer that is smaller than answers of this size, as an option is written. nil: the kernel makes none.
    private static func size(below byteCount: Double) -> String? { byteCount > 4096 ? "4KiB" : byteCount > 2048 ? "2KiB" : nil }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
