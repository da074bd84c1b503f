import Foundation
import Testing

/// A server of gRPC without protobuf, on Python's `h2`: the last part of the path is the grpc-status of the trailers.
private final class GRPCServer {
    let process: ChildProcess
    let port: Int

    /// A Python that has the package `h2`: Debian's python3-h2.
    static let python: String? = [Tool.python3.path, "/usr/bin/python3"].compactMap(\.self).first {
        (try? ChildProcess($0, ["-c", "import h2.connection"]).end(withinSeconds: 20).code) == 0
    }

    init() throws {
        let program = """
            import socket, threading
            import h2.config, h2.connection, h2.events
            def serve(peer):
                connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
                connection.initiate_connection()
                peer.sendall(connection.data_to_send())
                paths, bodies = {}, {}
                while data := peer.recv(65536):
                    for event in connection.receive_data(data):
                        if isinstance(event, h2.events.RequestReceived):
                            fields = dict(event.headers)
                            paths[event.stream_id] = fields[":path"] if fields.get("te") == "trailers" else "/14"
                            bodies[event.stream_id] = b""
                        elif isinstance(event, h2.events.DataReceived):
                            bodies[event.stream_id] += event.data
                            connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                        elif isinstance(event, h2.events.StreamEnded):
                            stream, status = event.stream_id, paths[event.stream_id].rpartition("/")[2]
                            body = bodies[stream]
                            framed = len(body) >= 5 and int.from_bytes(body[1:5], "big") == len(body) - 5
                            if status == "only":
                                connection.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "5")], end_stream=True)
                                continue
                            connection.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc")])
                            connection.send_data(stream, b"\\0\\0\\0\\0\\2ok")
                            if status == "none": connection.end_stream(stream)
                            else: connection.send_headers(stream, [("grpc-status", status if framed else "3")], end_stream=True)
                    peer.sendall(connection.data_to_send())
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            while True: threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
            """
        let process = try ChildProcess(try #require(GRPCServer.python), ["-c", program])
        self.process = process
        port = try #require(process.wait(seconds: 10) { process.output.split(separator: "\n").first.flatMap { Int($0) } }, "\(process.errors)")
    }
}

extension ProgramTests {
    @Suite("gRPC", .enabled(if: Program.exists && GRPCServer.python != nil)) struct GRPCTests {
        @Test("calls succeed or fail by the grpc-status of their trailers")
        func statuses() throws {
            let server = try GRPCServer(), folder = try ScratchFolder()
            try Data([0, 0, 0, 0, 3, 1, 2, 3]).write(to: URL(fileURLWithPath: folder("call.bin")))
            func request(_ path: String) -> String {
                "  - { name: \"\(path)\", post: /shop.Orders/\(path), body_file: call.bin, headers: { te: trailers, content-type: application/grpc }, expect: { status: 200, grpc_status: 0 } }"
            }
            try """
                version: 1
                target: http://127.0.0.1:\(server.port)
                client: { connections: 2, streams: 4, http: h2 }
                requests:
                \(["0", "13", "none", "only"].map(request).joined(separator: "\n"))
                phases:
                  - { name: steady, duration: 1s, rate: 200 }
                thresholds:
                  - request(0).requests.failed == 0
                  - request(13).requests.succeeded == 0
                  - request(none).requests.succeeded == 0
                  - request(only).requests.succeeded == 0
                  - responses.5xx == 0
                  - responses.unexpected_grpc > 100
                """.write(toFile: folder("s.yaml"), atomically: false, encoding: .utf8)
            let result = try Program.run("run", folder("s.yaml"), "--json")
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            let done = try #require(report["client.requests.done"])
            #expect(report["client.responses.2xx"] == done && report["client.requests.errored"] == 0)
            #expect(report["client.requests.failed"] == report["client.responses.unexpected_grpc"])
            #expect((result.errors + result.output).contains("grpc-status 13, expected 0"), "\(result.errors)")
            #expect((result.errors + result.output).contains("grpc-status missing, expected 0"))
        }

        @Test("may say te: trailers, and nothing else there")
        func te() throws {
            let result = try Program.run("load", "http://127.0.0.1:1/", "-H", "te: gzip", "-n", "1")
            #expect(result.code == 2 && result.errors.contains("te"), "\(result)")
        }
    }
}
