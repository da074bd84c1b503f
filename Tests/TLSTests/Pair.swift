import Memory
import TLS
import TestSupport

/// A client and a server over memory, and a pump between them.
final class Pair {
    let pool = ArenaPool()
    let serverContext: TLSContext
    let clientContext: TLSContext
    private(set) var server: TLSEndpoint
    private(set) var client: TLSEndpoint
    /// What each has got so far.
    var clientGot: [UInt8] = []
    var serverGot: [UInt8] = []
    /// How each failed.
    var clientError: TLSError?
    var serverError: TLSError?
    /// Bytes handed over at once.
    var chunkByteCount = Int.max

    init(
        _ serverConfiguration: ServerTLSConfiguration, _ clientConfiguration: ClientTLSConfiguration,
        host: String = "localhost", resuming session: TLSSession? = nil
    ) throws {
        serverContext = try TLSContext(serverConfiguration, pool: pool)
        clientContext = try TLSContext(clientConfiguration, pool: pool)
        server = try TLSEndpoint(server: serverContext)
        client = try TLSEndpoint(client: clientContext, host: host, resuming: session)
    }

    /// Lets both ends go, and connects two others with the same contexts.
    func reconnect(host: String = "localhost", resuming session: TLSSession? = nil) throws {
        server = try TLSEndpoint(server: serverContext)
        client = try TLSEndpoint(client: clientContext, host: host, resuming: session)
        (clientGot, serverGot, clientError, serverError) = ([], [], nil, nil)
    }

    /// Carries bytes until neither end has any left.
    func pump() {
        while client.hasOutput || server.hasOutput {
            for bytes in chunks(of: client) {
                do { try bytes.withUnsafeBytes { try server.receive($0) { serverGot += $0 } } } catch {
                    serverError = serverError ?? (error as? TLSError)
                }
            }
            for bytes in chunks(of: server) {
                do { try bytes.withUnsafeBytes { try client.receive($0) { clientGot += $0 } } } catch {
                    clientError = clientError ?? (error as? TLSError)
                }
            }
        }
    }

    func chunks(of endpoint: TLSEndpoint) -> [[UInt8]] {
        let all = endpoint.output()
        if chunkByteCount >= all.count { return all.isEmpty ? [] : [all] }
        return stride(from: 0, to: all.count, by: chunkByteCount).map {
            Array(all[$0..<min($0 + chunkByteCount, all.count)])
        }
    }
}

extension TLSEndpoint {
    func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }

    func receive(_ bytes: [UInt8]) throws(TLSError) -> [UInt8] {
        var got: [UInt8] = []
        try bytes.withUnsafeBufferPointer { (buffer) throws(TLSError) in
            try receive(UnsafeRawBufferPointer(buffer)) { got += $0 }
        }
        return got
    }
}

/// An authority, a server it vouches for and clients that trust it.
struct World {
    let authority: CertificateAuthority
    var server: ServerTLSConfiguration
    var client: ClientTLSConfiguration

    init(names: [String] = ["localhost", "127.0.0.1"]) throws {
        authority = try CertificateAuthority()
        server = try ServerTLSConfiguration(identity: authority.issue(names: names))
        client = try ClientTLSConfiguration(verification: .trust(.authority(authority)))
    }

    func only(_ version: TLSVersion) -> World {
        var copy = self
        copy.server.versions = version...version
        return copy
    }

    func pair(host: String = "localhost") throws -> Pair { try Pair(server, client, host: host) }
}

/// Bytes that repeat only after a long while.
func pattern(_ count: Int) -> [UInt8] { patternBytes(count) }
