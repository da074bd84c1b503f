/// Evidence from a server that is watched: a promise about a write that it broke, with both places in its code.
///
/// A plain value; a recording keeps it with its event. Texts have no control characters.
package struct BrokenWrite: Sendable, Equatable {
    package var kind = Kind.bytesChanged
    /// Of all findings of the run, from 1 on, by which samples tell how often it was made; nil in recordings of before.
    package var number: UInt64?
    /// How many times it stands for: the same kind, at the same places. With a number: all times so far.
    package var count: UInt64 = 1
    package var process = 0
    /// "127.0.0.1:53956"; empty: not known.
    package var peer = ""
    /// Of the server; -1: on no socket that is known.
    package var descriptor = -1
    /// Bytes that were handed over; for a lost remainder, those that were left.
    package var byteCount: UInt64 = 0
    /// How long the write had been pending, or cut.
    package var ageNanoseconds: UInt64 = 0
    /// The kernel had all bytes when the call returned: harmless only for that reason.
    package var isLatent = false
    /// The `uv_write_t`, and the part of it that libuv goes by; 0 where there is none.
    package var requestAddress: UInt64 = 0
    package var expectedRequest = RequestFields()
    package var foundRequest = RequestFields()
    /// The first byte that differs; nil: not known.
    package var changeOffset: UInt64?
    /// The bytes from there on; empty where none were kept.
    package var expectedBytes: [UInt8] = []
    package var foundBytes: [UInt8] = []
    /// Where the bytes were handed over, and where the break was noticed, innermost first: "respond server.c:306 (server)".
    package var writePlaces: [String] = []
    package var foundPlaces: [String] = []
    /// What became of `--trap`; nil: not known, as in recordings of before.
    package var trap: Trap?
    package var memory = Memory()
    /// What came of it, where that was found as well: kinds that are told here and are no bugs of their own.
    package var consequences: [Kind] = []

    /// The promise that was broken.
    package enum Kind: String, Sendable, CaseIterable {
        case requestReused = "request used again while its write is pending"
        case requestChanged = "request changed under a pending write"
        case bytesChanged = "bytes changed under a pending write"
        case bytesFreed = "bytes freed under a pending write"
        case requestFreed = "request freed under a pending write"
        case deadStack = "pending write of memory on a stack frame that is gone"
        case remainderLost = "the rest of a write went on with other bytes"
        case badPointer = "write from a bad pointer"
        case caughtWriting = "caught writing into the bytes of a pending write"
    }

    /// Whether the instruction that changed the bytes could be caught.
    package enum Trap: String, Sendable, CaseIterable {
        case noPage = "no page"
        case readOnly = "read-only"
        case refused, limit, set, direct, unlisted
        /// Without `--trap`: it could, and it could not.
        case possible, impossible
    }

    /// What is known of the memory that the bytes lay in.
    package struct Memory: Sendable, Equatable {
        /// A later write that had the same memory while this one was pending; nil: none is known.
        package var again: Again?
        /// Of a lost remainder: where the write went on; nil: not known, as in recordings of before.
        package var nextWrite: NextWrite?
        /// Where the remainder's memory was freed before that, innermost first; empty: nowhere that is known.
        package var freedPlaces: [String] = []
        /// No call of `free` had the remainder's memory.
        package var isNotFreed = false
        /// It was not mapped any more.
        package var isUnmapped = false

        package init() {}
    }

    /// Where the write after one that was cut short began.
    package enum NextWrite: String, Sendable, CaseIterable {
        /// Where the remainder lies: other bytes are there now.
        case inPlace = "in place"
        /// Where the buffer began, behind its end, or elsewhere while the remainder lies unchanged where it lay.
        case passedOver = "passed over"
        /// In other memory, and the remainder is not what it was.
        case elsewhere
    }

    /// Where the same memory was handed over again.
    package struct Again: Sendable, Equatable {
        /// "send_page feed.c:68 (feed)"
        package var place = ""
        package var isOnSameConnection = false

        package init() {}

        package init(place: String, isOnSameConnection: Bool) {
            self.place = place
            self.isOnSameConnection = isOnSameConnection
        }
    }

    /// Probably the same bug, seen from its other place: where the bytes of one were handed over, those of the other were
    /// noticed to have changed, so that both write the same memory. Or one of them is the instruction that changes the bytes
    /// of the other's write.
    package func isProbablySameBug(as other: BrokenWrite) -> Bool {
        guard [kind, other.kind].allSatisfy({ $0 == .bytesChanged || $0 == .caughtWriting }) else { return false }
        guard kind == .bytesChanged, other.kind == .bytesChanged else { return isOfSameWrite(as: other) }
        let isFoundThere = CodeStack(foundPlaces).own == CodeStack(other.writePlaces).own
        let isOtherFoundHere = CodeStack(other.foundPlaces).own == CodeStack(writePlaces).own
        return isFoundThere && (isOtherFoundHere || memory.again != nil) || isOtherFoundHere && other.memory.again != nil
    }

    /// The same bug: the same promise, broken by the same code. Where a change was only noticed is no part of it, nor are
    /// the libraries' frames, by which the same code is reached in several ways.
    package func isSameBug(as other: BrokenWrite) -> Bool {
        if isConsequence(of: other) || other.isConsequence(of: self) { return true }
        return kind == other.kind && isLatent == other.isLatent && isOfSameWrite(as: other)
            && (!kind.hasCulprit || CodeStack(foundPlaces).own == CodeStack(other.foundPlaces).own)
    }

    /// What came of another: libuv's loop, and no code of the program, went on with a write whose bytes were others by then, or
    /// whose memory was freed. Which write that was is not known where libuv's loop had cut it short again.
    func isConsequence(of other: BrokenWrite) -> Bool {
        guard !isLatent, !other.isLatent, CodeStack(foundPlaces).isOfLibuvAlone else { return false }
        switch kind {
        case .remainderLost:
            let write = CodeStack(writePlaces)
            return [.bytesChanged, .bytesFreed, .caughtWriting].contains(other.kind)
                && (write.own == CodeStack(other.writePlaces).own || write.isOfLibuvAlone)
        // The kernel could not read what is not mapped any more.
        case .badPointer: return other.kind == .bytesFreed
        // Only noticed, where the other has the code that freed.
        case .bytesFreed: return other.kind == .bytesFreed && !CodeStack(other.foundPlaces).isOfLibuvAlone && isOfSameWrite(as: other)
        default: return false
        }
    }

    /// The bytes were handed over by the same code. What is cut short may be cut again when an event loop goes on with it:
    /// then only the loop stands in the stack, and the code is not known.
    private func isOfSameWrite(as other: BrokenWrite) -> Bool {
        let own = CodeStack(writePlaces).own, others = CodeStack(other.writePlaces).own
        guard kind == .remainderLost else { return own == others }
        return own == others || CodeStack(writePlaces).isLoopAlone || CodeStack(other.writePlaces).isLoopAlone
    }

    /// `cb`, `handle` and `nbufs` of a `uv_write_t`, as numbers: a damaged one may hold no address.
    package struct RequestFields: Sendable, Equatable {
        package var callback: UInt64 = 0
        package var handle: UInt64 = 0
        package var bufferCount: UInt64 = 0

        package init() {}

        package init(callback: UInt64, handle: UInt64, bufferCount: UInt64) {
            self.callback = callback
            self.handle = handle
            self.bufferCount = bufferCount
        }
    }

    package init() {}
}
