import Foundation
import TestSupport
import Testing

/// A certificate for localhost in files, made by the openssl program.
final class CertificateFiles {
    private let directory: URL
    var certificate: String { directory.appending(path: "cert.pem").path }
    var key: String { directory.appending(path: "key.pem").path }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "highwater-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let made = try Tool.openssl.run(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", key, "-out", certificate)
        try #require(made.code == 0, "\(made)")
    }

    deinit { try? FileManager.default.removeItem(at: directory) }
}

extension ProgramTests {
    @Suite("Serving other people's clients over TLS", .enabled(if: Program.exists), .enabled(if: Tool.openssl.exists))
    struct SecurePeerTests {
        let files: CertificateFiles

        init() throws { files = try CertificateFiles() }

        private func server() throws -> (RunningServer, String) {
            let server = try RunningServer("--tls-listen", "127.0.0.1:0", "--cert", files.certificate, "--key", files.key)
            return (server, "localhost:\(try #require(server.securePort))")
        }

        @Test("curl verifies us and is answered over both", .enabled(if: Tool.curl.exists))
        func curl() throws {
            let (server, host) = try server()
            for (flag, version) in [("--http2", "2"), ("--http1.1", "1.1")] {
                let result = try Tool.curl.run(
                    "-sS", flag, "--cacert", files.certificate, "-w", "%{http_code} %{http_version}", "https://\(host)/health")
                #expect(result.output == "OK\n200 \(version)", "\(result)")
            }
            let stranger = try Tool.curl.run("-sS", "https://\(host)/health")
            // 60: the peer's certificate cannot be verified.
            #expect(stranger.code == 60, "\(stranger)")
            let report = try server.stop()
            #expect(report["server.tls.handshakes"] == 2)
            #expect(report["server.tls.failures.peer"] == 1)
        }

        @Test("curl sends and gets 10 MiB", .enabled(if: Tool.curl.exists), arguments: ["--http2", "--http1.1"])
        func bodies(flag: String) throws {
            let server = try RunningServer("--tls", "--tls-listen", "127.0.0.1:0", "--body-limit", "16MiB")
            let host = "localhost:\(try #require(server.securePort))"
            let body = files.certificate + ".body"
            try Data(repeating: 97, count: 10 << 20).write(to: URL(fileURLWithPath: body))
            let result = try Tool.curl.run(
                "-sS", "-k", flag, "--data-binary", "@\(body)", "-o", "/dev/null", "-w", "%{http_code} %{size_upload} %{size_download}",
                "https://\(host)/post")
            let parts = result.output.split(separator: " ").compactMap { Int($0) }
            #expect(parts.count == 3 && parts[0] == 200 && parts[1] == 10 << 20 && parts[2] > 10 << 20, "\(result)")
            let report = try server.stop()
            #expect(report["server.arena.in_use.last"] == 0)
        }

        @Test("s_client -reconnect resumes as often as we count")
        func reconnect() throws {
            let (server, host) = try server()
            let result = try Tool.openssl.run("s_client", "-connect", host, "-tls1_2", "-reconnect", "-CAfile", files.certificate)
            #expect(result.output.components(separatedBy: "Reused, TLSv1.2").count - 1 == 5, "\(result)")
            let report = try server.stop()
            #expect(report["server.tls.handshakes"] == 6)
            #expect(report["server.tls.resumed"] == 5)
        }

        @Test("nghttp gets the right bytes, more than both windows", .enabled(if: Tool.nghttp.exists))
        func nghttp() throws {
            let (server, host) = try server()
            let result = try Tool.nghttp.run("https://\(host)/bytes/500000")
            #expect(result.code == 0)
            #expect(result.outputBytes == patternBytes(500_000))
            _ = try server.stop()
        }

