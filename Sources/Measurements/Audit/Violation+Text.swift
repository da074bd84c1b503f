extension Violation {
    /// One sentence: an event's text.
    package var sentence: String {
        let name = "connection \(write.loop).\(write.connection): \(kind.rawValue): exchange \(write.exchange)"
        guard let overwriter else { return "\(name), \(write.byteCount) bytes" }
        return "\(name), \(write.byteCount) bytes, by exchange \(overwriter.exchange)"
    }

    /// All of it in lines for people, as a debugger would show it: expected beside found.
    package var lines: [String] {
        var lines = [kind.rawValue]
        let place = write.offset.map { " at +\($0)" } ?? ""
        lines.append(
            "  write     connection \(write.loop).\(write.connection), exchange \(write.exchange): \(write.byteCount) bytes\(place) "
                + (write.arena == 0 ? "in a copy" : "in arena \(write.arena), generation \(write.generation)")
                + ", \(write.isDirect ? "direct" : "queued"), \(Violation.milliseconds(write.ageNanoseconds)) old")
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
        lines.append("    nbufs = " + (counts.0 == counts.1 ? counts.0 : Violation.padded(counts.0, to: 18) + "  // should be \(counts.1)"))
        lines.append("  }")
        if let changeOffset {
            lines.append("  bytes differ from +\(changeOffset) of \(write.byteCount)")
            lines += Violation.dump("expected", expectedBytes)
            lines += Violation.dump("found   ", foundBytes)
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

    private static func padded(_ text: String, to count: Int) -> String {
        text + String(repeating: " ", count: max(0, count - text.count))
    }

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
            return "    \(start == 0 ? name : "        ")  \(padded(digits, to: 47))  \(text)"
        }
    }
}
