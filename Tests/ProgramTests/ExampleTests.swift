import Foundation
import Testing

extension MeasuredProgramTests {
    /// README and manual, as their reader tries them: `Tests/Examples/run` says how a page is read. In a quiet hour, since an
    /// overloaded machine makes other summaries.
    @Suite("An example", .enabled(if: Program.exists && Tool.python3.exists)) struct ExampleTests {
        @Test("prints what its page says, in shape")
        func examples() throws {
            let result = try Tool.python3.run(Program.root.appending(path: "Tests/Examples/run").path, "--program", Program.path, within: 240)
            #expect(result.code == 0, "\(result.output)\(result.errors)")
        }

        @Test("stands between two fences")
        func fences() throws {
            let folder = "Sources/highwater/Manual.docc"
            let pages = try FileManager.default.contentsOfDirectory(atPath: Program.root.appending(path: folder).path).filter { $0.hasSuffix(".md") }
            #expect(pages.count > 10)
            for page in ["README.md"] + pages.map({ "\(folder)/\($0)" }) {
                let text = try String(contentsOf: Program.root.appending(path: page), encoding: .utf8)
                #expect(text.matches(of: /\n```/).count.isMultiple(of: 2), "\(page)")
            }
        }
    }
}
