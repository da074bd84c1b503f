/// A worker process's report of its own fault: the place of the fault, and the calls that led there.
package struct CrashReport: Equatable {
    package var signal: Int32
    /// The address that could not be reached; 0 for a fault without one, such as an abort.
    package var address: UInt64
    /// "server-0"
    package var thread: String
    /// Innermost first.
    package var frames: [Frame]

    /// A place in the program.
    package struct Frame: Equatable {
        /// "libuv.so.1"; empty where nothing is.
        package var module: String
        /// As the linker has it. nil: a function of its module's own, which has no name there.
        package var symbol: String?
        /// From the symbol's start, or the module's.
        package var offset: UInt64

        package init(module: String, symbol: String?, offset: UInt64) {
            self.module = module
            self.symbol = symbol
            self.offset = offset
        }
    }

    /// Frames that are told; the frames below them are the start of a thread.
    package static let frameLimit = 16

    private static let beginning = "highwater: fault "
    private static let end = "highwater: end of report"
    /// The handler, and the call that the kernel put below it.
    private static let ownFrames = 2

    /// Finds the report in the process's standard error.
    ///
    /// - Returns: nil when there is none; a report that was cut off has fewer frames.
    package init?(in text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        guard let start = lines.lastIndex(where: { $0.hasPrefix(CrashReport.beginning) }) else { return nil }
        // "11 at 0x7f00 on server-0"
        let words = lines[start].dropFirst(CrashReport.beginning.count).split(separator: " ")
        guard words.count >= 5, let signal = Int32(words[0]) else { return nil }
        self.signal = signal
        address = CrashReport.hexadecimal(words[2])
        thread = words[4...].joined(separator: " ")
        let body = lines[(start + 1)...].prefix { $0 != CrashReport.end }
        let nowhere = body.filter { $0.hasPrefix("nowhere") }.map { line in
            Frame(module: "", symbol: nil, offset: CrashReport.hexadecimal(line.drop { $0 != "[" }.dropFirst().dropLast()))
        }
        let real = body.filter { !$0.hasPrefix("nowhere") }.dropFirst(CrashReport.ownFrames).compactMap(CrashReport.frame)
        frames = Array((nowhere + real).prefix(CrashReport.frameLimit))
    }

    /// A line of backtrace_symbols_fd: "/usr/lib/libuv.so.1(uv_run+0x110)[0x7f12]", or without the symbol.
    private static func frame(_ line: Substring) -> Frame? {
        guard let open = line.lastIndex(of: "("), let close = line.lastIndex(of: ")"), open < close else { return nil }
        let module = line[..<open].split(separator: "/").last.map(String.init) ?? ""
        let place = line[line.index(after: open)..<close]
        guard let plus = place.lastIndex(of: "+") else { return nil }
        let symbol = place[..<plus]
        return Frame(
            module: module, symbol: symbol.isEmpty ? nil : String(symbol),
            offset: hexadecimal(place[place.index(after: plus)...]))
    }

    private static func hexadecimal(_ text: Substring) -> UInt64 {
        UInt64(text.hasPrefix("0x") ? text.dropFirst(2) : text, radix: 16) ?? 0
    }
}
