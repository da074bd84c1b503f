import Foundation
import Testing

/// What no compiler checks: files for Debian's tools, Docker, Homebrew and GitHub, and shell scripts.
/// `Tests/Packaging/run` builds and installs the packages; this takes a second.
@Suite("The packaging") struct PackagingTests {
    private static func packaging(_ file: String) -> String { SourceTree.text("Sources/Packaging/\(file)") }

    /// Files that begin with the name of a shell.
    private static let scripts: [String] = ["Sources/Packaging", "Tests", ".ci"].flatMap { folder in
        SourceTree.paths(under: folder).filter { $0.split(separator: "/").last?.contains(".") == false || $0.hasSuffix(".sh") }
    }.filter { SourceTree.text($0).firstMatch(of: /^#!(?:\/bin\/sh|\/usr\/bin\/env bash)\n/) != nil }

    @Test("has a changelog that begins with an entry of Debian's form")
    func changelog() {
        let entry = /highwater \(\d+\.\d+\.\d+(?:~\w+)?\) \w+; urgency=\w+\n\n(?:  [^\n]*\n)+\n -- [^<\n]+ <[^>\n]+>  \w{3}, \d\d \w{3} \d{4} [\d:]{8} [+-]\d{4}\n/
        #expect(Self.packaging("debian/changelog").prefixMatch(of: entry) != nil)
    }

    @Test("names the licence of each package that is linked in")
    func copyright() throws {
        let copyright = Self.packaging("debian/copyright")
        let packages = SourceTree.text("Package.swift").matches(of: /\.package\(url: ".*\/([\w-]+)"/).map { String($0.1) }
        try #require(!packages.isEmpty)
        for package in packages { #expect(copyright.contains("\nFiles: \(package)\n"), "\(package)") }
    }

    @Test("builds with the libraries that .ci/install installs")
    func libraries() throws {
        let installed = try #require(SourceTree.text(".ci/install").firstMatch(of: /packages=\((.*)\)/)).1.matches(of: /[\w.+-]+-dev/)
        let needed = try #require(Self.packaging("debian/control").firstMatch(of: /Build-Depends: (.*)/)).1.matches(of: /[\w.+-]+-dev/)
        #expect(Set(installed.map { String($0.0) }) == Set(needed.map { String($0.0) }))
    }

    @Test("builds the image with the Swift that Package.swift asks for")
    func swift() throws {
        let tools = try #require(SourceTree.text("Package.swift").firstMatch(of: /swift-tools-version: ([\d.]+)/)).1
        #expect(Self.packaging("Dockerfile").contains("FROM swift:\(tools)-bookworm AS build\n"))
    }

    @Test("installs the probe where the program looks for it")
    func probe() {
        #expect(Self.packaging("debian/highwater.install").contains("/libhighwater-probe.so usr/lib/highwater\n"))
        #expect(SourceTree.text("Sources/Watch/WatchedProcess.swift").contains("/../lib/highwater/"))
    }

    @Test("has Homebrew's dependencies in the order that brew style asks for")
    func formula() throws {
        let dependencies = Self.packaging("highwater.rb").matches(of: /\n  depends_on [":]([\w@+.-]+)"?( => :build)?/)
        try #require(dependencies.count > 5)
        let (build, run) = (dependencies.filter { $0.2 != nil }.map(\.1), dependencies.filter { $0.2 == nil }.map(\.1))
        #expect(dependencies.map(\.1) == build.sorted() + run.sorted())
        for line in Self.packaging("highwater.rb").split(separator: "\n") { #expect(line.count <= 118, "\(line)") }
    }

    @Test("has scripts that their shell reads", arguments: scripts)
    func syntax(script: String) throws {
        let shell = SourceTree.text(script).hasPrefix("#!/bin/sh") ? "sh" : "bash"
        let check = try run(shell, "-n", script)
        #expect(check.code == 0, "\(check.output)")
    }

    @Test("has scripts that shellcheck finds nothing wrong with", arguments: scripts.filter { !$0.hasPrefix("Tests/") || $0.hasPrefix("Tests/Packaging/") })
    func check(script: String) throws {
        guard (try? run("shellcheck", "--version").code) == 0 else { return }
        let check = try run("shellcheck", script)
        #expect(check.code == 0, "\(check.output)")
    }

    private func run(_ words: String...) throws -> (code: Int32, output: String) {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = SourceTree.root
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
