import Foundation
import Testing

@Suite("Every source file") struct FileTests {
    /// One noun a file: most have 80 to 300 lines. Beyond this a facet wants out.
    private static let lineLimit = 400

    @Test("fits on a few screens", arguments: SourceTree.files)
    func size(file: SourceFile) {
        #expect(file.lines.count <= FileTests.lineLimit, "\(file.path) has \(file.lines.count) lines")
    }

    @Test("is finished, and turns no error into a crash", arguments: SourceTree.files)
    func words(file: SourceFile) {
        for (index, line) in file.lines.enumerated() {
            #expect(!line.has("try!", "as!"), "\(file.place(index))")
            guard line.has("TODO", "FIXME", "XXX", "HACK") else { continue }
            #expect(line.firstMatch(of: /\b(?:TODO|FIXME|XXX|HACK)\b/) == nil, "\(file.place(index))")
        }
    }

    /// The clock that schedules and samples have, which stands still while the machine sleeps. With a second clock
    /// a run would end before its load.
    @Test("has one clock", arguments: SourceTree.files.filter { $0.path.hasPrefix("Sources/") })
    func clock(file: SourceFile) {
        for (index, line) in file.lines.enumerated() { #expect(!line.contains("ContinuousClock"), "\(file.place(index))") }
    }

    @Test("gives a reason for what the compiler cannot check", arguments: SourceTree.files)
    func reasons(file: SourceFile) {
        for (index, line) in file.lines.enumerated() where line.has("fatalError", "@unchecked", "nonisolated") && !line.trimmed.hasPrefix("//") {
            guard line.firstMatch(of: /\bfatalError\(|@unchecked Sendable|nonisolated\(unsafe\)/) != nil else { continue }
            #expect(!file.comment(above: index).isEmpty, "\(file.place(index))")
        }
    }

    /// Properties and initialisers may speak for themselves, or for the type above them.
    @Test("says what its types and functions are for", arguments: SourceTree.files)
    func documentation(file: SourceFile) {
        let declaration =
            /^\s*(?:@\w+(?:\([^)]*\))? )*(?:package|public) (?:(?:static|final|mutating|borrowing|consuming|indirect) )*(?:func (?![<=])|struct|class|enum|protocol|actor|typealias|subscript)/
        for (index, line) in file.lines.enumerated() where line.has("package ", "public ") && line.firstMatch(of: declaration) != nil {
            // What fulfils a protocol is explained there.
            if let name = line.firstMatch(of: /func (\w+)\(/), FileTests.requirements[file.target]?.contains(String(name.1)) == true { continue }
            #expect(file.comment(above: index).hasPrefix("///"), "\(file.place(index))")
        }
    }

    /// The functions that the protocols of a target ask for: those in a protocol have no access level of their own.
    private static let requirements: [String: Set<String>] = SourceTree.files.reduce(into: [:]) { found, file in
        var isProtocol = false
        for line in file.lines {
            if line.hasPrefix("package protocol ") || line.hasPrefix("protocol ") { isProtocol = true }
            if line == "}" { isProtocol = false }
            if isProtocol, line.hasPrefix("    func "), let name = line.firstMatch(of: /^    func (\w+)\(/) { found[file.target, default: []].insert(String(name.1)) }
        }
    }

    /// A character that some terminals give two columns, and others one, shifts all that follows.
    @Test("draws with characters of one column", arguments: SourceTree.files.filter { ["Dashboard", "Terminal"].contains($0.target) })
    func glyphs(file: SourceFile) {
        for (index, line) in file.lines.enumerated() {
            for scalar in line.unicodeScalars {
                let isWide = scalar.properties.isEmojiPresentation || scalar.value == 0xFE0F
                    || (0x1100...0x115F).contains(scalar.value) || (0x2E80...0xD7A3).contains(scalar.value)
                    || (0xF900...0xFAFF).contains(scalar.value) || (0xFF00...0xFF60).contains(scalar.value)
                    || scalar.value >= 0x1F000
                #expect(!isWide, "\(file.place(index))")
            }
        }
    }
}

@Suite("The top level") struct TopLevelTests {
    @Test("holds what the design names, and dot files")
    func entries() throws {
        let allowed: Set = ["Package.swift", "Package.resolved", "Sources", "Tests", "Themes", "README.md", "LICENSE"]
        let entries = try tracked().compactMap { $0.split(separator: "/").first.map(String.init) }
        for entry in Set(entries) where !entry.hasPrefix(".") {
            #expect(allowed.contains(entry), "\(entry)")
        }
    }

    @Test("keeps what a build makes out of the history")
    func generated() throws {
        for path in try tracked() {
            #expect(path != "Package.resolved" && !path.hasPrefix(".build") && !path.hasSuffix(".ndjson"), "\(path)")
        }
    }

    /// What git has; without git (an archive), what lies there.
    private func tracked() throws -> [String] {
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = ["git", "-C", SourceTree.root.path, "-c", "safe.directory=*", "ls-files", "-z"]
        let pipe = Pipe()
        git.standardOutput = pipe
        git.standardError = FileHandle.nullDevice
        try git.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        git.waitUntilExit()
        let paths = output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard git.terminationStatus == 0, !paths.isEmpty else {
            return try FileManager.default.contentsOfDirectory(atPath: SourceTree.root.path)
                .filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }
        }
        return paths
    }
}
