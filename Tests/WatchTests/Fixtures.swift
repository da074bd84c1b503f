import Glibc
import TestSupport
import Watch

/// What the tests of this target share: the probe that was built, servers built from Tests/Fixtures/watched,
/// and tools of the machine.
enum Fixtures {
    /// The package's folder.
    static let root = String(#filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/"))
    static let sources = root + "/Tests/Fixtures/watched"
    /// A folder for what is built here, of this process alone.
    static let folder: String = {
        var name = Array("/tmp/highwater-watch.XXXXXX".utf8CString)
        return mkdtemp(&name).map { String(cString: $0) } ?? "/tmp"
    }()

    /// The probe of the build that these tests belong to.
    static let probe: String = {
        let test = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
        let beside = test.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/" + ProbeLibrary.fileName
        if access(beside, R_OK) == 0 { return beside }
        return [".build/debug", ".build/release"].map { "\(root)/\($0)/\(ProbeLibrary.fileName)" }.first { access($0, R_OK) == 0 } ?? beside
    }()

    /// Our own program, of the same build.
    static let program = probe.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/highwater"

    static let uvServer = compiled("uvserver.c", "uvserver", ["-luv"])
    static let epollServer = compiled("epollserver.c", "epollserver", [])
    /// nil: Debian's libuv has no archive here.
    static let staticServer: String? = {
        let archive = "/usr/lib/\(machine)-linux-gnu/libuv_a.a"
        return access(archive, R_OK) == 0 ? compiled("uvserver.c", "uvserver-static", [archive, "-lpthread", "-ldl"]) : nil
    }()

    static var machine: String {
        #if arch(arm64)
            "aarch64"
        #else
            "x86_64"
        #endif
    }

    /// Builds a fixture with the system's compiler. The name of a program that is not there when that fails: the test says so.
    static func compiled(_ source: String, _ name: String, _ libraries: [String], compiler: String = "/usr/bin/cc") -> String {
        let path = "\(folder)/\(name)"
        _ = run(compiler, ["-g", "-O1", "-fno-omit-frame-pointer", "-o", path, "\(sources)/\(source)"] + libraries)
        return path
    }

    /// Where a program of the machine is; nil: not installed.
    static func tool(_ name: String) -> String? {
        ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin"].map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Python with a module; nil: no Python here has it. Debian's comes first, then a venv with PyPI's.
    static func python(with module: String) -> String? {
        let pythons = [root + "/.build/python/bin/python", "/usr/bin/python3"]
        return pythons.first { access($0, X_OK) == 0 && run($0, ["-c", "import \(module)"]).code == 0 }
    }

    /// Runs a program to its end. What it says on standard output and error; code -1 when it did not end by itself.
    @discardableResult
    static func run(_ path: String, _ arguments: [String], seconds: Double = 60) -> (code: Int32, text: String) {
        let output = "\(folder)/output.\(getpid()).\(UInt64.random(in: 0..<UInt64.max))"
        defer { unlink(output) }
        guard let program = try? SpawnedProgram(path, arguments, output: output) else { return (-1, "") }
        let code = program.finish(withinSeconds: seconds)
        return (code, text(of: output))
    }

    static func text(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65536)
        while case let count = read(file, &block, block.count), count > 0 { bytes += block[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func write(_ text: String, to path: String) { write(Array(text.utf8), to: path) }

    static func write(_ bytes: [UInt8], to path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        var written = 0
        while written < bytes.count, case let count = bytes[written...].withUnsafeBytes({ Glibc.write(file, $0.baseAddress, $0.count) }), count > 0 { written += count }
        close(file)
    }

    /// A port of the loopback that was free a moment ago. 0: the system has none.
    static func freePort() -> UInt16 { (try? RawListener()).map { UInt16($0.port) } ?? 0 }

    /// "uvserver.c:73": the line of a fixture that holds this text, once.
    static func line(_ text: String, in file: String) -> String {
        let lines = Fixtures.text(of: "\(sources)/\(file)").split(separator: "\n", omittingEmptySubsequences: false)
        let index = lines.firstIndex { $0.contains(text) } ?? -1
        return "\(file):\(index + 1)"
    }
}
