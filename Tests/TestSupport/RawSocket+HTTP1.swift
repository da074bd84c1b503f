/// An HTTP/1.1 response as a test reads it.
package struct Response {
    package let status: Int
    /// The status line and the fields as they came, each line with its end.
    package let head: String
    /// By name in lower case; the last of a name.
    package let fields: [String: String]
    package let body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }
}

extension RawSocket {
    /// - Parameter fields: whole lines, each with its end.
    package func request(_ method: String, _ target: String, fields: String = "", body: String = "") throws {
        try send("\(method) \(target) HTTP/1.1\r\nHost: test\r\n\(fields)\r\n\(body)")
    }

    /// The next response. nil: the server has closed before it was complete.
    /// - Parameter hasBody: false for the answer to HEAD.
    package func response(hasBody: Bool = true) throws -> Response? {
        guard let lines = try receiveHead(), let status = lines.first.flatMap({ Int($0.dropFirst(9).prefix(3)) }) else { return nil }
        let fields = RawSocket.fields(lines.dropFirst())
        func response(_ body: [UInt8]) -> Response {
            Response(status: status, head: lines.map { $0 + "\r\n" }.joined(), fields: fields, body: body)
        }
        if !hasBody || status < 200 || status == 204 || status == 304 { return response([]) }
        if let count = fields["content-length"].flatMap({ Int($0) }) {
            return try receive(byteCount: count).map(response)
        }
        guard fields["transfer-encoding"] == "chunked" else { return response(try receiveToEnd()) }
        var body: [UInt8] = []
        while true {
            guard let line = try receiveLine(), let count = Int(line, radix: 16),
                let chunk = try receive(byteCount: count), try receiveLine() == ""
            else { return nil }
            if count == 0 { return response(body) }
            body += chunk
        }
    }

    package func get(_ target: String) throws -> Response? {
        try request("GET", target)
        return try response()
    }

    /// Sends a whole request, and gives the status of its answer.
    package func status(of request: String) throws -> Int? {
        try send(request)
        return try response()?.status
    }

    /// The lines of a head, without the empty one that ends it. nil: the peer closed before.
    package func receiveHead() throws -> [String]? {
        var lines: [String] = []
        while let line = try receiveLine() {
            if line.isEmpty { return lines }
            lines.append(line)
        }
        return nil
    }

    /// The lines of a head after its first, by name in lower case.
    package static func fields(_ lines: some Sequence<String>) -> [String: String] {
        var fields: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            fields[parts[0].lowercased()] = parts.count < 2 ? "" : String(parts[1].drop { $0 == " " })
        }
        return fields
    }
}
