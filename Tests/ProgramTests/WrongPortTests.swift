import Foundation
import TestSupport
import Testing

extension ProgramTests {
    @Suite("A URL of the wrong kind", .enabled(if: Program.exists)) struct WrongPortTests {
        @Test("https:// at a port in the clear is told")
        func schemes() throws {
            let server = try RunningServer()
            let clear = try Program.run("load", "https://127.0.0.1:\(server.port)/health", "-k", "-n", "2", "--connect-timeout", "400ms")
            #expect(clear.code == 1 && clear.errors.contains("write http://"), "\(clear)")
            _ = try server.stop()
        }

        @Test("http:// and HTTP/1.1 at a port of TLS is told, whatever the server does about it")
        func clear() throws {
            let server = try RunningServer("--tls", "--tls-listen", "127.0.0.1:0")
            let silent = try Program.run("load", "http://127.0.0.1:\(try #require(server.securePort))/health", "--h1", "-n", "2", "-c", "1")
            #expect(silent.code == 1 && silent.errors.contains("write https://"), "\(silent)")
            _ = try server.stop()
        }

        @Test("a request whose head is too large is refused before the run, over either protocol", arguments: ["--h1", "--h2c"])
        func head(http: String) throws {
            // An argument has 128 KiB at most.
            let headers = (0..<12).flatMap { ["-H", "x-\($0): " + String(repeating: "a", count: 100_000)] }
            let result = try ChildProcess(Program.path, ["load", "http://127.0.0.1:1/", http, "-n", "1"] + headers).end(withinSeconds: 10)
            #expect(result.code == 2, "\(result.code)")
            #expect(result.errors.hasPrefix("Error: --header makes the head of a request 1.16MiB long; at most 1 MiB can be sent"), "\(result.errors.prefix(200))")
        }

        @Test("a name that cannot be resolved has an error of its own")
        func name() throws {
            let result = try Program.run("load", "http://nowhere.invalid/", "-n", "1", "--connect-timeout", "3s")
            #expect(result.code == 1)
            #expect(result.errors.contains("nowhere.invalid: "), "\(result)")
            #expect(!result.errors.contains("unknown node"))
        }
    }

    @Suite("The body of --data", .enabled(if: Program.exists && Tool.python3.exists)) struct DataTests {
        @Test("is a file's text without line ends, and braces in it are no template")
        func file() throws {
            let server = try PythonServer(
                preamble: "",
                handler: """
                    def do_POST(self):
                        body = self.rfile.read(int(self.headers["Content-Length"]))
                        self.send_response(200 if body == b"a=1&b={{seq}}" else 500)
                        self.send_header("Content-Length", "0")
                        self.end_headers()
                    """)
            let file = FileManager.default.temporaryDirectory.appending(path: "highwater-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: file) }
            try Data("a=1\r\n&b=\u{0}{{seq}}\n".utf8).write(to: file)
            let result = try Program.run(
                "load", "http://127.0.0.1:\(server.port)/", "--h1", "--data", "@\(file.path)", "-n", "5", "-c", "1", "--json")
            #expect(result.code == 0, "\(result)")
            #expect(try Report(output: result.output)["client.responses.2xx"] == 5)
            let none = try Program.run("load", "http://127.0.0.1:\(server.port)/", "--data", "@/nowhere", "-n", "1")
            #expect(none.errors.contains("--data: /nowhere: No such file or directory"), "\(none)")
        }
    }

    @Suite("A server that asks for a certificate of ours", .enabled(if: Program.exists && Tool.openssl.exists))
    struct ClientCertificateTests {
        @Test("ends the connection with an alert, which is named", arguments: ["--h1", "--h2"])
        func alert(http: String) throws {
            let files = try CertificateFiles()
            let port = try freePort()
            let server = try Tool.openssl.start([
                "s_server", "-accept", "127.0.0.1:\(port)", "-cert", files.certificate, "-key", files.key, "-Verify", "1", "-alpn", "h2,http/1.1", "-quiet",
            ])
            defer { server.signal(SIGTERM) }
            _ = server.wait(seconds: 10) { (try? RawSocket(port: port)) != nil ? true : nil }
            let result = try Program.run("load", "https://127.0.0.1:\(port)/", "-k", http, "-n", "2", "-c", "1")
            #expect(result.code == 1)
            #expect((result.output + result.errors).contains("certificate required"), "\(result)")
        }
    }
}
