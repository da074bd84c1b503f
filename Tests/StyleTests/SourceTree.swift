import Foundation
import Testing

/// A Swift file of ours, read from the package that this test was built from.
struct SourceFile: CustomTestStringConvertible {
    /// "Sources/Loop/Timer.swift"
    let path: String
    let lines: [Substring]

    /// The folder under Sources, which is the target.
    var target: String { String(path.split(separator: "/")[1]) }

    var testDescription: String { path }

    /// Names of the imported modules.
    var imports: [String] {
        lines.filter { $0.has("import ") }.compactMap { line in
            line.firstMatch(of: /^(?:@\w+ )*(?:(?:package|internal|public|private|fileprivate) )?import (?:\w+ )?(\w+)/)
                .map { String($0.1) }
        }
    }

    /// A place for a failure message.
    func place(_ index: Int) -> String { "\(path):\(index + 1): \(lines[index].trimmed)" }

    /// The comment right above a line, attributes in between; empty without one.
    func comment(above index: Int) -> String {
        var above = index - 1
        while above >= 0, lines[above].trimmed.hasPrefix("@") { above -= 1 }
        guard above >= 0, lines[above].trimmed.hasPrefix("//") else { return "" }
        return lines[above].trimmed
    }
}

enum SourceTree {
    /// The package's folder.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All Swift files under Sources, in order.
    static let files: [SourceFile] = paths(under: "Sources").filter { $0.hasSuffix(".swift") }.map { path in
        SourceFile(path: path, lines: text(path).split(separator: "\n", omittingEmptySubsequences: false))
    }

    /// Folders under Sources: our targets, and the fences of C libraries. Packaging is neither, and compiles nothing.
    static let targets = Set(paths(under: "Sources").map { $0.split(separator: "/") }.filter { $0.count > 2 }.map { String($0[1]) })
        .subtracting(["Packaging"])

    static func text(_ path: String) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    /// All files and folders below one, in order.
    static func paths(under folder: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
        return (names?.compactMap { $0 as? String } ?? []).map { "\(folder)/\($0)" }.sorted()
    }
}

extension StringProtocol {
    /// Whether one of these words occurs: a hundred times as fast as a regular expression, and so asked before one.
    func has(_ words: String...) -> Bool {
        words.contains { word in
            var rest = utf8[...]
            while let index = rest.firstIndex(of: word.utf8.first ?? 0) {
                if rest[index...].starts(with: word.utf8) { return true }
                rest = rest[utf8.index(after: index)...]
            }
            return false
        }
    }

    /// Without the space at both ends.
    var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
