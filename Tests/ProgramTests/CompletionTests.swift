import Foundation
import Testing

extension ProgramTests {
    @Suite("highwater completions", .enabled(if: Program.exists)) struct Completions {
        @Test("writes a script that its shell reads", arguments: ["bash", "zsh", "fish"])
        func scripts(shell: String) throws {
            let result = try Program.run("completions", shell)
            #expect(result.code == 0 && result.output.contains("highwater"))
            #expect(result.output.contains("export"))
            // Where the shell is there, it says whether this is its language.
            let folder = try ScratchFolder()
            try result.output.write(toFile: folder("script"), atomically: false, encoding: .utf8)
            for path in ["/bin/\(shell)", "/usr/bin/\(shell)"] where FileManager.default.isExecutableFile(atPath: path) {
                let check = try ChildProcess(path, ["-n", folder("script")]).end(withinSeconds: 10)
                #expect(check.code == 0, "\(check.errors)")
                break
            }
        }

        @Test("refuses a shell that it does not know with exit 2")
        func usage() throws {
            let result = try Program.run("completions", "tcsh")
            #expect(result.code == 2 && result.errors.contains("bash"))
        }
    }
}
