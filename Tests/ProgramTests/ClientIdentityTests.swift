import Foundation
import TestSupport
import Testing

/// An authority, a server's certificate for localhost and a client's, made by the openssl program.
private final class MutualCertificates {
    let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=authority", "-keyout", folder("ca.key"), "-out", folder("ca.pem"))
        for (name, use) in [("server", "subjectAltName=DNS:localhost,IP:127.0.0.1"), ("client", "extendedKeyUsage=clientAuth")] {
            try use.write(toFile: folder("ext"), atomically: false, encoding: .utf8)
            try openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)", "-keyout", folder("\(name).key"), "-out", folder("\(name).csr"))
            try openssl("x509", "-req", "-in", folder("\(name).csr"), "-CA", folder("ca.pem"), "-CAkey", folder("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", folder("ext"), "-out", folder("\(name).pem"))
        }
        try "s3cret\n".write(toFile: folder("password"), atomically: false, encoding: .utf8)
        try openssl("pkcs12", "-export", "-in", folder("client.pem"), "-inkey", folder("client.key"), "-passout", "file:\(folder("password"))", "-out", folder("client.p12"))
        try openssl("pkey", "-in", folder("client.key"), "-aes256", "-passout", "file:\(folder("password"))", "-out", folder("locked.key"))
    }

    private func openssl(_ arguments: String...) throws {
        let result = try Tool.openssl.start(arguments).end(withinSeconds: 30)
        try #require(result.code == 0, "\(result)")
    }

    func callAsFunction(_ name: String) -> String { folder(name) }
}

extension ProgramTests {
    @Suite("Certificates of clients", .enabled(if: Program.exists && Tool.openssl.exists)) struct ClientIdentityTests {
        private static let ways: [[String]] = [
            ["--client-cert", "client.pem", "--client-key", "client.key"],
            ["--client-cert", "client.pem", "--client-key", "locked.key", "--client-password-file", "password"],
            ["--client-cert", "client.p12", "--client-password-file", "password"],
        ]

        private func arguments(_ way: [String], _ files: MutualCertificates) -> [String] {
            way.map { $0.hasPrefix("-") ? $0 : files($0) }
        }

        @Test("satisfy nginx that verifies them, over TLS 1.2 and 1.3", .enabled(if: Tool.nginx.exists), arguments: ["TLSv1.2", "TLSv1.3"])
        func nginx(version: String) throws {
            let files = try MutualCertificates()
            let port = try freePort()
            let server = try Tool.nginx("""
                server {
                    listen 127.0.0.1:\(port) ssl http2; ssl_protocols \(version);
                    ssl_certificate \(files("server.pem")); ssl_certificate_key \(files("server.key"));
                    ssl_client_certificate \(files("ca.pem")); ssl_verify_client on;
                    location / { return 200 "$ssl_client_verify $ssl_client_s_dn"; }
                }
                """, in: files.folder)
            defer { server.signal(SIGTERM) }
            try #require(server.wait(seconds: 10) { (try? RawSocket(port: port)) != nil ? true : nil } == true, "\(server.errors)")
            let common = ["load", "https://localhost:\(port)/", "--connect-to", "127.0.0.1:\(port)", "--cacert", files("ca.pem"), "-n", "200", "-c", "4", "--json"]
            for way in Self.ways {
                let result = try ChildProcess(Program.path, common + arguments(way, files)).end(withinSeconds: 30)
                #expect(result.code == 0, "\(way) \(result)")
                let report = try Report(output: result.output)
                #expect(report["client.requests.succeeded"] == 200)
                #expect(report["client.bytes.received_body"] == Double(200 * "SUCCESS CN=client".utf8.count))
            }
            // nginx answers a client without a certificate, with 400.
            let bare = try ChildProcess(Program.path, common).end(withinSeconds: 30)
            #expect(try Report(output: bare.output)["client.responses.4xx"] == 200, "\(bare)")
        }

        @Test("are asked for by our own server, and their lack is named on both sides", .enabled(if: Tool.curl.exists))
        func ownServer() throws {
            let files = try MutualCertificates()
            let server = try RunningServer(
                "--tls-listen", "127.0.0.1:0", "--cert", files("server.pem"), "--key", files("server.key"), "--client-ca", files("ca.pem"))
            let url = "https://localhost:\(try #require(server.securePort))/health"
            for version in ["--tls-max=1.2", "--tlsv1.3"] {
                let flags = version.split(separator: "=").map(String.init)
                let curl = try Tool.curl.start(
                    ["-sS", "--cacert", files("ca.pem"), "--cert", files("client.pem"), "--key", files("client.key"), url] + flags).end(withinSeconds: 20)
                #expect(curl.output == "OK\n", "\(curl)")
                let bare = try Tool.curl.start(["-sS", "--cacert", files("ca.pem"), url] + flags).end(withinSeconds: 20)
                #expect(bare.code != 0, "\(bare)")
            }
            let common = ["load", url, "--cacert", files("ca.pem"), "-n", "20", "-c", "1", "--json"]
            let good = try ChildProcess(Program.path, common + arguments(Self.ways[0], files)).end(withinSeconds: 20)
            #expect(try Report(output: good.output)["client.requests.succeeded"] == 20, "\(good)")
            let refused = try ChildProcess(Program.path, common).end(withinSeconds: 30)
            #expect(refused.code != 0 && (refused.errors + refused.output).contains("certificate required"), "\(refused)")
            let report = try server.stop()
            #expect((report["server.tls.failures.no_certificate"] ?? 0) >= 3)
        }

        @Test("let a run's own clients in at its own server")
        func record() throws {
            let files = try MutualCertificates()
            let result = try ChildProcess(
                Program.path,
                ["record", "--tls", "--client-ca", files("ca.pem"), "-n", "100", "-c", "2", "--json"] + arguments(Self.ways[2], files)
            ).end(withinSeconds: 30)
            #expect(result.code == 0, "\(result)")
            #expect(try Report(output: result.output)["client.requests.succeeded"] == 100)
        }

        @Test("that cannot be used are refused in words", arguments: [
            (["--client-cert", "client.p12"], "the key is encrypted"),
            (["--client-cert", "client.p12", "--client-password-file", "ca.pem"], "the password is not the key's"),
            (["--client-cert", "client.pem", "--client-key", "locked.key"], "the key is encrypted"),
            (["--client-cert", "client.pem", "--client-key", "server.key"], "is not the key of the certificate"),
            (["--client-cert", "client.pem"], "the file holds no private key in PEM"),
            (["--client-cert", "none.pem"], "there is no such file"),
            (["--client-key", "client.key"], "is about a certificate, and there is none"),
            (["--client-cert", "client.p12", "--client-key", "client.key"], "leave out --client-key"),
        ])
        func refusals(way: [String], words: String) throws {
            let files = try MutualCertificates()
            let result = try ChildProcess(Program.path, ["load", "https://localhost:1/", "-n", "1"] + arguments(way, files)).end(withinSeconds: 20)
            #expect(result.code != 0 && result.errors.contains(words), "\(result)")
            #expect(!result.errors.contains("s3cret"))
        }
    }
}
