import Foundation
import Testing

extension MeasuredProgramTests {
    /// README and manual, as their reader tries them: `Tests/Examples/run` says how a page is read. In a quiet hour, since an
    /// overloaded machine makes other summaries.
    @Suite("An example", .enabled(if: Program.exists && Tool.python3.exists)) struct ExampleTests {
        private static let pages: [String] = {
            let folder = "Sources/highwater/Manual.docc"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: Program.root.appending(path: folder).path)) ?? []
            return ["README.md"] + names.filter { $0.hasSuffix(".md") }.sorted().map { "\(folder)/\($0)" }
        }()

        @Test("prints what its page says, in shape", arguments: pages)
        func examples(page: String) throws {
            let text = try String(contentsOf: Program.root.appending(path: page), encoding: .utf8)
            let script = Program.root.appending(path: "Tests/Examples/run").path
            let result = try Tool.python3.run(script, "--program", Program.path, Program.root.appending(path: page).path, within: 100)
            #expect(result.code == 0, "\(result.output)\(result.errors)")
            // A page without a fault has been read: it has as many examples as fences.
            #expect(text.matches(of: /\n```/).count.isMultiple(of: 2), "\(page)")
        }
    }
}
