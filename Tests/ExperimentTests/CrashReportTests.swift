import Experiment
import Foundation
import Testing

@Suite("A crash report") struct CrashReportTests {
    private let report = """
        Fatal error: something
        highwater: fault 11 at 0x88 on server-0
        nowhere() [0xdeadbeef]
        /usr/bin/highwater(+0x10)[0x1]
        /lib/x86_64-linux-gnu/libc.so.6(+0x3c050)[0x2]
        /lib/x86_64-linux-gnu/libuv.so.1(+0x1abf0)[0x3]
        /lib/x86_64-linux-gnu/libuv.so.1(uv_run+0xd6)[0x4]
        highwater: end of report

        """

    @Test("says where, and how it got there, without the handler's own frames")
    func whole() throws {
        let read = try #require(CrashReport(in: report))
        #expect(read.signal == 11 && read.address == 0x88 && read.thread == "server-0")
        #expect(read.frames == [
            .init(module: "", symbol: nil, offset: 0xDEAD_BEEF), .init(module: "libuv.so.1", symbol: nil, offset: 0x1ABF0),
            .init(module: "libuv.so.1", symbol: "uv_run", offset: 0xD6),
        ])
    }

    @Test("is read up to where it was cut off, wherever that is")
    func cutOff() {
        for count in 0...report.utf8.count {
            let read = CrashReport(in: String(decoding: report.utf8.prefix(count), as: UTF8.self))
            #expect((read?.frames.count ?? 0) <= 3)
        }
        #expect(CrashReport(in: "") == nil)
        #expect(CrashReport(in: "highwater: fault x at y on z") == nil)
    }

    @Test("has the names of functions as their source has them", arguments: [
        ("Server.Connection.send(Server.Part) throws -> ()", "Server.Connection.send"),
        ("closure #1 @Sendable () -> () in Loop.LoopThread.init(name: Swift.String, _: () -> ()) throws(Loop.LoopError) -> Loop.LoopThread", "closure #1 in Loop.LoopThread.init"),
        ("Client.UnguardedLRU.(unlink in _8F2A01)(Swift.Int) -> ()", "Client.UnguardedLRU.unlink"),
        ("Swift.Array.append(__owned A) -> ()", "Swift.Array.append"),
        ("generic specialization <Swift.Int> of Swift.Array.append(A) -> ()", "generic specialization of Swift.Array.append"),
        ("uv_run", "uv_run"), ("", ""), ("((((", ""), ("a) b", "a) b"),
    ])
    func names(name: String, short: String) {
        #expect(SymbolTable.shortened(name).replacing("  ", with: " ") == short)
    }

    @Test("finds a function of this very program, and nothing in what is no program")
    func symbols() throws {
        // Where a function of ours lies in its file: as far from the file's first mapping as in memory.
        let function: @convention(c) () -> Void = {}
        let path = try FileManager.default.destinationOfSymbolicLink(atPath: SymbolTable.ownPath)
        // String(contentsOfFile:) reads but one page of a file without a size.
        let maps = try #require(try FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd())
        let lines = String(decoding: maps, as: UTF8.self).split(separator: "\n")
        let first = try #require(lines.first { $0.hasSuffix(path) }?.prefix { $0 != "-" })
        let base = try #require(UInt64(first, radix: 16))
        let own = SymbolTable.name(at: UInt64(UInt(bitPattern: unsafeBitCast(function, to: UnsafeRawPointer.self))) - base)
        #expect(own?.name.isEmpty == false && own?.offset == 0, "\(String(describing: own))")
        let folder = FileManager.default.temporaryDirectory.appending(path: "highwater-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try Data(contentsOf: URL(fileURLWithPath: "/bin/true"))
        for length in [0, 3, 16, 63, 64, 100, program.count / 2, program.count] {
            try program.prefix(length).write(to: folder)
            #expect(SymbolTable.name(at: 0x1000, path: folder.path) == nil)
        }
    }
}
