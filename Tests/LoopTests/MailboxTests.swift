import Loop
import Memory
import TestSupport
import Testing

@Suite("A mailbox", .waiting) struct MailboxTests {
    @Test("delivers the messages of several threads, each in its order, none twice")
    func order() throws {
        let loop = try EventLoop()
        let mailbox = Mailbox<(thread: Int, number: Int)>()
        var next = [0, 0, 0, 0]
        // Counted, since #expect takes a thousand times as long as the message.
        var misplaced = 0
        // Posted before the mailbox is open.
        mailbox.post((0, 0))
        try mailbox.open(on: loop) { message in
            if message.number != next[message.thread] { misplaced += 1 }
            next[message.thread] += 1
            if next == [1, 5000, 5000, 5000] { mailbox.close() }
        }
        let threads = try (1...3).map { thread in
            try LoopThread(name: "poster") { for number in 0..<5000 { mailbox.post((thread, number)) } }
        }
        loop.run()
        for thread in threads { thread.join() }
        #expect(misplaced == 0)
        #expect(next == [1, 5000, 5000, 5000])
    }

    @Test("is closed in the middle of a storm without harm")
    func close() throws {
        let loop = try EventLoop()
        let mailbox = Mailbox<Int>()
        var delivered = 0
        try mailbox.open(on: loop) { number in
            delivered += 1
            if number == 100 { mailbox.close() }
        }
        let thread = try LoopThread(name: "poster") { for number in 0..<20_000 { mailbox.post(number) } }
        loop.run()
        thread.join()
        #expect(delivered >= 101)
        mailbox.post(1)
        mailbox.close()
    }

    @Test("drops the messages that come after its end")
    func dropsAfterClose() throws {
        let loop = try EventLoop()
        let mailbox = Mailbox<Marker>()
        try mailbox.open(on: loop) { _ in }
        mailbox.close()
        loop.run()
        weak var marker: Marker?
        do {
            let strong = Marker()
            marker = strong
            mailbox.post(strong)
        }
        #expect(marker == nil)
    }

    private final class Marker: Sendable {}
}
