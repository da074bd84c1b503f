internal import CSegment
package import Measurements

extension Finding {
    /// The evidence as a recording and a screen have it.
    ///
    /// - Parameters:
    ///   - writePlaces: the places of `writeFrames`, as a `Symbolizer` has them.
    ///   - foundPlaces: those of `foundFrames`.
    package func evidence(writePlaces: [CodePlace], foundPlaces: [CodePlace]) -> BrokenWrite {
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
        evidence.isUnmapped = isUnmapped
        evidence.requestAddress = request
        evidence.expectedRequest = expectedRequest
        evidence.foundRequest = foundRequest
        evidence.changeOffset = changeOffset
        evidence.expectedBytes = expectedBytes
        evidence.foundBytes = foundBytes
        evidence.writePlaces = writePlaces.map(\.description)
        evidence.foundPlaces = foundPlaces.map(\.description)
        return evidence
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
