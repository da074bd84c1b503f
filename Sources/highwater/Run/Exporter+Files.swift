internal import Measurements
internal import Recording
internal import Reports

extension Exporter {
    /// Reads a whole recording, and writes its export to a file that is there whole or not at all.
    ///
    /// - Parameters:
    ///   - file: a recording; `-`: standard input.
    ///   - output: nil or `-`: standard output.
    ///
    /// Errors: the fault of either file, in words.
    mutating func take(in file: String, writingTo output: String?) throws {
        do { try read(file, output) } catch let error as RecordingError { throw RunError(error.description) }
    }

    private mutating func read(_ file: String, _ output: String?) throws {
        var reader = try RecordingReader(path: file)
        let place = output == nil || output == "-" ? FileIdentity(descriptor: 1) : output.flatMap(FileIdentity.init(path:))
        if let place, place == FileIdentity(descriptor: reader.descriptor) {
            throw RunError("\(output ?? "standard output"): the export would overwrite the recording; write to another file")
        }
        var out = try NewFile(path: output)
        try out.write(begin(reader.header))
        var progress = ReadingProgress(of: [file])
        defer { progress.end() }
        while let line = try reader.nextLine()?.parsed(withRows: readsRows) {
            progress.show(reader.readShare)
            switch line {
            case .sample(let sample): try out.write(add(sample))
            case .event(let event): try out.write(add(event))
            case .summary(let summary): try out.write(add(summary: summary))
            case .other: continue
            }
        }
        try end { try out.write($0) }
        try out.finish()
        if reader.isCutOff {
            Output.error.line("highwater: warning: \(file): line \(reader.lineNumber + 1): cut off; left out")
        }
    }
}
