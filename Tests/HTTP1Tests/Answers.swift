import HTTP1

/// What a stream of bytes came to for a client that asked `requests`: one line an answer, the error last.
final class Answers: ResponseHandler, Equatable, CustomStringConvertible {
    private var requests: [ResponseParser.Request]
    private(set) var lines: [String] = []
    private(set) var error: ResponseError?
    private(set) var fault: ResponseFault?
    private(set) var headerByteCount: UInt64 = 0
    private var head = ""
    private var body: [UInt8] = []

    /// - Parameters:
    ///   - pieces: cut points, ascending, within the stream.
    ///   - ends: the connection ends after the stream.
    init(
        _ stream: [UInt8], to requests: [ResponseParser.Request], cutAt pieces: [Int] = [], ends: Bool = true,
        limits: ResponseLimits = ResponseLimits()
    ) {
        self.requests = requests
        let parser = ResponseParser(limits: limits)
        var start = 0
        do {
            for end in pieces + [stream.count] {
                // A copy of its own, so that reading behind the piece is caught.
                let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: end - start, alignment: 1)
                defer { piece.deallocate() }
                piece.copyBytes(from: stream[start..<end])
                start = end
                try parser.parse(UnsafeRawBufferPointer(piece), for: self)
            }
            if ends { try parser.parseEnd(for: self) }
        } catch {
            self.error = error
            fault = parser.fault
        }
        headerByteCount = parser.receivedHeaderByteCount
    }

    convenience init(_ text: String, to requests: [ResponseParser.Request] = [.other], limits: ResponseLimits = ResponseLimits()) {
        self.init(Array(text.utf8), to: requests, limits: limits)
    }

    var description: String { (lines + [error.map { "error \($0)" } ?? "end"]).joined(separator: "\n") }

    static func == (left: Answers, right: Answers) -> Bool {
        left.description == right.description && (left.error != nil || left.headerByteCount == right.headerByteCount)
    }

    func responseWillBegin() -> ResponseParser.Request? {
        (head, body) = ("", [])
        return requests.isEmpty ? nil : requests.removeFirst()
    }

    func responseDidReceiveStatus(_ status: Int) { head = "\(status)" }

    func responseDidReceiveField(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        head += " \(String(decoding: name, as: UTF8.self)):[\(String(decoding: value, as: UTF8.self))]"
    }

    func responseDidReceiveBody(_ bytes: UnsafeRawBufferPointer) { body += bytes }

    func responseDidEnd(keepsAlive: Bool) {
        lines.append("\(head) \(keepsAlive ? "keep" : "close") body=\(String(decoding: body, as: UTF8.self))")
    }
}
