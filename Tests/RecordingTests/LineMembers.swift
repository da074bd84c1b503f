/// The members of a line of JSON in their order, each number and word as its bytes are: `server.tls.handshakes`, `0`.
struct LineMembers {
    struct Member: Equatable {
        let path: String
        let text: String
    }

    private(set) var members: [Member] = []
    private let bytes: [UInt8]
    private var position = 0

    init(_ line: String) {
        bytes = Array(line.utf8)
        readValue("")
    }

    /// The members under these paths, in order.
    func members(at paths: Set<String>) -> [Member] { members.filter { paths.contains($0.path) } }

    /// The members under other paths, in order.
    func members(besides paths: Set<String>) -> [Member] { members.filter { !paths.contains($0.path) } }

    private mutating func readValue(_ path: String) {
        switch bytes[position] {
        case UInt8(ascii: "{"): readList(path, isObject: true)
        case UInt8(ascii: "["): readList(path, isObject: false)
        default: members.append(Member(path: path, text: takeScalar()))
        }
    }

    private mutating func readList(_ path: String, isObject: Bool) {
        let end = UInt8(ascii: isObject ? "}" : "]")
        position += 1
        var count = 0
        while bytes[position] != end {
            if count > 0 { take(",") }
            let name = isObject ? takeScalar().filter { $0 != "\"" } : "\(count)"
            if isObject { take(":") }
            readValue(path.isEmpty ? name : "\(path).\(name)")
            count += 1
        }
        position += 1
        if count == 0 { members.append(Member(path: path, text: isObject ? "{}" : "[]")) }
    }

    /// A text with its quotes, a number or a word.
    private mutating func takeScalar() -> String {
        let start = position
        if bytes[position] == UInt8(ascii: "\"") {
            position += 1
            while bytes[position] != UInt8(ascii: "\"") { position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1 }
            position += 1
        } else {
            while position < bytes.count, !",:]}".utf8.contains(bytes[position]) { position += 1 }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func take(_ mark: Unicode.Scalar) {
        precondition(bytes[position] == UInt8(ascii: mark), "no \(mark) at byte \(position)")
        position += 1
    }
}
