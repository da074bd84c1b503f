import Glibc
import Measurements
import Testing
import TestSupport
import Watch

@Suite("A segment that a broken server wrote over") struct SegmentTests {
    /// A segment of random or of constant bytes, as long as a real one or cut off.
    private func segment(_ byteCount: Int, _ bytes: (Int) -> UInt8) -> ProbeSegment {
        let path = "\(Fixtures.folder)/segment.\(UInt64.random(in: 0..<UInt64.max))"
        Fixtures.write((0..<byteCount).map(bytes), to: path)
        let file = open(path, O_RDONLY | O_CLOEXEC)
        unlink(path)
        return ProbeSegment(descriptor: file)
    }

    @Test("is read without harm, whatever is in it", arguments: 0..<40)
    func random(seed: Int) {
        var random = Random(seed: UInt64(seed))
        // The first processes with their rows: beyond them nothing is of another kind.
        let size = seed % 2 == 0 ? 200_000 : random.next(below: 100_000)
        let reading = segment(size) { _ in UInt8(truncatingIfNeeded: random.next()) }.read()
        for finding in reading.findings { #expect(!finding.sentence.isEmpty) }
        _ = reading.counters
    }

    @Test("may have the largest number everywhere")
    func full() {
        let reading = segment(600_000) { _ in 0xFF }.read()
        #expect(reading.processes.isEmpty && reading.findings.isEmpty)
    }

    @Test("may be empty, or gone")
    func empty() {
        #expect(segment(0) { _ in 0 }.read().processes.isEmpty)
        #expect(ProbeSegment(descriptor: -1).read().processes.isEmpty)
    }

    @Test("is found by no other program that this one starts")
    func notInherited() throws {
        let segment = try ProbeSegment(ProbeOptions())
        #expect(Fixtures.run("/bin/ls", ["-l", "/proc/self/fd"]).text.contains("memfd") == false)
        #expect(segment.environment.value.hasPrefix("/proc/\(getpid())/fd/"))
    }
}

@Suite("Words of evidence", .waiting) struct EvidenceTests {
    @Test("addresses are named with function, file and line, inlined functions too")
    func places() throws {
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", "ignored"])
        let client = try watched.provokeSlowly()
        let evidence = try #require(watched.evidence(.remainderLost))
        #expect(evidence.writePlaces.prefix(2).map(\.function) == ["go_on", "respond"], "\(evidence.writePlaces)")
        #expect(evidence.text.contains("cut short at, and next write at\n    go_on epollserver.c:"))
        #expect(evidence.finding.sentence.contains("bytes to 127.0.0.1:"))
        client.close()
    }

    @Test("an address without code, or in a file that is gone, is a number")
    func unknown() {
        let module = CodeModule(start: 0x1000, end: 0x2000, offset: 0, path: "/nowhere/lib.so")
        let places = Symbolizer().places([0x1235, 0x9999], in: [module])
        #expect(places.map(\.description) == ["lib.so+0x234", "0x9999: no code there"])
    }
}

@Suite("Addresses of peers") struct PeerAddressTests {
    @Test("are written as people write them")
    func words() {
        #expect(PeerAddress(address: [127, 0, 0, 1], port: 80)?.description == "127.0.0.1:80")
        #expect(PeerAddress(address: [UInt8](repeating: 0, count: 15) + [1], port: 80)?.description == "[::1]:80")
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 10, 0, 0, 1]
        #expect(PeerAddress(address: mapped, port: 80)?.description == "10.0.0.1:80")
        let long: [UInt8] = [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
        #expect(PeerAddress(address: long, port: 443)?.description == "[2001:db8::2]:443")
    }
}
