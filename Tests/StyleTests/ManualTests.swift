import Foundation
import Testing

@Suite("The manual") struct ManualTests {
    private static let folder = "Sources/highwater/Manual.docc"
    /// The pages, without the list of them.
    private static let pages = SourceTree.paths(under: folder).filter { $0.hasSuffix(".md") && !$0.hasSuffix("/highwater.md") }

    @Test("has one list of its pages, and every page is on it")
    func list() {
        let listed = SourceTree.text(Self.folder + "/highwater.md").matches(of: /\n\| \[([\w-]+)\]\(([\w-]+)\.md\) \|/)
        #expect(!listed.isEmpty && listed.allSatisfy { $0.1 == $0.2 })
        #expect(listed.map { "\(Self.folder)/\($0.2).md" }.sorted() == Self.pages.sorted())
    }

    @Test("begins each page with its title and a sentence", arguments: pages)
    func beginning(page: String) {
        #expect(SourceTree.text(page).prefixMatch(of: /# \S[^\n]*\n\n[A-Z`][^\n]*[.:]\n/) != nil, "\(page)")
    }

    @Test("links to files that are there", arguments: pages + [folder + "/highwater.md", "README.md", "Sources/README.md"])
    func links(page: String) {
        let base = SourceTree.root.appending(path: page).deletingLastPathComponent()
        for link in SourceTree.text(page).matches(of: /\]\(([^)#\s]+)(?:#[^)]*)?\)/) where !link.1.contains("://") {
            #expect(FileManager.default.fileExists(atPath: base.appending(path: String(link.1)).path), "\(page): \(link.1)")
        }
    }
}
