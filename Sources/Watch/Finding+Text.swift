extension Finding {
    /// One sentence: an event's text.
    package var sentence: String {
        let connection = peer.map { " to \($0)" } ?? (descriptor >= 0 ? " on descriptor \(descriptor)" : "")
        let size = byteCount > 0 ? "\(byteCount) bytes" : ""
        let rest = [size + connection, explanation].filter { !$0.isEmpty }.map { $0.drop { $0 == " " } }.joined(separator: ", ")
        return rest.isEmpty ? kind.rawValue : "\(kind.rawValue): \(rest)"
    }

    /// What a reader has to know beside the kind; empty where the kind says it all.
    private var explanation: String {
        if isUnmapped { return "their memory is not mapped any more" }
        guard isLatent else { return "" }
        return "harmless only because the socket took all bytes at once"
    }

    /// All of it in lines for people, as a debugger would show it: expected beside found, then both stacks.
    ///
    /// - Parameters:
    ///   - writePlaces: the places of `writeFrames`, as a `Symbolizer` has them.
    ///   - foundPlaces: those of `foundFrames`.
    package func lines(writePlaces: [CodePlace], foundPlaces: [CodePlace]) -> [String] {
        var lines = [sentence]
        if ageNanoseconds > 0 { lines.append("  pending for \(Finding.milliseconds(ageNanoseconds))") }
        if kind == .requestReused || kind == .requestChanged {
            lines.append("  (uv_write_t) \(Finding.hexadecimal(request)) {")
            lines.append("    cb     = " + Finding.compared(foundRequest.callback, expectedRequest.callback))
            lines.append("    handle = " + Finding.compared(foundRequest.handle, expectedRequest.handle))
            let isEqual = foundRequest.bufferCount == expectedRequest.bufferCount
            lines.append("    nbufs  = \(foundRequest.bufferCount)" + (isEqual ? "" : "  // should be \(expectedRequest.bufferCount)"))
            lines.append("  }")
        }
        if let changeOffset {
            lines.append("  bytes differ from +\(changeOffset) of \(byteCount)")
            lines += Finding.dump("expected", expectedBytes) + Finding.dump("found   ", foundBytes)
        }
        lines += Finding.stack(kind == .remainderLost ? "cut short at" : "handed over at", writePlaces)
        return lines + Finding.stack(noticed, foundPlaces)
    }

    private var noticed: String {
        switch kind {
        case .requestReused: "used again at"
        case .bytesFreed, .requestFreed: isUnmapped ? "noticed at" : "freed at"
        case .caughtWriting: "written at"
        case .remainderLost: "next write at"
        case .badPointer: "written from at"
        case .requestChanged, .bytesChanged, .deadStack: "noticed at"
        }
    }

    private static func stack(_ title: String, _ places: [CodePlace]) -> [String] {
        places.isEmpty ? [] : ["  " + title] + places.map { "    \($0)" }
    }

    private static func compared(_ found: UInt64, _ expected: UInt64) -> String {
        hexadecimal(found) + (found == expected ? "" : "  // should be \(hexadecimal(expected))")
    }

    private static func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        let microseconds = nanoseconds / 1000
        let fraction = String(microseconds % 1000)
        return "\(microseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) ms"
    }

    /// Sixteen bytes a line: in hexadecimal, and as text where they are some.
    private static func dump(_ name: String, _ bytes: [UInt8]) -> [String] {
        stride(from: 0, to: bytes.count, by: 16).map { start in
            let line = bytes[start..<min(start + 16, bytes.count)]
            let digits = line.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
            let text = String(decoding: line.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
            return "    \(start == 0 ? name : "        ")  \(digits)\(String(repeating: " ", count: 47 - digits.utf8.count))  \(text)"
        }
    }
}
