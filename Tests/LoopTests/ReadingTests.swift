import Dispatch
import Glibc
import Loop
import Memory
import TestSupport
import Testing

@Suite("A stream that reads", .waiting) struct ReadingTests {
    @Test("hears every byte, then the end")
    func bytes() throws {
        let sent = pattern(300_000)
        var owner: Owner?
        let fixture = try LoopFixture { accepted in
            owner = accepted
            accepted.onEnd = { accepted.stream.close() }
            accepted.stream.startReading()
        }
        let peer = try RawSocket(port: fixture.port)
        let thread = try LoopThread(name: "peer") { [box = Sending(peer)] in
            try? box.value.send(sent)
            box.value.close()
        }
        _ = fixture.run()
        thread.join()
        #expect(owner?.received == sent)
        #expect(owner?.stream.receivedBytes == UInt64(sent.count))
        #expect(owner?.events == ["end", "closed"])
    }

    @Test("hears that the peer has reset")
    func reset() throws {
        var owner: Owner?
        var peer: RawSocket?
        let fixture = try LoopFixture { accepted in
            owner = accepted
            accepted.onFail = { _ in accepted.stream.close() }
            accepted.stream.startReading()
            peer?.reset()
        }
        peer = try RawSocket(port: fixture.port)
        _ = fixture.run()
        #expect(owner?.events == ["failed", "closed"])
    }

    @Test("hears nothing while it does not read")
    func stopped() throws {
        var owner: Owner?
        let hasStopped = DispatchSemaphore(value: 0)
        let fixture = try LoopFixture { accepted in
            owner = accepted
            accepted.stream.startReading()
            accepted.onRead = { _ in
                accepted.stream.stopReading()
                hasStopped.signal()
                let timer = Timer(loop: accepted.stream.loop)
                let pause = After(timer, milliseconds: 30) {
                    #expect(accepted.received.count == 3)
                    accepted.onRead = { _ in accepted.stream.close() }
                    accepted.stream.startReading()
                    timer.close()
                }
                accepted.onClose = { _ = pause }
            }
        }
        let peer = try RawSocket(port: fixture.port)
        try peer.send("one")
        let thread = try LoopThread(name: "peer") { [box = Sending(peer)] in
            _ = hasStopped.wait(timeout: .now() + 10)
            try? box.value.send("two")
        }
        _ = fixture.run()
        thread.join()
        #expect(owner?.received == Array("onetwo".utf8))
    }

    @Test("that has finished drops what still comes, and hears the peer's end")
    func finish() throws {
        var owner: Owner?
        let fixture = try LoopFixture { accepted in
            owner = accepted
            accepted.onEnd = { accepted.stream.close() }
            accepted.send(Array("bye".utf8))
            accepted.stream.finish()
        }
        let peer = try RawSocket(port: fixture.port)
        let thread = try LoopThread(name: "peer") { [box = Sending(peer)] in
            _ = try? box.value.receive(byteCount: 3)
            try? box.value.send("too late")
            box.value.close()
        }
        _ = fixture.run()
        thread.join()
        #expect(owner?.received == [])
        #expect(owner?.stream.receivedBytes == 8)
        #expect(owner?.events == ["end", "closed"])
    }

    @Test("that has finished sends its queue to a peer that said its end first")
    func finishAfterEnd() throws {
        let size = 2 << 20
        let received = Handover<[UInt8]>()
        let fixture = try LoopFixture(sendBufferByteCount: 16 * 1024) { accepted in
            accepted.stream.startReading()
            accepted.onEnd = {
                if accepted.stream.isOpen {
                    accepted.send(pattern(size))
                    accepted.stream.finish()
                } else {
                    #expect(accepted.stream.pendingWrites == 0)
                    accepted.stream.close()
                }
            }
        }
        let peer = try RawSocket(port: fixture.port, receiveBuffer: 32_768)
        peer.finishSending()
        let thread = try LoopThread(name: "peer") { [box = Sending(peer)] in
            _ = box.value.isReadable()
            received.give((try? box.value.receiveToEnd()) ?? [])
        }
        #expect(fixture.run().inUseCount == 0)
        thread.join()
        #expect(received.take() == pattern(size))
    }

    @Test("that has finished sends its queue to a peer that says its end meanwhile")
    func endAfterFinish() throws {
        let size = 2 << 20
        let received = Handover<[UInt8]>()
        let fixture = try LoopFixture(sendBufferByteCount: 16 * 1024) { accepted in
            accepted.onEnd = { accepted.stream.close() }
            accepted.send(pattern(size))
            accepted.stream.finish()
        }
        let peer = try RawSocket(port: fixture.port, receiveBuffer: 32_768)
        let thread = try LoopThread(name: "peer") { [box = Sending(peer)] in
            _ = box.value.isReadable()
            box.value.finishSending()
            _ = holds { box.value.endHasArrived }
            received.give((try? box.value.receiveToEnd()) ?? [])
        }
        #expect(fixture.run().inUseCount == 0)
        thread.join()
        #expect(received.take() == pattern(size))
    }
}

@Suite("A stream that connects", .waiting) struct ConnectingTests {
    @Test("reaches a listener, and both know the other's address")
    func connects() throws {
        var peerOfServer: String?
        let fixture = try LoopFixture { accepted in
            peerOfServer = accepted.stream.peerAddress?.host
            accepted.onEnd = { accepted.stream.close() }
            accepted.stream.startReading()
        }
        let client = Owner(TCPStream(loop: fixture.loop))
        client.onConnect = { error in
            #expect(error == nil)
            #expect(client.stream.peerAddress?.port == fixture.port)
            client.stream.close()
        }
        client.stream.connect(to: SocketAddress(host: "127.0.0.1", port: fixture.port)!)
        _ = fixture.run()
        #expect(client.events == ["connected", "closed"])
        #expect(peerOfServer == "127.0.0.1")
    }

    @Test("hears that the port has no listener")
    func refused() throws {
        let loop = try EventLoop()
        let socket = try Listener.Socket(binding: .loopback)
        socket.close()
        let client = Owner(TCPStream(loop: loop))
        client.onConnect = { error in
            #expect(error?.code == -ECONNREFUSED)
            client.stream.close()
        }
        client.stream.connect(to: socket.address)
        loop.run()
        #expect(client.events == ["refused", "closed"])
    }

    @Test("can be given up while it waits")
    func givenUp() throws {
        let loop = try EventLoop()
        let client = Owner(TCPStream(loop: loop))
        // A full backlog answers no SYN: the one listener here takes one and accepts none.
        let full = try FullListener()
        let timer = Timer(loop: loop)
        let pause = After(timer, milliseconds: 50) {
            client.stream.close()
            timer.close()
        }
        client.stream.connect(to: SocketAddress(host: "127.0.0.1", port: full.port)!)
        loop.run()
        #expect(client.events == ["closed"])
        withExtendedLifetime(pause) {}
    }
}

/// A port whose backlog is full, so that connecting to it takes for ever.
private final class FullListener {
    let port: Int
    private let descriptor: Int32
    private var fillers: [Int32] = []

    init() throws {
        let socket = try Listener.Socket(binding: .loopback)
        descriptor = socket.descriptor
        port = socket.address.port
        guard listen(descriptor, 0) == 0 else { throw SystemError(call: "listen", number: errno) }
        for _ in 0..<4 {
            let filler = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            _ = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(filler, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            fillers.append(filler)
        }
    }

    deinit { for descriptor in fillers + [descriptor] { close(descriptor) } }
}
