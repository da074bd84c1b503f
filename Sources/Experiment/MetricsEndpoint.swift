internal import Loop
package import Measurements
internal import Reports
internal import Server
internal import Synchronization

/// The run's numbers on a port of their own, for Prometheus and its like.
///
/// A server of ours on a loop and a thread of its own: a scraper waits for nothing of the run,
/// and the run for no scraper. A page is made when it is asked for, from the sample published
/// last. Ends with `close`, at the latest with its owner.
package final class MetricsEndpoint: Sendable {
    /// "127.0.0.1:9464": where it listens.
    package let address: String
    /// Where the page is.
    package var url: String { "http://\(address)/metrics" }
    private let board: Board
    private let mailbox = Mailbox<End>()
    private let thread: LoopThread
    private let isClosed = Mutex(false)

    /// What the run writes and the page's thread reads.
    private final class Board: Sendable {
        let page: Mutex<MetricsPage>

        init(_ page: sending MetricsPage) { self.page = Mutex(page) }
    }

    private enum End: Sendable {
        case drain
    }

    /// Scrapers that may be connected: Prometheus is one, and a few people look. Beyond, accepted and closed.
    package static let connectionLimit = 32
    /// A scraper's head has a few hundred bytes.
    private static let headByteLimit = 16 << 10
    /// Nobody has to send one: room to read past a small one, and say 405.
    private static let bodyByteLimit = 8 << 10
    /// Within these a scraper sends its head, reads on, or asks again. Prometheus gives up after ten seconds itself.
    private static let patienceNanoseconds: UInt64 = 10_000_000_000
    /// Prometheus asks once a minute by default, and keeps its connection between.
    private static let idleNanoseconds: UInt64 = 150_000_000_000
    /// A page is whole in the socket, or nobody is reading it.
    private static let drainNanoseconds: UInt64 = 500_000_000

    /// Listens at once.
    ///
    /// - Parameters:
    ///   - host: numeric.
    ///   - port: 0: any free one.
    ///   - toolVersion: what the page calls the program.
    package init(host: String, port: Int, toolVersion: String) throws(ExperimentError) {
        guard let wanted = SocketAddress(host: host, port: port) else {
            throw ExperimentError("metrics address \(host): not numeric")
        }
        let board = Board(MetricsPage(toolVersion: toolVersion))
        self.board = board
        do throws(LoopError) {
            let socket = try Listener.Socket(binding: wanted, sharesPort: false)
            address = socket.address.description
            let mailbox = mailbox
            do throws(LoopError) {
                thread = try LoopThread(name: "metrics") { MetricsEndpoint.serve(socket, mailbox, board) }
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

    /// Stops listening, lets a page that is being sent go out, and joins the thread. Once is enough.
    package func close() {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        mailbox.post(.drain)
        thread.join()
    }

    /// The thread, from its first line to its last.
    private static func serve(_ socket: Listener.Socket, _ mailbox: Mailbox<End>, _ board: Board) {
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
        do {
            let loop = try EventLoop()
            let server = try HTTPServer(loop: loop, socket: socket, number: 0, configuration: configuration) { mailbox.close() }
            try mailbox.open(on: loop) { _ in server.drain(withinNanoseconds: drainNanoseconds) }
            loop.run()
        } catch {
            // A loop that cannot be made: the port is closed, and scrapers see that nobody is there.
            mailbox.close()
        }
    }
}
