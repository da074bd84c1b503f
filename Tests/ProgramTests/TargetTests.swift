import Foundation
import Testing

extension ProgramTests {
    @Suite("Targets from elsewhere than the command line", .enabled(if: Program.exists)) struct TargetTests {
        /// Prints what comes: method, path, the headers that a test looks at, and the body in hexadecimal digits.
        private func echo() throws -> PythonServer {
            try PythonServer(
                preamble: "",
                handler: """
                    def answer(self):
                        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                        names = ["Content-Type", "Cookie", "User-Agent", "Referer", "Authorization", "Accept-Encoding", "X-Id", "Accept"]
                        # curl accepts everything by default, and has a name of its own.
                        values = [(self.headers.get(name) or "").replace("*/*", "") for name in names]
                        values[2] = "" if values[2].startswith(("curl/", "highwater")) else values[2]
                        print("\\t".join([self.command, self.path, body.hex()] + values), flush=True)
                        self.send_response(200)
                        self.send_header("Content-Length", "0")
                        self.end_headers()
                    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer
                    """)
        }

        @Test("slow readers ask a server that is not ours for what the load asks for", .enabled(if: Tool.python3.exists))
        func slowReaders() throws {
            let server = try echo()
            let ours = try Program.run(
                "load", "http://127.0.0.1:\(server.port)/page/7", "--h1", "-c", "1", "-d", "1s", "--slow-readers", "2")
            #expect(ours.code == 0, "\(ours)")
            let paths = server.process.output.split(separator: "\n").dropFirst().compactMap { $0.split(separator: "\t").dropFirst().first }
            #expect(Set(paths) == ["/page/7"], "\(Set(paths))")
        }

        @Test("a command of curl sends what curl sends", .enabled(if: Tool.curl.exists && Tool.python3.exists), arguments: [
            "curl URL/a?b=c",
            "curl 'URL/post' -H 'X-Id: it'\\''s {{7}}' -H \"accept: text/plain\" --data-raw $'a=\\u00e9\\n1'",
            "curl -XPUT URL/put \\\n  -H 'Content-Type: application/json' \\\n  -d '{\"a\": 1}' -b 'k=v; l=w' -A 'agent 7' -e http://from/",
            "curl --compressed -u eve:secret URL/who -d a=1 -d b=2 --http1.1",
            "curl -G URL/search --data 'q=1' -k", "curl -I URL/head", "curl --json '{}' URL/j", "curl --request DELETE URL/x",
        ])
        func curl(text: String) throws {
            let server = try echo()
            let command = text.replacing("URL", with: "http://127.0.0.1:\(server.port)")
            let theirs = try ChildProcess("/bin/bash", ["-c", command.replacing("curl ", with: "curl -sS ", maxReplacements: 1)]).end(withinSeconds: 20)
            #expect(theirs.code == 0, "\(theirs)")
            let ours = try Program.run("load", "--curl", command, "--h1", "-n", "1", "-c", "1")
            #expect(ours.code == 0, "\(ours)")
            let lines = try #require(server.process.wait(seconds: 10) { () -> [String]? in
                let lines = server.process.output.split(separator: "\n").dropFirst().map(String.init)
                return lines.count >= 2 ? lines : nil
            }, "\(server.process.output)")
            #expect(lines[0] == lines[1])
        }

        @Test("a command of curl that is more than a request is refused by its flag", arguments: [
            ("curl -L http://h/", "-L of curl means nothing for a load"), ("curl http://h/ --output x", "--output of curl means nothing"),
            ("curl 'http://h/", "a quotation has no end"), ("curl -s", "-s of curl means nothing"), ("curl", "there is no URL"),
            ("curl http://h/ http://i/", "two URLs"), ("curl -b jar http://h/", "file of cookies"),
        ])
        func refusals(command: String, words: String) throws {
            let result = try Program.run("load", "--curl", command, "-n", "1")
            #expect(result.code == 2 && result.errors.contains(words), "\(result)")
        }

        @Test("a file of URLs is asked by its weights and methods")
        func file() throws {
            let server = try RunningServer(), folder = try ScratchFolder()
            try """
                # the shop
                \(server.url("/health")) 3
                POST \(server.url("/post"))

                GET \(server.url("/get?n={{random.int 1 9}}")) 5
                \(server.url("/health"))
                """.write(toFile: folder("urls"), atomically: false, encoding: .utf8)
            let result = try Program.run("load", "--urls", folder("urls"), "-n", "1000", "-c", "1", "-m", "4", "--json")
            #expect(result.code == 0, "\(result)")
            let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.drop { $0 != "{" }.utf8)) as? [String: Any])
            let rows = (json["client"] as? [String: Any])?["by_request"] as? [[String: Any]] ?? []
            #expect(rows.compactMap { $0["name"] as? String } == ["GET /health", "POST /post", "GET /get?n={{random.int 1 9}}"])
            #expect(rows.compactMap { ($0["requests"] as? [String: Any])?["done"] as? Int } == [400, 100, 500])
            #expect(try server.stop()["server.requests.completed"] == 1_000)
        }

        @Test("the method that a line names wins over the options, and a GET has no body", .enabled(if: Tool.python3.exists))
        func ownMethods() throws {
            let server = try echo(), folder = try ScratchFolder()
            let url = "http://127.0.0.1:\(server.port)"
            try "GET \(url)/a\n\(url)/b\nPUT \(url)/c\n".write(toFile: folder("urls"), atomically: false, encoding: .utf8)
            let result = try Program.run("load", "--urls", folder("urls"), "--data", "x=1", "--h1", "-n", "3", "-c", "1")
            #expect(result.code == 0, "\(result)")
            let lines = try #require(server.process.wait(seconds: 10) { () -> [String]? in
                let lines = server.process.output.split(separator: "\n").dropFirst().map { $0.split(separator: "\t", omittingEmptySubsequences: false).prefix(3).joined(separator: " ") }
                return lines.count >= 3 ? lines : nil
            }, "\(server.process.output)")
            #expect(lines.sorted() == ["GET /a ", "POST /b 783d31", "PUT /c 783d31"])
        }

        @Test("a file that is no list of URLs is refused with its line", arguments: [
            ("", "there is no URL in it"), ("http://h/\nnothing\n", "line 2: \"nothing\" has no scheme"), ("http://h/\nhttp://i:x/\n", "line 2: \"x\" is not a port"),
            ("http://h/ 0\n", "line 1: 0 is not a weight"), ((1...65).map { "http://h/\($0)\n" }.joined(), "line 65: more than 64"),
        ])
        func wrongFile(text: String, words: String) throws {
            let folder = try ScratchFolder()
            try text.write(toFile: folder("urls"), atomically: false, encoding: .utf8)
            let result = try Program.run("load", "--urls", folder("urls"), "-n", "1")
            #expect(result.code == 2 && result.errors.contains(words), "\(result)")
            let both = try Program.run("load", "http://h/", "--urls", folder("urls"))
            #expect(both.code == 2 && both.errors.contains("exclude each other"), "\(both)")
        }
    }
}
