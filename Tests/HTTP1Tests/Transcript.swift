import HTTP1
import Memory

/// What a stream of bytes came to: one line a request, the error last.
///
/// Parses like a server does, request after request, each in an arena of its own, with the
/// input cut into pieces that are freed between the calls.
struct Transcript: Equatable, CustomStringConvertible {
    var lines: [String] = []
    var error: RequestError?
    /// Bytes left in an unfinished request; nil when the stream ended between two.
    var isUnfinished = false

    var description: String {
        (lines + [error.map { "error \($0)" } ?? (isUnfinished ? "unfinished" : "end")]).joined(separator: "\n")
    }

    /// - Parameter pieces: cut points, ascending, within the stream.
    init(
        _ stream: [UInt8], cutAt pieces: [Int] = [], limits: RequestLimits = RequestLimits(),
        discardsBodies: Bool = false
    ) {
        let pool = ArenaPool()
        var arena = pool.take()
        defer { arena.retire() }
        var parser = RequestParser()
        var start = 0
        for end in pieces + [stream.count] {
            // A copy of its own, so that reading behind the piece is caught.
            let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: end - start, alignment: 1)
            defer { piece.deallocate() }
            piece.copyBytes(from: stream[start..<end])
            start = end
            var rest = UnsafeRawBufferPointer(piece)
            while !rest.isEmpty {
                do {
                    let progress = try parser.parse(rest, into: arena, limits: limits)
                    rest = UnsafeRawBufferPointer(rebasing: rest[progress.consumedByteCount...])
                    switch progress.step {
                    case .needsMore: precondition(rest.isEmpty, "left bytes and wants more")
                    case .head: if discardsBodies { parser.discardBody() }
                    case .complete:
                        lines.append(Transcript.line(parser))
                        arena.retire()
                        arena = pool.take()
                        parser.reset()
                    }
                } catch {
                    self.error = error
                    return
                }
            }
        }
        isUnfinished = parser.hasStarted
    }

    init(_ text: String, limits: RequestLimits = RequestLimits()) {
        self.init(Array(text.utf8), limits: limits)
    }

    private static func line(_ parser: RequestParser) -> String {
        let head = parser.head
        var parts = [
            head.methodBytes.string, head.target.string, "path=\(head.path.string)",
            "query=\(head.query.string)", "1.\(head.minorVersion)", "host=\(head.host.string)",
        ]
        for index in 0..<head.headerCount {
            let field = head.header(at: index)
            parts.append("\(field.name.string):[\(field.value.string)]")
        }
        parts.append(head.keepsAlive ? "keep" : "close")
        if head.expectsContinue { parts.append("continue") }
        parts.append("\(head.bodyLength)")
        parts.append("body=\(parser.body.string)")
        return parts.joined(separator: " ")
    }
}
