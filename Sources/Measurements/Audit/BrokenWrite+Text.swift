extension BrokenWrite {
    /// One sentence: an event's text.
    package var sentence: String {
        let connection = peer.isEmpty ? (descriptor >= 0 ? " on descriptor \(descriptor)" : "") : " to \(peer)"
        let size = byteCount > 0 ? Figure.counted(byteCount, "byte") : ""
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
    package var lines: [String] { lines(isVerbose: false) }

    /// - Parameter isVerbose: with each frame of libuv and libc.
    package func lines(isVerbose: Bool) -> [String] {
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
        lines += difference
        func rows(_ places: [String]) -> [String] { (isVerbose ? places : CodeStack(places).folded).map { "    \($0)" } }
        let handed = kind == .remainderLost ? "cut short at" : "handed over at"
        let stacks = [(handed, rows(writePlaces)), (noticed, rows(foundPlaces))].filter { !$0.1.isEmpty }
        // The same code does both, as a rule the next time that it runs: one stack says it.
        if stacks.count == 2, stacks[0].1 == stacks[1].1 {
            let again = kind == .bytesChanged ? "noticed when this ran again (changed in between)" : noticed
            return lines + ["  \(handed), and \(again)"] + stacks[0].1
        }
        return lines + stacks.flatMap { ["  \($0.0)"] + $0.1 }
    }

    /// The bytes, as far as they are known.
    private var difference: [String] {
        guard let changeOffset else {
            guard kind == .bytesChanged || kind == .remainderLost else { return [] }
            return ["  bytes differ behind the first \(BrokenWrite.keptByteCount), which are kept of each write that waits"]
        }
        guard kind != .caughtWriting else {
            return ["  about to be overwritten from +\(changeOffset) of \(byteCount), the first whole page of them"] + EvidenceText.dump("bytes   ", expectedBytes)
        }
        return ["  bytes differ from +\(changeOffset) of \(byteCount)" + (foundBytes.isEmpty ? ", of which no bytes are kept" : "")]
            + EvidenceText.dump("expected", expectedBytes) + EvidenceText.dump("found   ", foundBytes)
    }

    /// Bytes at the start of a write that a probe keeps.
    package static let keptByteCount = 1024

    private var noticed: String {
        switch kind {
        case .requestReused: "used again at"
        case .bytesFreed, .requestFreed: isUnmapped ? "noticed at" : "freed at"
        case .caughtWriting: "written at"
        case .remainderLost: "next write at"
        case .badPointer: "written from at"
        case .bytesChanged: "noticed at (changed in between)"
        case .requestChanged, .deadStack: "noticed at"
        }
    }

    private static func compared(_ found: UInt64, _ expected: UInt64) -> String {
        hexadecimal(found) + (found == expected ? "" : "  // should be \(hexadecimal(expected))")
    }

    private static func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
}

extension Sequence<BrokenWrite> {
    /// The harmful ones before those that are latent, and else in their order.
    package var harmfulFirst: [BrokenWrite] { filter { !$0.isLatent } + filter(\.isLatent) }
}

extension BrokenWrite.Kind {
    /// Fields of a request were found beside those expected.
    package var hasFoundRequest: Bool { self == .requestReused || self == .requestChanged }

    /// The place where it was found is the one that broke the promise, and not the next look.
    package var hasCulprit: Bool {
        switch self {
        case .requestReused, .bytesFreed, .requestFreed, .badPointer, .caughtWriting: true
        case .requestChanged, .bytesChanged, .deadStack, .remainderLost: false
        }
    }
}
