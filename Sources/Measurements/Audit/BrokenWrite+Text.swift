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
        if memory.isUnmapped { return "their memory is not mapped any more" }
        if kind == .remainderLost, memory.nextWrite == .inPlace, !memory.freedPlaces.isEmpty { return "their memory was freed before" }
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
        if let cause { lines.append("  " + cause) }
        if let trapRefusal { lines.append("  --trap missed it: " + trapRefusal) }
        func rows(_ places: [String]) -> [String] { (isVerbose ? places : CodeStack(places).folded).map { "    \($0)" } }
        let handed = kind == .remainderLost ? "cut short at" : "handed over at"
        let stacks = [(handed, rows(writePlaces)), ("freed at", rows(memory.freedPlaces)), (noticed, rows(foundPlaces))].filter { !$0.1.isEmpty }
        // The same code does both, as a rule the next time that it runs: one stack says it.
        if stacks.count == 2, stacks[0].1 == stacks[1].1 {
            guard kind == .bytesChanged else { return lines + ["  \(handed), and \(noticed)"] + stacks[0].1 }
            return lines + ["  \(handed)"] + stacks[0].1
                + ["  noticed when this line ran again: code that ran before it changed the bytes"] + handedAgain + effects
        }
        return lines + stacks.flatMap { ["  \($0.0)"] + $0.1 } + handedAgain + effects
    }

    /// What the clients had of it, as far as it was found.
    private var effects: [String] {
        consequences.flatMap { kind in
            switch kind {
            case .remainderLost: ["  came of it: \(kind.rawValue), which the client got"]
            case .badPointer: ["  came of it: \(kind.rawValue): the send failed, and", "    the client never got the rest of the answer"]
            default: [String]()
            }
        }
    }

    /// Why the write went on with other bytes, as far as it is known where they lie and what became of that memory.
    private var cause: String? {
        let isFreed = !memory.freedPlaces.isEmpty, isNotFreed = memory.isNotFreed
        return switch memory.nextWrite {
        case .inPlace where isFreed: nil
        case .inPlace where isNotFreed: "their memory was not freed: the buffer was filled again too early"
        case .inPlace: "the buffer was filled again, or freed, too early"
        case .passedOver where isByLibuv: "the next write passed them over"
        case .passedOver: "the next write passed them over: the result of send() was ignored"
        case .elsewhere where isByLibuv: "the next write is of other memory"
        case .elsewhere where isFreed: "the next write is of other memory: perhaps the result of send() was ignored"
        case .elsewhere where isNotFreed: "their memory was not freed: filled again, or the result of send() ignored"
        case .elsewhere: "the buffer was filled again or freed, or the result of send() was ignored"
        case nil: nil
        }
    }

    /// It was libuv that went on, which heeds what send() returns: its request, or the queue, had been damaged.
    private var isByLibuv: Bool { foundPlaces.contains { $0.hasPrefix("uv_") } }

    /// Where the memory went meanwhile: whose code has to wait, or to take other memory.
    private var handedAgain: [String] {
        guard let again = memory.again else { return [] }
        let connection = again.isOnSameConnection ? "the same connection" : "another connection"
        return ["  the same memory was handed over again, on \(connection), at", "    \(again.place)"]
    }

    /// Why no instruction is named though `--trap` was given; nil: it was not, or this is no change of bytes.
    private var trapRefusal: String? {
        guard kind == .bytesChanged || kind == .remainderLost else { return nil }
        return switch trap {
        case .noPage: "no page of memory (4 KiB) lies wholly within the bytes"
        case .readOnly: "their pages were read-only already, for another write"
        case .refused: "the kernel did not make their pages read-only"
        case .limit: "4096 writes are protected already, the most that can be"
        case .set: "the change lies beside the whole pages that it protects"
        case .direct: "it protects writes that wait, and this one did not"
        case .unlisted: "it protects writes of libuv, and this is a send's rest"
        case .possible, .impossible, nil: nil
        }
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
        case .bytesFreed, .requestFreed: memory.isUnmapped ? "noticed at" : "freed at"
        case .caughtWriting: "written at"
        case .remainderLost: "next write at"
        case .badPointer: "written from at"
        case .bytesChanged: "noticed at (code that ran before this line changed the bytes)"
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
