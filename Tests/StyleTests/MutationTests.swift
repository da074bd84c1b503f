import Foundation
import Testing

@Suite("The mistakes that Tests/Mutations makes")
struct MutationTests {
    /// One block of `cases`: its values by their names.
    private static let cases: [[Substring: Substring]] = SourceTree.text("Tests/Mutations/cases").split(separator: "\n\n").map { block in
        let rows = block.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { row in row.firstRange(of: ": ").map { (row[..<$0.lowerBound], row[$0.upperBound...]) } }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }.filter { !$0.isEmpty }

    @Test("are in lines that their files have, once each")
    func lines() {
        #expect(MutationTests.cases.count > 70)
        for mistake in MutationTests.cases {
            let file = SourceTree.text(String(mistake["file"] ?? ""))
            for line in [mistake["find"], mistake["with"]].compactMap(\.self) {
                #expect(file.ranges(of: line).count == 1, "\(mistake["name"] ?? ""): \(line)")
            }
        }
    }

    @Test("are to be noticed by suites, or files of tests, that there are")
    func suites() {
        var suites: Set<Substring> = []
        for path in SourceTree.paths(under: "Tests") where path.hasSuffix(".swift") {
            suites.formUnion(path.split(separator: "/").suffix(1))
            for line in SourceTree.text(path).split(separator: "\n") where line.has("struct ", "enum ", "class ") {
                let words = line.split { $0 == " " || $0 == ":" }
                for (word, next) in zip(words, words.dropFirst()) where ["struct", "enum", "class"].contains(word) { suites.insert(next) }
            }
        }
        let names = MutationTests.cases.compactMap { $0["tests"]?.split(separator: "|").compactMap { $0.split(separator: ".").last } }.joined()
        for name in Set(names) { #expect(suites.contains { $0.hasPrefix(name) }, "\(name)") }
    }
}
