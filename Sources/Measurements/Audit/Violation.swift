/// Evidence of a response whose memory was reused while libuv still had to write it: the bytes that libuv
/// was given, those that it found, and the request that had overwritten them.
///
/// A plain value that an audit makes at once; a recording keeps it with its event.
package struct Violation: Sendable, Equatable {
    package var kind = Kind.reset
    /// The write: its connection and request, where its bytes lay, and how long libuv had had it.
    package var write = PendingWriteSample()
    /// The request that has the memory now; nil when there is none, or it is not known.
    package var overwriter: Overwriter?
    /// The generation that the arena has now.
    package var foundGeneration: UInt32 = 0
    /// Where the `uv_write_t` lay, and the part of it that libuv goes by.
    package var requestAddress: UInt64 = 0
    package var expectedRequest = RequestFields()
    package var foundRequest = RequestFields()
    /// The first byte of the write that changed, counted from its first; nil when none did, or the
    /// memory has been given back.
    package var changeOffset: Int?
    /// The bytes from there on; empty where none were kept.
    package var expectedBytes: [UInt8] = []
    package var foundBytes: [UInt8] = []

    /// The rule that was broken.
    package enum Kind: String, Sendable, CaseIterable {
        case reset = "reset with a write pending"
        case staleCompletion = "completion found another generation"
        case changedBytes = "bytes changed under a write"
    }

    /// A later request in the same memory.
    package struct Overwriter: Sendable, Equatable {
        package var connection: UInt64 = 0
        package var exchange: UInt64 = 0
        /// "GET /bytes/64"; escaped and cut. Empty when it has no head yet.
        package var request = ""

        package init() {}

        package init(connection: UInt64, exchange: UInt64, request: String) {
            self.connection = connection
            self.exchange = exchange
            self.request = request
        }
    }

    /// `cb`, `bufs` and `nbufs` of a `uv_write_t`, as numbers: after a violation they need not be addresses.
    package struct RequestFields: Sendable, Equatable {
        package var callback: UInt64 = 0
        package var buffers: UInt64 = 0
        package var bufferCount: UInt32 = 0

        package init() {}

        package init(callback: UInt64, buffers: UInt64, bufferCount: UInt32) {
            self.callback = callback
            self.buffers = buffers
            self.bufferCount = bufferCount
        }
    }

    package init() {}

    package init(
        kind: Kind, write: PendingWriteSample, overwriter: Overwriter?, foundGeneration: UInt32, requestAddress: UInt64,
        expectedRequest: RequestFields, foundRequest: RequestFields, changeOffset: Int?, expectedBytes: [UInt8],
        foundBytes: [UInt8]
    ) {
        self.kind = kind
        self.write = write
        self.overwriter = overwriter
        self.foundGeneration = foundGeneration
        self.requestAddress = requestAddress
        self.expectedRequest = expectedRequest
        self.foundRequest = foundRequest
        self.changeOffset = changeOffset
        self.expectedBytes = expectedBytes
        self.foundBytes = foundBytes
    }
}

/// One write that libuv has not finished, as an audit's ledger has it.
package struct PendingWriteSample: Sendable, Equatable {
    /// The connection's loop and number, as in its own row.
    package var loop = 0
    package var connection: UInt64 = 0
    /// The request on the connection, from 1, or the stream; 0 for frames of several.
    package var exchange: UInt64 = 0
    /// Which of its loop's arenas holds the bytes; 0: none, they are a copy.
    package var arena: UInt32 = 0
    package var generation: UInt32 = 0
    /// Bytes from the arena's start; nil when they are in no arena, or it has given their chunk back.
    package var offset: Int?
    package var byteCount = 0
    package var ageNanoseconds: UInt64 = 0
    /// The kernel took the bytes at once; only libuv's callback is due.
    package var isDirect = false
    /// The arena has been reset since.
    package var isReset = false

    package init() {}

    package init(
        loop: Int, connection: UInt64, exchange: UInt64, arena: UInt32, generation: UInt32, offset: Int?, byteCount: Int,
        ageNanoseconds: UInt64, isDirect: Bool, isReset: Bool
    ) {
        self.loop = loop
        self.connection = connection
        self.exchange = exchange
        self.arena = arena
        self.generation = generation
        self.offset = offset
        self.byteCount = byteCount
        self.ageNanoseconds = ageNanoseconds
        self.isDirect = isDirect
        self.isReset = isReset
    }
}
