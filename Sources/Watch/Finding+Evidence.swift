internal import CSegment
package import Measurements

extension Finding {
    /// The evidence as a recording and a screen have it.
    ///
    /// - Parameters:
    ///   - writePlaces: the places of `writeFrames`, as a `Symbolizer` has them.
    ///   - foundPlaces: those of `foundFrames`.
    ///   - freedPlaces: those of `freedFrames`.
    ///   - againPlace: that of `again`.
    package func evidence(writePlaces: [CodePlace], foundPlaces: [CodePlace], freedPlaces: [CodePlace] = [], againPlace: CodePlace? = nil) -> BrokenWrite {
        var evidence = BrokenWrite()
        evidence.number = UInt64(number) + 1
        evidence.count = count
        evidence.kind = kind
        evidence.process = Int(process)
        evidence.peer = peer?.description ?? ""
        evidence.descriptor = descriptor
        evidence.byteCount = byteCount
        evidence.ageNanoseconds = ageNanoseconds
        evidence.isLatent = isLatent
        evidence.memory.isUnmapped = isUnmapped
        evidence.requestAddress = request
        evidence.expectedRequest = expectedRequest
        evidence.foundRequest = foundRequest
        evidence.changeOffset = changeOffset
        evidence.expectedBytes = expectedBytes
        evidence.foundBytes = foundBytes
        evidence.writePlaces = writePlaces.map(\.description)
        evidence.foundPlaces = foundPlaces.map(\.description)
        evidence.memory.nextWrite = nextWrite
        evidence.memory.freedPlaces = freedPlaces.map(\.description)
        evidence.memory.isNotFreed = isNotFreed
        evidence.trap = trap
        evidence.memory.again = again.flatMap { again in againPlace.map { .init(place: $0.description, isOnSameConnection: again.isOnSameConnection) } }
        return evidence
    }
}

extension BrokenWrite.Trap {
    /// As a probe writes it.
    var code: UInt32 {
        switch self {
        case .noPage: hw_trap_no_page.rawValue
        case .readOnly: hw_trap_read_only.rawValue
        case .refused: hw_trap_refused.rawValue
        case .limit: hw_trap_limit.rawValue
        case .set: hw_trap_set.rawValue
        case .direct: hw_trap_direct.rawValue
        case .unlisted: hw_trap_unlisted.rawValue
        case .possible: hw_trap_possible.rawValue
        case .impossible: hw_trap_impossible.rawValue
        }
    }
}

extension BrokenWrite.Kind {
    /// As a probe writes it.
    var code: UInt32 {
        switch self {
        case .requestReused: hw_request_reused.rawValue
        case .requestChanged: hw_request_changed.rawValue
        case .bytesChanged: hw_bytes_changed.rawValue
        case .bytesFreed: hw_bytes_freed.rawValue
        case .requestFreed: hw_request_freed.rawValue
        case .deadStack: hw_dead_stack.rawValue
        case .remainderLost: hw_remainder_lost.rawValue
        case .badPointer: hw_bad_pointer.rawValue
        case .caughtWriting: hw_caught_writing.rawValue
        }
    }
}
