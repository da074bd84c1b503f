import Measurements
import SampleSupport
import Testing

@Suite("The bugs of a watched server") struct FoundBugsTests {
    private func finding(_ number: UInt64?, _ place: String, count: UInt64 = 1) -> BrokenWrite {
        var finding = brokenWrite
        finding.number = number
        finding.count = count
        finding.writePlaces = [place]
        return finding
    }

    @Test("are each one, with all times of the findings that are the same")
    func numbered() {
        var found = FoundBugs()
        #expect(found.note(finding(1, "a server.c:1 (server)")) == (0, true))
        #expect(found.note(finding(2, "b server.c:2 (server)", count: 2)) == (1, true))
        // The same code, found by another thread.
        #expect(found.note(finding(3, "a server.c:1 (server)", count: 5)) == (0, false))
        #expect(found.bugs.map(\.count) == [6, 2] && found.bugs.map(\.number) == [1, 2])
        let grown = found.update([.init(number: 1, count: 10), .init(number: 2, count: 2), .init(number: 3, count: 6)])
        #expect(grown == [0] && found.bugs.map(\.count) == [16, 2])
    }

    @Test("have numbers without a hole, where findings between them were one of those before")
    func numbers() {
        var found = FoundBugs()
        for (number, place) in [(1, "a"), (2, "a"), (3, "b"), (4, "a"), (7, "c")] { found.note(finding(UInt64(number), "\(place) server.c:1 (server)")) }
        #expect(found.bugs.map(\.number) == [1, 2, 3])
        #expect(found.update([.init(number: 7, count: 9)]) == [2] && found.bugs.map(\.count) == [3, 1, 9])
    }

    @Test("take a count that a sample tells before the finding's event, and none twice")
    func early() {
        var found = FoundBugs()
        #expect(found.update([.init(number: 1, count: 7)]).isEmpty && found.bugs.isEmpty)
        found.note(finding(1, "a server.c:1 (server)", count: 4))
        found.note(finding(1, "a server.c:1 (server)", count: 4))
        #expect(found.bugs.map(\.count) == [7])
        #expect(found.update([.init(number: 1, count: 7)]).isEmpty)
    }

    @Test("without numbers, as recordings of before have them, add up")
    func unnumbered() {
        var found = FoundBugs()
        for count: UInt64 in [1, 2, 4] { found.note(finding(nil, "a server.c:1 (server)", count: count)) }
        #expect(found.bugs.map(\.count) == [7])
    }

    @Test("that are harmful are bugs of their own beside those that the same code made harmless, and come before them")
    func harmful() {
        var found = FoundBugs(), latent = finding(1, "a server.c:1 (server)")
        latent.isLatent = true
        found.note(latent)
        #expect(found.note(finding(2, "a server.c:1 (server)")) == (1, true))
        #expect(found.bugs.harmfulFirst.map(\.number) == [2, 1])
    }

    /// libuv sent the rest of a write, whose bytes had been changed; the write is one of `place`.
    private func sentChanged(_ number: UInt64, _ place: String, next: [String], count: UInt64 = 1) -> BrokenWrite {
        var sent = finding(number, place, count: count)
        sent.kind = .remainderLost
        sent.writePlaces = ["uv__write+0x1f (libuv.so.1.0.0)", place]
        sent.foundPlaces = next
        return sent
    }

    private func changed(_ number: UInt64, _ place: String, count: UInt64 = 1) -> BrokenWrite {
        var changed = finding(number, place, count: count)
        changed.kind = .bytesChanged
        return changed
    }

    private static let libuv = ["uv__write+0x1f (libuv.so.1.0.0)", "uv_run+0x11c (libuv.so.1.0.0)", "main shop.c:92 (shop)", "_start+0x21 (shop)"]

    @Test("are one where libuv sent bytes that were changed or freed under it, and that is told, whichever came first", arguments: [false, true], [BrokenWrite.Kind.bytesChanged, .bytesFreed, .caughtWriting])
    func consequence(isFirst: Bool, kind: BrokenWrite.Kind) {
        var change = changed(2, "render shop.c:49 (shop)", count: 4), found = FoundBugs()
        change.kind = kind
        let sent = sentChanged(1, "render shop.c:49 (shop)", next: FoundBugsTests.libuv, count: 9)
        for finding in isFirst ? [sent, change] : [change, sent] { found.note(finding) }
        #expect(found.bugs.map(\.kind) == [kind] && found.bugs.map(\.count) == [13])
        #expect(found.update([.init(number: 1, count: 10), .init(number: 2, count: 5)]) == [0] && found.bugs.map(\.count) == [15])
    }

    @Test("are one where libuv's loop had cut the changed write short again, which names no write")
    func cutAgain() {
        var sent = sentChanged(1, "render shop.c:49 (shop)", next: FoundBugsTests.libuv), found = FoundBugs()
        sent.writePlaces = FoundBugsTests.libuv
        found.note(sent)
        found.note(changed(2, "render shop.c:49 (shop)"))
        #expect(found.bugs.map(\.kind) == [.bytesChanged])
    }

    @Test("are two where the program's own code went on with the write, or the change is of another write, or no libuv is there")
    func noConsequence() {
        let own = ["flush shop.c:80 (shop)", "main shop.c:92 (shop)"], loop = ["epoll_wait+0x1 (libc.so.6)", "main shop.c:92 (shop)"]
        for sent in [
            sentChanged(1, "render shop.c:49 (shop)", next: own), sentChanged(1, "other shop.c:70 (shop)", next: FoundBugsTests.libuv),
            sentChanged(1, "render shop.c:49 (shop)", next: loop),
        ] {
            var found = FoundBugs()
            found.note(sent)
            found.note(changed(2, "render shop.c:49 (shop)"))
            #expect(found.bugs.map(\.kind) == [.remainderLost, .bytesChanged], "\(sent.foundPlaces)")
        }
    }

    @Test("count from a moment on")
    func restart() {
        var found = FoundBugs()
        found.note(finding(1, "a server.c:1 (server)", count: 4))
        found.restart()
        #expect(found.update([.init(number: 1, count: 6)]) == [0] && found.bugs.map(\.count) == [2])
    }
}
