import Foundation
import Testing

extension ProgramTests {
    /// The loopback interface takes its own name as a zone.
    @Suite("Zones of IPv6 addresses", .enabled(if: Program.exists)) struct ZoneTests {
        private static let hasIPv6 = FileManager.default.fileExists(atPath: "/proc/net/if_inet6")
            && ((try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8))?.contains(" lo\n") ?? false)

        @Test("reach the server, and are not sent to it", .enabled(if: hasIPv6 && Tool.python3.exists), arguments: ["%25lo", "%lo"])
        func loopback(zone: String) throws {
            let program = """
                import http.server, socket
                class Handler(http.server.BaseHTTPRequestHandler):
                    protocol_version = "HTTP/1.1"
                    def log_message(self, *words): pass
                    def do_GET(self):
                        body = self.headers["Host"].encode()
                        self.send_response(200 if b"%" not in body else 400)
                        self.send_header("Content-Length", str(len(body)))
                        self.end_headers()
                        self.wfile.write(body)
                class Server(http.server.HTTPServer): address_family = socket.AF_INET6
                server = Server(("::1", 0), Handler)
                print(server.server_address[1], flush=True)
                server.serve_forever()
                """
            let server = try Tool.python3.start(["-c", program])
            let port = try #require(server.wait(seconds: 10) { server.output.split(separator: "\n").first.flatMap { Int($0) } }, "\(server.errors)")
            let result = try Program.run("load", "http://[::1\(zone)]:\(port)/", "--h1", "-n", "5", "-c", "1", "--json")
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            #expect(report["client.requests.succeeded"] == 5)
            #expect(report["client.bytes.received_body"] == Double(5 * "[::1]:\(port)".utf8.count))
        }

        @Test("that are no interface are named")
        func unknown() throws {
            let result = try Program.run("load", "http://[fe80::1%25nope7]/", "-n", "1")
            #expect(result.code == 1 && result.errors.contains("no network interface 'nope7'"), "\(result)")
        }
    }
}
