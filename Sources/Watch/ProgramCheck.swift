internal import CProcess
internal import Glibc

/// What can be known of a program before it runs: whether the probe can go into it, and what it would see.
package struct ProgramCheck: Sendable, Equatable {
    /// The file that would be executed.
    package var path: String
    /// The file that is looked at: the interpreter of a script, else the program itself.
    package var image: String
    /// Why the probe cannot go in; the outside view remains. nil: it can.
    package var refusal: String?
    /// What the probe would see, a line each.
    package var knowledge: [String] = []

    /// The dynamic linkers of glibc, by machine.
    private static let linkers = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"]
    /// Interpreters of scripts that are followed: more would be a circle.
    private static let scriptLimit = 4

    /// - Parameters:
    ///   - program: a path, or a name that is looked for in PATH.
    ///   - detours: a libuv within the program is to be entered by a jump (`ProbeOptions.detours`).
    /// - Throws: `WatchError` when there is no such program.
    package init(_ program: String, detours: Bool = false) throws(WatchError) {
        path = try ProgramCheck.find(program)
        image = path
        for _ in 0..<ProgramCheck.scriptLimit {
            guard let interpreter = ProgramCheck.scriptInterpreter(image) else { break }
            image = try ProgramCheck.find(interpreter)
        }
        refusal = ProgramCheck.privileges(path) ?? ProgramCheck.privileges(image)
        guard let file = ELFImage(path: image) else {
            refusal = refusal ?? "\(image) is not a program of this machine (ELF, 64 bits)"
            return
        }
        refusal = refusal ?? ProgramCheck.refusal(file)
        if refusal == nil { knowledge = ProgramCheck.knowledge(file, detours: detours) }
    }

    private static func refusal(_ file: ELFImage) -> String? {
        let isGo = file.hasSection(".go.buildinfo") || file.hasSection(".note.go.buildid")
        if isGo { return "it is written in Go, which calls the kernel past the C library: the probe would see nothing" }
        guard let linker = file.interpreter else { return "it is linked statically: the dynamic linker, which brings the probe in, does not run" }
        if linker.contains("ld-musl") { return "it is linked with musl, and the probe with glibc: it would not start" }
        guard linkers.contains(linker) else { return "it is started by \(linker.printable), not by the dynamic linker that the probe was built for" }
        if file.libraries.contains(where: { $0.hasPrefix("libasan") }) || file.hasSymbol(["__asan_init"]) {
            return "it is built with AddressSanitizer, which refuses to start unless it comes first"
        }
        return nil
    }

    private static func knowledge(_ file: ELFImage, detours: Bool) -> [String] {
        var lines = ["connections, bytes, writes cut short and whether the rest was sent right, event loops"]
        func needs(_ library: String) -> Bool { file.libraries.contains { $0.hasPrefix(library) } }
        let allocator = ["libjemalloc", "libtcmalloc", "libmimalloc"].first(where: needs)
        if let allocator { lines.append("malloc: calls and live bytes, through \(allocator)") }
        else if file.defines("malloc") { lines.append("malloc: unknown, the program has one of its own") }
        else { lines.append("malloc: calls and live bytes") }
        lines += libuv(isLibrary: needs("libuv.so"), isWithin: file.defines("uv_write2"), detours: detours)
        if needs("libssl.so") { lines.append("TLS: handshakes and resumed ones, of OpenSSL") }
        else if file.defines("SSL_do_handshake") { lines.append("TLS: unknown, the library is within the program") }
        return lines
    }

    /// How its pending writes are audited, with the detour and without.
    private static func libuv(isLibrary: Bool, isWithin: Bool, detours: Bool) -> [String] {
        if isLibrary { return ["libuv: each pending write is audited" + (detours ? "; --detour changes nothing, since libuv is a library here" : "")] }
        guard isWithin else { return detours ? ["libuv: not found in the program, so --detour changes nothing"] : [] }
        #if arch(x86_64)
            guard detours else { return ["libuv is within the program: its pending writes are not audited; with --detour they are"] }
            return ["libuv is within the program: each pending write is audited by the detour, unless the run says that it cannot be set"]
        #else
            return ["libuv is within the program: its pending writes are not audited; the detour is for x86-64 alone"]
        #endif
    }

    /// A program that gains rights when it starts: the dynamic linker ignores preloaded libraries then.
    private static func privileges(_ path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        if status.st_mode & S_ISUID != 0 && status.st_uid != getuid() || status.st_mode & S_ISGID != 0 && status.st_gid != getgid() {
            return "it is set-user-ID or set-group-ID: the system keeps preloaded libraries out of it"
        }
        if unsafe getuid() != 0 && hw_has_capabilities(path) == 1 {
            return "it has file capabilities: the system keeps preloaded libraries out of it"
        }
        return nil
    }

    /// "/usr/bin/python3" of "#!/usr/bin/env python3"; nil: no script.
    private static func scriptInterpreter(_ path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let line = String(decoding: FileBytes(descriptor: file, offset: 0, count: 256).bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard line.hasPrefix("#!") else { return nil }
        let words = line.dropFirst(2).split(separator: " ").map(String.init)
        guard let first = words.first else { return nil }
        guard first.hasSuffix("/env") else { return first }
        return words.dropFirst().first { !$0.hasPrefix("-") && !$0.contains("=") } ?? first
    }

    private static func find(_ program: String) throws(WatchError) -> String {
        if program.contains("/") {
            guard unsafe access(program, X_OK) == 0 else { throw WatchError("\(program) is not a program that can be executed") }
            return program
        }
        let folders = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        for folder in folders.split(separator: ":") where unsafe access("\(folder)/\(program)", X_OK) == 0 { return "\(folder)/\(program)" }
        throw WatchError("\(program) is not a program in PATH")
    }
}
