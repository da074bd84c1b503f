import Glibc
import Testing
import TestSupport
import Watch

@Suite("Whether the probe can go into a program", .waiting) struct ProgramCheckTests {
    private func built(_ name: String, _ compiler: String, _ flags: [String]) -> String {
        let source = "\(Fixtures.folder)/\(name).c", path = "\(Fixtures.folder)/\(name)"
        Fixtures.write("int main(void) { return 0; }\n", to: source)
        Fixtures.run(compiler, ["-o", path, source] + flags)
        return path
    }

    @Test("it can into a program of glibc, and says what it would see")
    func dynamic() throws {
        let check = try ProgramCheck(Fixtures.uvServer)
        #expect(check.refusal == nil && check.knowledge.contains("libuv: each pending write is audited"))
        #expect(try ProgramCheck(Fixtures.uvServer, detours: true).knowledge.contains { $0.contains("--detour changes nothing, since libuv is a library") })
    }

    @Test("a libuv within the program is seen before it runs", .enabled(if: Fixtures.staticServer != nil, "no libuv_a.a"))
    func linked() throws {
        let check = try ProgramCheck(Fixtures.staticServer ?? "")
        #expect(check.knowledge.contains { $0.hasPrefix("libuv is within the program: its pending writes are not audited") })
        #if arch(x86_64)
            let detoured = try ProgramCheck(Fixtures.staticServer ?? "", detours: true)
            #expect(detoured.knowledge.contains { $0.hasPrefix("libuv is within the program: each pending write is audited by the detour") })
        #endif
    }

    @Test("it cannot into a static one, nor one of musl, nor one with AddressSanitizer; each with its reason")
    func refusals() throws {
        #expect(try ProgramCheck(built("static", "/usr/bin/cc", ["-static"])).refusal?.contains("statically") == true)
        #expect(try ProgramCheck(built("address", "/usr/bin/cc", ["-fsanitize=address"])).refusal?.contains("AddressSanitizer") == true)
        if let musl = Fixtures.tool("musl-gcc") {
            #expect(try ProgramCheck(built("musl", musl, [])).refusal?.contains("musl") == true)
        }
    }

    @Test("it cannot into a program of Go", .enabled(if: Fixtures.tool("prometheus") != nil, "no Prometheus"))
    func go() throws {
        #expect(try ProgramCheck(Fixtures.tool("prometheus") ?? "").refusal?.contains("Go") == true)
    }

    @Test("it cannot where the system gives the program another user's rights", .enabled(if: getuid() == 0, "only root can make such a file"))
    func privileges() throws {
        let path = built("setuid", "/usr/bin/cc", [])
        chown(path, 65534, 65534)
        chmod(path, 0o4755)
        #expect(try ProgramCheck(path).refusal?.contains("set-user-ID") == true)
    }

    @Test("a script is judged by its interpreter")
    func script() throws {
        let path = "\(Fixtures.folder)/script"
        Fixtures.write("#!/usr/bin/env sh\nexit 0\n", to: path)
        chmod(path, 0o755)
        let check = try ProgramCheck(path)
        #expect(check.path == path && check.image.hasSuffix("/sh") && check.refusal == nil)
    }

    @Test("what is no program is an error, or refused in words")
    func nothing() throws {
        #expect(throws: WatchError("/nowhere/server is not a program that can be executed")) { try ProgramCheck("/nowhere/server") }
        let path = "\(Fixtures.folder)/text"
        Fixtures.write("\u{7F}ELF, but no more than that", to: path)
        chmod(path, 0o755)
        #expect(try ProgramCheck(path).refusal?.contains("not a program of this machine") == true)
    }

    @Test("a refused program is not started")
    func notStarted() throws {
        let path = built("refused", "/usr/bin/cc", ["-static"])
        #expect(throws: WatchError.self) { try WatchedProcess(ProgramCheck(path), [], probe: Fixtures.probe) }
    }
}

@Suite("The probe's file", .waiting) struct ProbeFileTests {
    @Test("needs libc alone: no Swift, nothing that a C program has not")
    func libraries() {
        let needed = Fixtures.run("/usr/bin/readelf", ["-d", Fixtures.probe]).text.split(separator: "\n").filter { $0.contains("(NEEDED)") }
        #expect(needed.count == 1 && needed.first?.contains("libc.so.6") == true, "\(needed)")
    }

    @Test("asks for no newer glibc than 2.34")
    func version() {
        let versions = Fixtures.run("/usr/bin/readelf", ["--dyn-syms", "-W", Fixtures.probe]).text.matches(of: /GLIBC_2\.(\d+)/).compactMap { Int($0.1) }
        #expect(versions.max() ?? 99 <= 34)
    }

    @Test("shows the program only what it wraps: a program's own functions come before the probe's")
    func symbols() {
        // "7d80 W hw_pending_begin"; a small letter is a name that stays within the file.
        let rows = Fixtures.run("/usr/bin/nm", ["-D", "--defined-only", Fixtures.probe]).text.split(separator: "\n").map { $0.split(separator: " ") }
        let names = rows.filter { $0.count == 3 && $0[1].first?.isUppercase == true }.map { $0[2] }
        let own = names.filter { $0.hasPrefix("hw_") }
        #expect(own.sorted() == ["hw_pending_begin", "hw_pending_end"], "\(own)")
    }
}
