import Foundation
import TestSupport
import Testing

extension ProgramTests {
    @Suite("Unix sockets", .enabled(if: Program.exists)) struct UnixSocketTests {
        /// `highwater serve` on a Unix socket that it has bound.
        private func serve(_ path: String, _ arguments: String...) throws -> ChildProcess {
            let process = try ChildProcess(Program.path, ["serve", "--listen", "unix:\(path)", "--json"] + arguments)
            let isUp = process.wait(seconds: 10) { (process.output + process.errors).contains("unix:\(path)") ? true : nil }
            try #require(isUp == true, "\(process.output) \(process.errors)")
            return process
        }

        private func permissions(_ path: String) -> Int? {
            (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
        }

        @Test("serve curl, over both protocols, and go with the server", .enabled(if: Tool.curl.exists))
        func curl() throws {
            let folder = try ScratchFolder()
            let server = try serve(folder("s"))
            #expect(permissions(folder("s")) == 0o600)
            for flag in ["--http1.1", "--http2-prior-knowledge"] {
                let result = try Tool.curl.run("-sS", flag, "--unix-socket", folder("s"), "-w", "%{http_code}", "http://localhost/health")
                #expect(result.output == "OK\n200", "\(result)")
            }
            server.signal(SIGTERM)
            let result = server.end(withinSeconds: 20)
            #expect(result.code == 0)
            #expect(try Report(output: result.output)["server.requests.completed"] == 2)
            #expect(!FileManager.default.fileExists(atPath: folder("s")))
        }

        @Test("are shared by the server's loops, and counted as much as the clients ask")
        func load() throws {
            let folder = try ScratchFolder()
            let server = try serve(folder("s"), "--loops", "3", "--socket-mode", "660")
            #expect(permissions(folder("s")) == 0o660)
            let result = try Program.run("load", "http://example.org/bytes/100", "--unix-socket", folder("s"), "-n", "3000", "-c", "30", "-m", "3", "--json")
            #expect(result.code == 0, "\(result)")
            #expect(try Report(output: result.output)["client.requests.succeeded"] == 3_000)
            server.signal(SIGTERM)
            let end = server.end(withinSeconds: 20)
            let report = try Report(output: end.output)
            #expect(report["server.requests.completed"] == 3_000 && report["server.connections.accepted"] == 30)
            #expect(!FileManager.default.fileExists(atPath: folder("s")))
        }

        @Test("connect a run's own clients to its own server")
        func record() throws {
            let folder = try ScratchFolder()
            let result = try Program.run("record", "--listen", "unix:\(folder("s"))", "-n", "500", "-c", "5", "-o", folder("r.ndjson"), "--json")
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            #expect(report["client.requests.succeeded"] == 500 && report["server.requests.completed"] == 500)
        }

        @Test("of a server that is dead are replaced; those of a live one, and other files, are not")
        func stale() throws {
            let folder = try ScratchFolder()
            let first = try serve(folder("s"))
            let second = try Program.run("serve", "--listen", "unix:\(folder("s"))", "-d", "1s")
            #expect(second.code == 1 && second.errors.contains("address already in use"), "\(second)")
            first.signal(SIGKILL)
            _ = first.end(withinSeconds: 10)
            #expect(FileManager.default.fileExists(atPath: folder("s")))
            let third = try serve(folder("s"))
            third.signal(SIGTERM)
            #expect(third.end(withinSeconds: 20).code == 0)
            try Data("mine".utf8).write(to: URL(fileURLWithPath: folder("file")))
            let fourth = try Program.run("serve", "--listen", "unix:\(folder("file"))", "-d", "1s")
            #expect(fourth.code == 1 && fourth.errors.contains("no socket"), "\(fourth)")
            #expect(try String(contentsOfFile: folder("file"), encoding: .utf8) == "mine")
        }

        @Test("of nginx take a load", .enabled(if: Tool.nginx.exists), arguments: ["--h1", "--h2c"])
        func nginx(version: String) throws {
            let folder = try ScratchFolder()
            let listen = "unix:\(folder("n"))\(version == "--h2c" ? " http2" : "")"
            let server = try Tool.nginx("server { listen \(listen); location / { return 200 \"$host\"; } }", in: folder)
            defer { server.signal(SIGTERM) }
            try #require(server.wait(seconds: 10) { FileManager.default.fileExists(atPath: folder("n")) ? true : nil } == true, "\(server.errors)")
            let result = try Program.run("load", "http://example.org/", "--unix-socket", folder("n"), version, "-n", "2000", "-c", "4", "-m", "5", "--json")
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            // The host of the URL is the authority.
            #expect(report["client.requests.succeeded"] == 2_000 && report["client.bytes.received_body"] == Double(2_000 * "example.org".utf8.count))
        }

        @Test("that cannot be are refused in words", arguments: [
            (["serve", "--listen", "unix:"], 2, "write unix:/tmp/server.sock"),
            (["serve", "--listen", "unix:/tmp/x", "--socket-mode", "999"], 2, "write 600 or 660"),
            (["load", "http://h/", "--unix-socket", "/nonexistent/s", "-n", "1"], 1, "no such file or directory"),
            (["load", "http://h/", "--unix-socket", "/tmp/s", "--connect-to", "h:1", "-n", "1"], 2, "exclude each other"),
        ])
        func refusals(arguments: [String], code: Int32, words: String) throws {
            let result = try ChildProcess(Program.path, arguments).end(withinSeconds: 30)
            #expect(result.code == code && (result.errors + result.output).contains(words), "\(result)")
        }
    }
}
