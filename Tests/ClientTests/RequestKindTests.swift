import Client
import Load
import Measurements
import Server
import TestSupport
import Testing

@Suite("Requests of several kinds", .waiting)
struct RequestKindTests {
    @Test("are counted each by its kind, over HTTP/1.1 and HTTP/2", arguments: [true, false])
    func kinds(isHTTP1: Bool) throws {
        let server = try ServerThread()
        let paths = ["/bytes/100", "/status/503", "/status/404", "/health"]
        let run = try LoadRun(server.configuration {
            $0.requests = 400
            $0.streams = 4
            $0.paths = paths
            $0.kinds[3].weight = 5
            if isHTTP1 { $0.httpVersion = .http1 }
        })
        let served = server.stop()
        expectSums(run, requests: 400)
        let kinds = run.total.byRequest
        #expect(kinds.map(\.name) == paths.map { "GET \($0)" })
        #expect(kinds.map(\.statusNumbers) == [
            [NumberedStatus(status: 200, count: 50)], [NumberedStatus(status: 503, count: 50)], [NumberedStatus(status: 404, count: 50)],
            [NumberedStatus(status: 200, count: 250)],
        ])
        #expect(kinds.map(\.failed) == [0, 50, 50, 0])
        #expect(kinds[0].bodyBytes == 5_000 && kinds.map(\.serviceTime.count) == [50, 50, 50, 250])
        #expect(run.total.statusNumbers.map(\.count) == [300, 50, 50] && served?.requests.completed == 400)
    }

    @Test("whose names would be the same have numbers")
    func names() {
        var order = RequestKind("/")
        order.name = "order"
        #expect(RequestKind.names(of: [order, RequestKind("/"), order, RequestKind("/"), order]) == [
            "order", "GET /", "order (2)", "GET / (2)", "order (3)",
        ])
    }

    @Test("that were never sent have a row of their own")
    func unsent() throws {
        // Closed at once: connections to its port are refused.
        var configuration = try ClientConfiguration(port: RawListener().port)
        configuration.requests = 5
        configuration.options.connectTimeout = .milliseconds(100)
        let run = try LoadRun(configuration)
        expectSums(run, requests: 5)
        #expect(run.total.byRequest.map(\.name) == ["GET /", RequestSample.unsentName])
        #expect(run.total.byRequest.map(\.errored) == [0, 5])
    }
}
