extension Violation {
    /// One sentence: an event's text.
    package var sentence: String {
        let name = "connection \(write.loop).\(write.connection): \(kind.rawValue): exchange \(write.exchange)"
        let size = Figure.counted(write.byteCount, "byte")
        guard let overwriter else { return "\(name), \(size)" }
        return "\(name), \(size), by exchange \(overwriter.exchange)"
    }

    /// All of it in lines for people, as a debugger would show it: expected beside found.
    package var lines: [String] {
        var lines = [kind.rawValue]
        let place = write.offset.map { " at +\($0)" } ?? ""
        lines.append(
            "  write     connection \(write.loop).\(write.connection), exchange \(write.exchange): \(Figure.counted(write.byteCount, "byte"))\(place) "
                + (write.arena == 0 ? "in a copy" : "in arena \(write.arena), generation \(write.generation)")
                + ", \(write.isDirect ? "direct" : "queued"), \(EvidenceText.milliseconds(write.ageNanoseconds)) old")
        if write.arena != 0 {
            let by = overwriter.map {
                "exchange \($0.exchange)" + ($0.connection == write.connection ? "" : " of connection \(write.loop).\($0.connection)")
                    + ($0.request.isEmpty ? "" : ", \($0.request)")
            }
            lines.append("  now       generation \(foundGeneration)" + (by.map { ", with \($0)" } ?? ""))
        }
        lines.append("  (uv_write_t) \(Violation.hex(requestAddress)) {")
        lines.append("    cb    = " + Violation.compared(foundRequest.callback, expectedRequest.callback))
        lines.append("    bufs  = " + Violation.compared(foundRequest.buffers, expectedRequest.buffers))
        let counts = (String(foundRequest.bufferCount), String(expectedRequest.bufferCount))
        lines.append("    nbufs = " + (counts.0 == counts.1 ? counts.0 : EvidenceText.padded(counts.0, to: 18) + "  // should be \(counts.1)"))
        lines.append("  }")
        if let changeOffset {
            lines.append("  bytes differ from +\(changeOffset) of \(write.byteCount)")
            lines += EvidenceText.dump("expected", expectedBytes)
            lines += EvidenceText.dump("found   ", foundBytes)
        } else if write.offset == nil && write.arena != 0 {
            lines.append("  bytes: the arena has given their memory back")
        }
        return lines
    }

    private static func compared(_ found: UInt64, _ expected: UInt64) -> String {
        hex(found) + (found == expected ? "" : "  // should be \(hex(expected))")
    }

    /// "0x00007f…": sixteen digits.
    package static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
