internal import Memory

/// Routes that answer with bytes: many, in parts, or slowly.
enum BodyRoutes {
    /// Largest body of /bytes.
    static let bytesLimit = 64 << 20

    /// A part of a body of /bytes that is made as the socket takes it.
    static let bytesPartByteCount = 64 << 10

    /// Largest body of /stream-bytes, which takes a part's memory however long it is.
    static let streamLimit = 16 << 30

    /// Largest body, longest time of /drip; the first is httpbin's limit too.
    static let dripByteLimit = 10 << 20
    static let dripNanosecondLimit: UInt64 = 60_000_000_000

    /// Shortest pause between two drips: libuv's timers know milliseconds.
    static let shortestDripNanoseconds: UInt64 = 1_000_000

    /// GET /bytes/SIZE?seed=N: SIZE bytes that the seed decides: see `SeededBody`.
    ///
    /// Made in the exchange's arena. A longer one than the connection may have unsent would wait there for its
    /// peer: it is shared where many ask for the seed, or made in parts as the socket takes them.
    static func bytes(_ exchange: UnsafeMutablePointer<Exchange>, _ argument: ArenaBytes) {
        guard let count = argument.byteCountArgument, count <= bytesLimit else {
            unsafe exchange.pointee.response = .text(400, "bytes: a size up to 64MiB, such as 1024 or 4KiB\n")
            return
        }
        guard let seed = unsafe seed(exchange) else { return }
        unsafe exchange.pointee.response.contentType = ArenaBytes("application/octet-stream")
        let connection = unsafe exchange.pointee.connection.takeUnretainedValue()
        if count <= connection.server.configuration.unsentByteLimit {
            unsafe exchange.pointee.response.body = unsafe SeededBody(seed: seed).bytes(
                count: count, in: exchange.pointee.arena)
        } else if connection.memory.leases, let shared = connection.server.bodies.body(seed: seed, count: count) {
            unsafe exchange.pointee.respond(with: shared.bytes, in: shared.arena)
        } else {
            unsafe exchange.pointee.response.stream = BodyStream(
                remainingByteCount: count, partByteCount: bytesPartByteCount, content: SeededBody(seed: seed),
                intervalNanoseconds: 0, isLengthKnown: true)
        }
    }

    /// GET /stream-bytes/SIZE?seed=N&chunk_size=N: the same, made while it is sent, in chunks.
    static func streamBytes(_ exchange: UnsafeMutablePointer<Exchange>, _ argument: ArenaBytes) {
        guard let count = argument.byteCountArgument, count <= streamLimit else {
            unsafe exchange.pointee.response = .text(400, "stream-bytes: a size up to 16GiB\n")
            return
        }
        guard let seed = unsafe seed(exchange) else { return }
        var part = BodyStream.defaultPartByteCount
        if let argument = unsafe exchange.pointee.query.queryValue("chunk_size") {
            guard let size = argument.byteCountArgument, (1...(1 << 20)).contains(size) else {
                unsafe exchange.pointee.response = .text(400, "chunk_size: 1 to 1MiB\n")
                return
            }
            part = size
        }
        unsafe exchange.pointee.response.contentType = ArenaBytes("application/octet-stream")
        unsafe exchange.pointee.response.stream = BodyStream(
            remainingByteCount: count, partByteCount: part, content: SeededBody(seed: seed), intervalNanoseconds: 0,
            isLengthKnown: false)
    }

    /// GET /drip?numbytes=10&duration=2&delay=0&code=200&seed=N: a few bytes, spread over a time.
    static func drip(_ exchange: UnsafeMutablePointer<Exchange>) {
        let query = unsafe exchange.pointee.query
        let count = query.queryValue("numbytes").map(\.byteCountArgument) ?? 10
        let duration = query.queryValue("duration").map(\.nanosecondsArgument) ?? 2_000_000_000
        let delay = query.queryValue("delay").map(\.nanosecondsArgument) ?? 0
        let code = query.queryValue("code").map(\.decimal) ?? 200
        guard let count, (1...dripByteLimit).contains(count), let duration, let delay,
            duration <= dripNanosecondLimit, delay <= dripNanosecondLimit, let code, (200...599).contains(code)
        else {
            unsafe exchange.pointee.response = .text(
                400, "drip: numbytes 1 to 10MiB, duration and delay up to 60 seconds, code 200 to 599\n")
            return
        }
        guard let seed = unsafe seed(exchange) else { return }
        // One part a byte, or a part a millisecond where that would be too often.
        let parts = max(1, min(UInt64(count), duration / shortestDripNanoseconds))
        let part = (count + Int(parts) - 1) / Int(parts)
        unsafe exchange.pointee.response.status = code
        unsafe exchange.pointee.response.contentType = ArenaBytes("application/octet-stream")
        unsafe exchange.pointee.response.delayNanoseconds = delay
        unsafe exchange.pointee.response.stream = BodyStream(
            remainingByteCount: count, partByteCount: part, content: SeededBody(seed: seed),
            intervalNanoseconds: duration / parts, isLengthKnown: true)
    }

    /// The ?seed= of a request, 0 without one; nil when it was refused.
    private static func seed(_ exchange: UnsafeMutablePointer<Exchange>) -> UInt64? {
        guard let argument = unsafe exchange.pointee.query.queryValue("seed") else { return 0 }
        guard let seed = argument.decimal64 else {
            unsafe exchange.pointee.response = .text(400, "seed: a decimal number below 2^64\n")
            return nil
        }
        return seed
    }
}
