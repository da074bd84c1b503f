import Foundation
import TestSupport

/// A run of the openssl program, its input ours and its output kept.
final class OpenSSLProgram {
    static let path = "/usr/bin/openssl"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

    private let program: SpawnedProgram
    private let log: String

    init(in files: Files, _ arguments: String...) throws {
        log = files.folder + "/output-\(UUID().uuidString)"
        program = try SpawnedProgram(OpenSSLProgram.path, arguments, output: log)
    }

    func say(_ text: String) { program.say(text) }

    /// Ends it. - Returns: all of its output.
    func finish() throws -> String {
        _ = program.finish(withinSeconds: 1)
        return try String(decoding: Data(contentsOf: URL(fileURLWithPath: log)), as: UTF8.self)
    }
}
