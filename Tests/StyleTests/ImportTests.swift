import Testing

/// Who may import whom, of our targets, the C fences and the packages. `Sources/README.md` shows
/// the same table, and `Package.swift` builds by it.
private let table: [String: Set<String>] = [
    "Memory": ["CMalloc"],
    "Measurements": ["CZlib", "Histogram"],
    "Load": ["Measurements", "Memory"],
    "Files": [],
    "Recording": ["Files", "Load", "Measurements", "CZlib"],
    "Reports": ["Files", "Recording", "Load", "Measurements"],
    "Workload": ["Reports", "Load", "Measurements", "CYAML"],
    "Loop": ["Memory", "CLibuv"],
    "HTTP1": ["Memory"],
    "HTTP2": ["Memory", "CNghttp2"],
    "TLS": ["Files", "Memory", "COpenSSL"],
    "Transport": ["Loop", "TLS", "Memory", "Measurements"],
    "Server": ["Transport", "Loop", "TLS", "HTTP1", "HTTP2", "Memory", "Load", "Measurements"],
    "Client": ["Transport", "Loop", "TLS", "HTTP1", "HTTP2", "Memory", "Load", "Measurements"],
    "Experiment": ["Server", "Client", "Workload", "Reports", "Recording", "Load", "Measurements", "Files", "TLS", "HTTP1", "HTTP2", "Loop", "Watch", "CProcess"],
    "Watch": ["Files", "Measurements", "CSegment", "CProcess"],
    // C alone, and a library of its own: it goes into other programs.
    "Probe": [],
    "Themes": [],
    "Dashboard": ["Load", "Measurements", "Themes"],
    "Terminal": ["Dashboard", "CNcurses"],
    "highwater": ["Experiment", "Watch", "Dashboard", "Terminal", "Workload", "Reports", "Recording", "Load", "Measurements", "Files", "CManual", "ArgumentParser"],
]

/// What comes with the system and the compiler, and who may have it.
private let systemModules: [String: Set<String>] = [
    "Glibc": ["Files", "Memory", "Loop", "HTTP1", "Server", "Client", "Measurements", "Load", "Recording", "Reports", "Experiment", "Watch", "Terminal", "highwater"],
    "Synchronization": ["Loop", "Client", "TLS", "Measurements", "Experiment", "highwater"],
    "Dispatch": ["Experiment", "highwater"],
    // Far from everything that runs per request: it decodes JSON and Base64 of recordings.
    "FoundationEssentials": ["Measurements"],
]

@Suite("The import table") struct ImportTests {
    @Test("holds for every file", arguments: SourceTree.files)
    func isKept(file: SourceFile) {
        for module in file.imports {
            let isAllowed = systemModules[module]?.contains(file.target) ?? table[file.target, default: []].contains(module)
            #expect(isAllowed, "\(file.path) imports \(module)")
        }
    }

    @Test("has a row for every target, and no other")
    func isComplete() {
        #expect(Set(table.keys) == SourceTree.targets.filter { !$0.isFence })
    }

    @Test("gives every C library one importer")
    func fences() {
        // CProcess is no library's fence: what starts processes needs its calls of Linux. Histograms and whole recordings
        // are compressed, in two rooms.
        for fence in SourceTree.targets.filter({ $0.isFence && !["CProcess", "CZlib"].contains($0) }) {
            #expect(table.filter { $0.value.contains(fence) }.count == 1, "\(fence)")
        }
    }

    @Test("is the one in Sources/README.md")
    func isDocumented() {
        var documented: [String: Set<String>] = [:]
        for line in SourceTree.text("Sources/README.md").split(separator: "\n") {
            guard let row = line.wholeMatch(of: /([A-Za-z0-9 ]+?) +-> (.+)/) else { continue }
            // "Memory Workload -> nothing of ours": two rows in one.
            let imports = row.2 == "nothing" ? [] : Set(row.2.split(separator: " ").map(String.init))
            for target in row.1.split(separator: " ") { documented[String(target)] = imports }
        }
        for target in Set(table.keys).union(documented.keys).sorted() {
            #expect(documented[target] == table[target], "\(target)")
        }
    }

    @Test("is the one in Package.swift")
    func isBuilt() {
        let manifest = SourceTree.text("Package.swift")
        for (target, imports) in table where target != "highwater" {
            let row = manifest.split(separator: "\n").first { $0.trimmed.hasPrefix("library(\"\(target)\"") || $0.trimmed.hasPrefix(".target(name: \"\(target)\", resources") } ?? ""
            // The folder of the themes' files stands in their row too.
            let names = Set(row.matches(of: /"(\w+)"/).map { String($0.1) }).subtracting(target == "Themes" ? [target, "Files"] : [target])
            #expect(names == imports, "\(target)")
        }
    }
}

extension String {
    /// Our Swift targets have names that begin with one capital; C fences with a C before it.
    fileprivate var isFence: Bool { hasPrefix("C") && dropFirst().first?.isUppercase == true }
}
