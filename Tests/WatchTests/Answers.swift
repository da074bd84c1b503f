import Glibc
import Testing
import TestSupport

/// Descriptors that this process may have: connections of tests, and of the servers that inherit it.
let descriptorLimit: Int = {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int(clamping: limit.rlim_cur)
}()

/// Reads an answer with a Content-Length, whose body must be one letter so many times.
func expectWhole(_ client: RawSocket, _ byteCount: Int, _ letter: Character, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let body = try client.body()
    #expect(body.count == byteCount, sourceLocation: sourceLocation)
    let isWhole = body == [UInt8](repeating: letter.asciiValue ?? 0, count: byteCount)
    #expect(isWhole, "not each of its bytes is \(letter)", sourceLocation: sourceLocation)
}

extension RawSocket {
    /// The body of the next answer. Empty: the connection ended before it was whole.
    func body() throws -> [UInt8] { try response()?.body ?? [] }
}
