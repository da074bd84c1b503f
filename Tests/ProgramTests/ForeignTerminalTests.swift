import Foundation
import Testing

extension ProgramTests {
    /// htop and btop run there, since they use descriptor 0 as it is.
    @Suite("A terminal that cannot be opened by its name", .enabled(if: Program.exists)) struct ForeignTerminalTests {
        private static let shell = "/bin/sh"

        /// A mount namespace in which /dev/pts is another devpts, as in a container; of a user without rights in a user namespace.
        private static let withOtherDevpts = ["/usr/bin/unshare"] + (geteuid() == 0 ? [] : ["--map-root-user"]) + [
            "--mount", shell, "-c", "mount -t devpts -o newinstance devpts /dev/pts && exec \"$0\" \"$@\"",
        ]
        private static let asNobody = ["/usr/bin/setpriv", "--reuid", "65534", "--clear-groups"]

        private static func works(_ command: [String]) -> Bool {
            guard FileManager.default.isExecutableFile(atPath: command[0]) else { return false }
            return (try? ChildProcess(command[0], Array(command.dropFirst()) + ["/bin/true"]).end(withinSeconds: 10))?.code == 0
        }

        /// The built program may lie in a folder that other users may not enter.
        private static let nobodyRunsIt = geteuid() == 0 && works(asNobody + [Program.path, "--version", "--json"])

        /// su gives the other user's folder, and the settings of the first may be unreadable.
        private static let home = ["HOME": "/nonexistent", "XDG_CONFIG_HOME": ""]

        /// Whether the open file on descriptor 0 does not wait. The shell that started the program has the same one.
        private func isSharedFileHurried(_ program: TerminalProcess) throws -> Bool {
            let text = try String(contentsOfFile: "/proc/\(program.pid)/fdinfo/0", encoding: .utf8)
            let flags = try #require(text.firstMatch(of: /flags:\s+(\d+)/).flatMap { Int32($0.1, radix: 8) }, "\(text)")
            return flags & O_NONBLOCK != 0
        }

        private func showsAndQuits(_ program: TerminalProcess, sharesFile: Bool = false) throws {
            #expect(program.wait(for: "throughput"), "\(String(decoding: program.output, as: UTF8.self))")
            #expect(try isSharedFileHurried(program) == sharesFile)
            program.type("q")
            #expect(program.end(seconds: 20) == 0, "\(String(decoding: program.output, as: UTF8.self))")
        }

        @Test("of another devpts is drawn on", .enabled(if: works(withOtherDevpts), "no mount namespaces here"))
        func otherDevpts() throws {
            try showsAndQuits(try TerminalProcess(["-d", "30s"], through: Self.withOtherDevpts))
        }

        @Test("of another user, as after su, is drawn on", .enabled(if: nobodyRunsIt, "not root, or another user cannot run the program"))
        func otherUser() throws {
            try showsAndQuits(try TerminalProcess(["-d", "30s"], environment: Self.home, through: Self.asNobody))
        }

        @Test(
            "of another user and session, as under su -c, is drawn on, and its open file waits again afterwards",
            .enabled(if: nobodyRunsIt, "not root, or another user cannot run the program"))
        func otherSession() throws {
            let script = "\(Self.asNobody.joined(separator: " ")) setsid --wait \"$0\" \"$@\"; code=$?; grep flags /proc/self/fdinfo/0; exit $code"
            let program = try TerminalProcess(["-d", "30s"], environment: Self.home, through: [Self.shell, "-c", script])
            try showsAndQuits(program, sharesFile: true)
            let text = String(decoding: program.output, as: UTF8.self)
            let flags = try #require(text.matches(of: /flags:\s+(\d+)/).last.flatMap { Int32($0.1, radix: 8) }, "\(text.suffix(200))")
            #expect(flags & O_NONBLOCK == 0)
        }
    }
}
