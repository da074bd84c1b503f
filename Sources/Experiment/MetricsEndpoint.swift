internal import Loop
package import Measurements
internal import Reports
internal import Server
internal import Synchronization

/// The run's numbers on a port of their own, for Prometheus and its like.
///
/// A server of ours on a loop and a thread of its own: a scraper waits for nothing of the run,
/// and the run for no scraper. A page is made when it is asked for, from the sample published
/// last. Ends with `close`, at the latest with its owner. Where its loop cannot be made the port is
/// closed, and scrapers find nothing there.
package final class MetricsEndpoint: Sendable {
    /// "127.0.0.1:9464": where it listens.
    package let address: String
    /// Where the page is.
    package var url: String { "http://\(address)/metrics" }
    private let board: Board
    private let worker: LoopWorker<ServerSample>
    private let isClosed = Mutex(false)

    /// The page's numbers: the run writes them, the page's thread reads them.
    private final class Board: Sendable {
        let page: Mutex<MetricsPage>

        init(_ page: sending MetricsPage) { self.page = Mutex(page) }
    }

    /// Scrapers that may be connected: Prometheus is one, and a few people look. Those beyond are accepted and closed.
    package static let connectionLimit = 32
    /// A scraper's head has a few hundred bytes.
    private static let headByteLimit = 16 << 10
    /// A scraper sends no body: room to read past a small one, and to answer 405.
    private static let bodyByteLimit = 8 << 10
    /// Within this time a scraper sends its head, or reads on. Prometheus itself gives up after ten seconds.
    private static let patienceNanoseconds: UInt64 = 10_000_000_000
    /// Prometheus asks once a minute by default, and keeps its connection between.
    private static let idleNanoseconds: UInt64 = 150_000_000_000
    /// By then a page is whole in the socket, or its scraper is not reading.
    private static let drainNanoseconds: UInt64 = 500_000_000

    /// Listens at once.
    ///
    /// - Parameters:
    ///   - host: numeric.
    ///   - port: 0: any free one.
    ///   - toolVersion: the program's version on the page.
    package init(host: String, port: Int, toolVersion: String) throws(ExperimentError) {
        guard let wanted = SocketAddress(host: host, port: port) else {
            throw ExperimentError("metrics address \(host): not numeric")
        }
        let board = Board(MetricsPage(toolVersion: toolVersion))
        self.board = board
        do throws(LoopError) {
            let socket = try Listener.Socket(binding: wanted)
            address = socket.address.description
            do throws(LoopError) {
                worker = try LoopWorker(name: "metrics") { onEnd in
                    try HTTPServer.make(number: 0, socket: socket, configuration: MetricsEndpoint.configuration(board), onEnd: onEnd)
                }
            } catch {
                socket.close()
                throw error
            }
        } catch {
            throw ExperimentError(error.description)
        }
    }

    deinit { close() }

    /// Takes the next sample of the run.
    package func publish(_ sample: Sample) { board.page.withLock { $0.add(sample) } }

    /// Stops listening, lets a page that is being sent go out, and joins the thread. A second call does nothing.
    package func close() {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        worker.post(.stop(askedNanoseconds: EventLoop.monotonicNanoseconds(), withinNanoseconds: MetricsEndpoint.drainNanoseconds))
        worker.join()
    }

    private static func configuration(_ board: Board) -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.connectionLimit = connectionLimit
        configuration.headByteLimit = headByteLimit
        configuration.bodyByteLimit = bodyByteLimit
        configuration.headerTimeoutNanoseconds = patienceNanoseconds
        configuration.requestTimeoutNanoseconds = patienceNanoseconds
        configuration.idleTimeoutNanoseconds = idleNanoseconds
        configuration.page = ServedPage(path: "/metrics", directions: "Highwater's numbers are at /metrics\n") { accept in
            let form = MetricsPage.Form(accept: accept)
            let page = board.page.withLock { $0 }
            return ServedPage.Content(type: form.contentType, text: page.text(form))
        }
        return configuration
    }
}
