extension BrokenWrite {
    /// One sentence: an event's text.
    package var sentence: String {
        let connection = peer.isEmpty ? (descriptor >= 0 ? " on descriptor \(descriptor)" : "") : " to \(peer)"
        let size = byteCount > 0 ? "\(byteCount) bytes" : ""
        let rest = [size + connection, explanation].filter { !$0.isEmpty }.map { $0.drop { $0 == " " } }.joined(separator: ", ")
        return rest.isEmpty ? kind.rawValue : "\(kind.rawValue): \(rest)"
    }

    /// The remark beside the kind; empty where the kind says it all.
    private var explanation: String {
        if isUnmapped { return "their memory is not mapped any more" }
        guard isLatent else { return "" }
        return "harmless only because the socket took all bytes at once"
    }

    /// All of it in lines for people, as a debugger would show it: expected beside found, then both stacks.
    package var lines: [String] {
        var lines = [sentence]
        if ageNanoseconds > 0 { lines.append("  pending for \(EvidenceText.milliseconds(ageNanoseconds))") }
        if kind == .requestReused || kind == .requestChanged {
            lines.append("  (uv_write_t) \(BrokenWrite.hexadecimal(requestAddress)) {")
            lines.append("    cb     = " + BrokenWrite.compared(foundRequest.callback, expectedRequest.callback))
            lines.append("    handle = " + BrokenWrite.compared(foundRequest.handle, expectedRequest.handle))
            let isEqual = foundRequest.bufferCount == expectedRequest.bufferCount
            lines.append("    nbufs  = \(foundRequest.bufferCount)" + (isEqual ? "" : "  // should be \(expectedRequest.bufferCount)"))
            lines.append("  }")
        }
        if let changeOffset {
            lines.append("  bytes differ from +\(changeOffset) of \(byteCount)")
            lines += EvidenceText.dump("expected", expectedBytes) + EvidenceText.dump("found   ", foundBytes)
        }
        lines += BrokenWrite.stack(kind == .remainderLost ? "cut short at" : "handed over at", writePlaces)
        return lines + BrokenWrite.stack(noticed, foundPlaces)
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

    private static func stack(_ title: String, _ places: [String]) -> [String] {
        places.isEmpty ? [] : ["  " + title] + places.map { "    \($0)" }
    }

    private static func compared(_ found: UInt64, _ expected: UInt64) -> String {
        hexadecimal(found) + (found == expected ? "" : "  // should be \(hexadecimal(expected))")
    }

    private static func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
}