        @Test("h2load counts as many requests and handshakes as we do", .enabled(if: Tool.h2load.exists), arguments: [[], ["--h1"]])
        func h2load(arguments: [String]) throws {
            let (server, host) = try server()
            let path = try #require(Tool.h2load.path)
            let result = try ChildProcess(path, arguments + ["-n", "10000", "-c", "20", "-m", "10", "https://\(host)/health"])
                .end(withinSeconds: 60)
            #expect(result.output.contains("10000 succeeded, 0 failed, 0 errored, 0 timeout"), "\(result)")
            let report = try server.stop()
            #expect(report["server.requests.completed"] == 10_000)
            #expect(report["server.tls.handshakes"] == 20)
            #expect(report["server.errors.protocol"] == 0)
        }

        @Test("our own clients trust the server of their run, verification on")
        func ownClients() throws {
            let result = try Program.run("record", "--tls", "-n", "2000", "-c", "10", "-m", "5", "--loops", "2", "-t", "2", "--json")
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            #expect(report["client.requests.succeeded"] == 2_000)
            #expect(report["client.tls.handshakes"] == 10)
            #expect(report["server.tls.handshakes"] == 10)
            #expect(!result.errors.contains("not verified"))
        }

        @Test("a client that asks for a stranger's server is told why it does not trust it")
        func stranger() throws {
            let (server, host) = try server()
            let result = try Program.run("load", "https://\(host)/health", "-n", "10", "-c", "2")
            #expect(result.code == 1)
            #expect(result.errors.contains("self-signed"), "\(result)")
            let named = try Program.run(
                "load", "https://example.org/health", "--connect-to", host, "--cacert", files.certificate, "-n", "10", "-c", "1")
            #expect(named.errors.contains("not for example.org"), "\(named)")
            let trusted = try Program.run("load", "https://\(host)/health", "--cacert", files.certificate, "-n", "10", "-c", "2", "--json")
            #expect(try Report(output: trusted.output)["client.requests.succeeded"] == 10, "\(trusted)")
            let careless = try Program.run("load", "https://\(host)/health", "-k", "-n", "10", "-c", "2")
            #expect(careless.code == 0 && careless.errors.contains("not verified"), "\(careless)")
            _ = try server.stop()
        }

        @Test("what cannot be used is said at once", arguments: [
            (["--cert", "/nowhere/c.pem", "--key", "/nowhere/k.pem"], 1, "--cert: /nowhere/c.pem: there is no such file"),
            (["--cert", "/etc/hostname"], 64, "--cert and --key go together"),
            (["--cert", "/etc/hostname", "--key", "/etc/hostname"], 1, "--cert: /etc/hostname: the file holds no certificate in PEM"),
        ] as [([String], Int32, String)])
        func unusable(arguments: [String], code: Int32, words: String) throws {
            let result = try ChildProcess(Program.path, ["serve", "--listen", "0"] + arguments).end(withinSeconds: 10)
            #expect(result.code == (code == 64 ? 2 : code), "\(result)")
            #expect(result.errors.contains(words), "\(result)")
        }

        @Test("secrets are written where SSLKEYLOGFILE says, and nowhere else")
        func keyLog() throws {
            let log = files.certificate + ".keys"
            let run = ["record", "--tls", "-n", "10", "-c", "1", "-o", files.certificate + ".ndjson"]
            let silent = try ChildProcess(Program.path, run).end(withinSeconds: 20)
            #expect(silent.code == 0 && !FileManager.default.fileExists(atPath: log), "\(silent)")
            let said = try ChildProcess(Program.path, run, environment: ["SSLKEYLOGFILE": log]).end(withinSeconds: 20)
            #expect(said.code == 0, "\(said)")
            #expect(try String(contentsOfFile: log, encoding: .utf8).contains("CLIENT_TRAFFIC_SECRET_0"))
            let recording = try String(contentsOfFile: files.certificate + ".ndjson", encoding: .utf8)
            #expect(!recording.contains("SECRET") && !recording.contains("BEGIN"))
        }
    }
}
