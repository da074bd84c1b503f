import Glibc
import Loop
import Memory
import TestSupport
import Testing

@Suite("A listener", .waiting) struct ListenerTests {
    @Test("refuses a port that another socket has, and says which")
    func portInUse() throws {
        let first = try Listener.Socket(binding: .loopback)
        defer { first.close() }
        #expect(listen(first.descriptor, 1) == 0)
        #expect {
            _ = try Listener.Socket(binding: first.address)
        } throws: { error in
            (error as? LoopError)?.code == -EADDRINUSE && "\(error)".contains(first.address.description)
        }
    }

    @Test("shares its port with the others of its group")
    func shared() throws {
        let group = try Listener.Socket.group(binding: .loopback, count: 3)
        let loop = try EventLoop()
        var owners: [Int: [Owner]] = [:]
        let listeners = try group.enumerated().map { index, socket in
            try Listener(loop: loop, socket: socket) { owners[index, default: []].append(Owner($0)) }
        }
        #expect(Set(group.map(\.address.port)).count == 1)
        let peers = try (0..<100).map { _ in try RawSocket(port: group[0].address.port) }
        let timer = Timer(loop: loop)
        let tick = Each(timer, milliseconds: 1) {
            guard owners.values.reduce(0, { $0 + $1.count }) == peers.count else { return }
            timer.close()
            for listener in listeners { listener.close() }
            for owner in owners.values.joined() { owner.stream.close() }
        }
        loop.run()
        withExtendedLifetime(tick) {}
        // The kernel deals by a hash: that one of three gets none of a hundred happens once in 10^17.
        #expect(owners.count == 3)
    }

    @Test("of a group refuses a port on which another server listens, alone or in a group of its own", arguments: [1, 2])
    func groupInUse(count: Int) throws {
        let forgotten = try Listener.Socket.group(binding: .loopback, count: count)
        defer { for socket in forgotten { socket.close() } }
        for socket in forgotten { #expect(listen(socket.descriptor, 1) == 0) }
        for count in 1...2 {
            #expect {
                _ = try Listener.Socket.group(binding: forgotten[0].address, count: count)
            } throws: { error in
                (error as? LoopError)?.code == -EADDRINUSE
            }
        }
    }

    @Test("that has closed accepts no connection, and the loop ends")
    func closed() throws {
        let loop = try EventLoop()
        let socket = try Listener.Socket(binding: .loopback)
        let listener = try Listener(loop: loop, socket: socket) { _ in }
        listener.close()
        listener.close()
        loop.run()
        #expect(throws: SystemError.self) { try RawSocket(port: socket.address.port) }
    }

    /// In a process of its own: the limit on descriptors is the whole process's.
    @Test("without free descriptors closes new connections, and recovers")
    func starved() async {
        await #expect(processExitsWith: .success) {
            let loop = try EventLoop()
            let socket = try Listener.Socket(binding: .loopback)
            var owners: [Owner] = []
            var closed: [Int] = []
            let listener = try Listener(loop: loop, socket: socket, starved: { closed.append($0) }) { owners.append(Owner($0)) }
            let before = try RawSocket(port: socket.address.port)
            // Connections of three phases: fine, none left, fine again.
            let starving = try (0..<3).map { _ in try RawSocket(port: socket.address.port) }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var none = limit
            // The lowest free number and all above: only the descriptor that the listener holds back can take a connection.
            let free = open("/dev/null", O_RDONLY)
            close(free)
            none.rlim_cur = rlim_t(free)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none)
            let timer = Timer(loop: loop)
            var step = 0
            let tick = Each(timer, milliseconds: 30) {
                step += 1
                if step == 1 {
                    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                    for peer in starving + [before] { precondition(try! peer.isClosed()) }
                    _ = try! RawSocket(port: socket.address.port)
                } else {
                    timer.close()
                    listener.close()
                    for owner in owners { owner.stream.close() }
                }
            }
            loop.run()
            withExtendedLifetime(tick) {}
            precondition(owners.count == 1, "took \(owners.count)")
            precondition(closed.reduce(0, +) == 4, "told of \(closed)")
        }
    }
}

/// Calls back every so often until the timer is closed.
final class Each: TimerTarget {
    private let body: () -> Void
    private let nanoseconds: UInt64

    init(_ timer: Timer, milliseconds: Int, body: @escaping () -> Void) {
        self.body = body
        nanoseconds = UInt64(milliseconds) * 1_000_000
        timer.target = self
        timer.setDeadline(nanoseconds: .now + nanoseconds)
    }

    func timerDidFire(_ timer: Timer) {
        timer.setDeadline(nanoseconds: .now + nanoseconds)
        body()
    }
}

@Suite("A socket address", .waiting) struct SocketAddressTests {
    @Test("is read and written in both families")
    func text() {
        #expect(SocketAddress(host: "127.0.0.1", port: 80)?.description == "127.0.0.1:80")
        #expect(SocketAddress(host: "::1", port: 443)?.description == "[::1]:443")
        #expect(SocketAddress(host: "localhost", port: 1) == nil)
        #expect(SocketAddress(host: "127.0.0.1", port: 65_536) == nil)
        #expect(SocketAddress(host: "127.0.0.1", port: -1) == nil)
        #expect((try? SocketAddress.resolveAll(host: "127.0.0.1", port: 7))?.map(\.description) == ["127.0.0.1:7"])
        let local = try? SocketAddress.resolveAll(host: "localhost", port: 7)
        #expect(local?.map(\.description).contains("127.0.0.1:7") == true)
        #expect(Set(local?.map(\.description) ?? []).count == local?.count, "each once")
        do {
            _ = try SocketAddress.resolveAll(host: "no such host", port: 7)
            Issue.record("a name that cannot be was resolved")
        } catch {
            #expect(error.description.contains("there is no such name") || error.description.contains("name servers"), "\(error)")
        }
    }
}
