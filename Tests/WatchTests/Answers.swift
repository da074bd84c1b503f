import Glibc
import Testing
import TestSupport

/// Descriptors that this process may have: connections of tests, and of the servers that inherit it.
let descriptorLimit: Int = {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int(clamping: limit.rlim_cur)
}()

/// Reads an answer with a Content-Length, and holds each byte of its body against one letter.
func expectWhole(_ client: RawSocket, _ byteCount: Int, _ letter: Character, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let body = try receiveBody(client)
    #expect(body.count == byteCount, sourceLocation: sourceLocation)
    #expect(body.allSatisfy { $0 == letter.asciiValue }, sourceLocation: sourceLocation)
}

/// Reads an answer with a Content-Length. Empty: the connection ended first.
func receiveBody(_ client: RawSocket) throws -> [UInt8] {
    var length = 0
    while let line = try client.receiveLine() {
        if line.isEmpty { return try client.receive(byteCount: length) ?? [] }
        let parts = line.lowercased().split(separator: ":")
        if parts.count == 2, parts[0] == "content-length" { length = Int(parts[1].filter { $0 != " " }) ?? 0 }
    }
    return []
}
