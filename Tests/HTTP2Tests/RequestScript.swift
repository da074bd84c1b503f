import Memory
import TestSupport

/// One request as frames, well-formed or not.
struct RequestScript {
    struct Field: Equatable {
        var name: [UInt8]
        var value: [UInt8]

        init(_ name: String, _ value: String) {
            self.name = Array(name.utf8)
            self.value = Array(value.utf8)
        }
    }

    var head: [Field]
    /// Bytes of each DATA frame.
    var body: [Int] = []
    /// Of each DATA frame; nil: not padded.
    var padding: UInt8?
    var trailers: [Field]?
    /// Where END_STREAM stands: on the last of its frames, or on none.
    var ends = true
    /// Fields that the static table has go as numbers of it.
    var usesTable = false
    /// Where the head's block goes on in a CONTINUATION frame.
    var continuation: Int?
    /// A DATA frame comes on the stream when all is over.
    var hasDataBehind = false
    /// The server answers at the head.
    var isAnsweredEarly = false

    init(_ head: [Field]) { self.head = head }

    /// - Parameter table: of the connection; its fields go into it and come from it. nil: none does.
    func bytes(_ stream: UInt32, _ table: inout SentTable?) -> [UInt8] {
        var frames = headers(head, stream, &table)
        for (index, count) in body.enumerated() {
            var frame = Frame.data(stream, (0..<count).map { UInt8(truncatingIfNeeded: $0) }, ends: false)
            if let padding {
                frame.flags |= 8
                frame.payload = [padding] + frame.payload + [UInt8](repeating: 0, count: Int(padding))
            }
            if ends && trailers == nil && index == body.count - 1 { frame.flags |= Frame.endStream }
            frames.append(frame)
        }
        if let trailers { frames += headers(trailers, stream, &table) }
        if ends && (trailers != nil || body.isEmpty) {
            // On HEADERS, also where CONTINUATION follows.
            for index in frames.indices.reversed() where frames[index].kind == .headers {
                frames[index].flags |= Frame.endStream
                break
            }
        }
        if hasDataBehind { frames.append(.data(stream, [1], ends: true)) }
        return frames.flatMap(\.bytes)
    }

    private func headers(_ fields: [Field], _ stream: UInt32, _ table: inout SentTable?) -> [Frame] {
        let block = fields.flatMap { field -> [UInt8] in
            if let known = RequestScript.place(of: field), usesTable { return [0x80 + known] }
            return table?.block(field) ?? self.block(field)
        }
        let cut = min(continuation ?? block.count, block.count)
        var frames = [Frame(kind: .headers, stream: stream, payload: Array(block[..<cut]))]
        if cut < block.count { frames.append(Frame(kind: .continuation, stream: stream, payload: Array(block[cut...]))) }
        frames[frames.count - 1].flags |= Frame.endHeaders
        return frames
    }

    /// HPACK's form of a field, without its dynamic table.
    private func block(_ field: Field) -> [UInt8] {
        if usesTable {
            if let name = RequestScript.names[field.name] { return (name < 15 ? [name] : [15, name - 15]) + Frame.literal(field.value) }
        }
        return [0] + Frame.literal(field.name) + Frame.literal(field.value)
    }

    private static func place(of field: Field) -> UInt8? { table.firstIndex(of: field).map { UInt8($0) + 2 } }

    /// From number 2 on (RFC 7541, appendix A).
    private static let table = [
        Field(":method", "GET"), Field(":method", "POST"), Field(":path", "/"), Field(":path", "/index.html"),
        Field(":scheme", "http"), Field(":scheme", "https"),
    ]

    private static let names: [[UInt8]: UInt8] = [
        Array(":authority".utf8): 1, Array(":method".utf8): 2, Array(":path".utf8): 4, Array(":scheme".utf8): 6,
        Array(":status".utf8): 8, Array("accept".utf8): 19, Array("content-length".utf8): 28, Array("host".utf8): 38,
        Array("transfer-encoding".utf8): 57,
    ]
}

extension RequestScript: CustomStringConvertible {
    var description: String {
        func text(_ fields: [Field]) -> String {
            fields.map { "\(String(decoding: $0.name, as: UTF8.self).debugDescription): \(String(decoding: $0.value, as: UTF8.self).debugDescription)" }
                .joined(separator: ", ")
        }
        return "[\(text(head))] body \(body) trailers \(trailers.map(text) ?? "none") ends \(ends) early \(isAnsweredEarly)"
    }
}
