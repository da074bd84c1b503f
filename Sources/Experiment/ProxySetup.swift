internal import Client
internal import Files
internal import Glibc
internal import Measurements
internal import Workload

extension ClientProxy {
    /// The proxy of a plan, with the user and the password that a file or the environment has: they are in no plan, and
    /// so in no recording.
    ///
    /// - Parameter authority: the server's, with its port.
    init?(_ plan: ClientPlan, usesTLS: Bool, authority: String) throws(ExperimentError) {
        guard plan.proxy != nil else { return nil }
        let user = try ClientProxy.user(plan.proxyUserFile)
        let authorization = user.map { "Basic \(Base64.text(of: Array($0.utf8)))" }
        let isHTTP2 = plan.http == .http2 || plan.http == .clearHTTP2
        self = usesTLS || isHTTP2 ? .tunnel(to: authority, authorization: authorization) : .forwarding(authorization: authorization)
    }

    /// "user:password"; nil: there is none.
    private static func user(_ file: String?) throws(ExperimentError) -> String? {
        guard let file else { return unsafe getenv("HIGHWATER_PROXY_USER").map { unsafe String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try InputFile.bytes(of: file, byteLimit: userByteLimit) } catch {
            throw ExperimentError("--proxy-user-file: \(file): \(error)")
        }
        let line = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        guard line.contains(":") else { throw ExperimentError("--proxy-user-file: \(file): the first line has no colon; write user:password") }
        return line
    }

    private static let userByteLimit = 4096
}
