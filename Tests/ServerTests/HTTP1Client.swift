import TestSupport

/// An HTTP/1.1 response as a test reads it.
struct Response {
    let status: Int
    /// Names in lower case.
    let fields: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
}

extension RawSocket {
    /// - Parameter fields: whole lines, each with its end.
    func request(_ method: String, _ target: String, fields: String = "", body: String = "") throws {
        try send("\(method) \(target) HTTP/1.1\r\nHost: test\r\n\(fields)\r\n\(body)")
    }

    /// The next response. nil: the server has closed before it was complete.
    /// - Parameter hasBody: false for the answer to HEAD.
    func response(hasBody: Bool = true) throws -> Response? {
        guard let line = try receiveLine(), let status = Int(line.dropFirst(9).prefix(3)) else { return nil }
        var fields: [String: String] = [:]
        while true {
            guard let line = try receiveLine() else { return nil }
            if line.isEmpty { break }
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = String(parts.last?.drop { $0 == " " } ?? "")
        }
        func response(_ body: [UInt8]) -> Response { Response(status: status, fields: fields, body: body) }
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

    func get(_ target: String) throws -> Response? {
        try request("GET", target)
        return try response()
    }
}
