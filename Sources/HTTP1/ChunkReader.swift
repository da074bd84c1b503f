import Memory

/// Takes the chunked coding off a body: RFC 9112, section 7.1.
///
/// A machine of one byte a step between the chunks, where lines may break off anywhere;
/// the chunks themselves go to the body whole. Extensions and trailers are read past.
struct ChunkReader {
    private var state = State.size
    /// Bytes of the current chunk that are missing, or its size as read so far.
    private var remaining = 0
    private var digitCount = 0
    private var extensionByteCount = 0
    private var trailerByteCount = 0

    private enum State {
        case size
        /// Blank after the size: only an extension may follow.
        case sizeBlank
        /// Before the first letter of an extension's name, and in it.
        case extensionStart, extensionName
        /// Blank after the name: a value may follow, or another extension.
        case extensionNameBlank
        /// Before the first letter of a value, and in it.
        case valueStart, value
        /// In quotes, after a backslash in them, and right after the second quote.
        case quotedValue, quotedByte, quotedEnd
        /// Blank after a value: only another extension may follow.
        case valueBlank
        case sizeLineFeed
        case data
        case dataReturn, dataLineFeed
        case trailerStart, trailerName, trailerValue, trailerLineFeed
        case endLineFeed
    }

    /// Sixteen digits are 64 bits; further digits could only be leading zeros, and are refused.
    private static let sizeDigitLimit = 16

    /// Reads on.
    /// - Returns: bytes consumed, and whether the body has ended.
    mutating func read(
        _ input: UnsafeRawBufferPointer, body: inout BodyBuffer, into arena: Arena, limits: RequestLimits
    ) throws(RequestError) -> (consumedByteCount: Int, isComplete: Bool) {
        var index = 0
        while index < input.count {
            if state == .data {
                let count = min(remaining, input.count &- index)
                unsafe body.append(
                    UnsafeRawBufferPointer(rebasing: input[index..<(index &+ count)]),
                    byteLimit: limits.bodyByteLimit, into: arena)
                remaining &-= count
                index &+= count
                if remaining == 0 { state = .dataReturn }
                continue
            }
            let byte = unsafe input[index]
            index &+= 1
            if try take(byte, bodyByteCount: body.byteCount, limits: limits) { return (index, true) }
        }
        return (index, false)
    }

    /// One byte outside the chunks' data. Returns whether it was the last of the body.
    private mutating func take(
        _ byte: UInt8, bodyByteCount: Int, limits: RequestLimits
    ) throws(RequestError) -> Bool {
        switch state {
        case .size:
            try takeSize(byte, bodyByteCount: bodyByteCount, limits: limits)
        case .sizeBlank:
            try countExtension(limits)
            if byte == ASCII.semicolon {
                state = .extensionStart
            } else if byte != ASCII.space && byte != ASCII.tab {
                throw .invalidChunkSize
            }
        case .extensionStart, .extensionName, .extensionNameBlank, .valueStart, .value, .quotedValue, .quotedByte,
            .quotedEnd, .valueBlank:
            try countExtension(limits)
            state = try ChunkReader.state(after: byte, inExtension: state)
        case .sizeLineFeed:
            guard byte == ASCII.lineFeed else { throw .invalidLineEnd }
            state = remaining == 0 ? .trailerStart : .data
            digitCount = 0
        case .dataReturn:
            guard byte == ASCII.carriageReturn else { throw .invalidChunkEnd }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == ASCII.lineFeed else { throw .invalidChunkEnd }
            state = .size
        case .data:
            preconditionFailure("data is taken in runs")
        case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed, .endLineFeed:
            return try takeTrailer(byte, limits: limits)
        }
        return false
    }

    private mutating func takeSize(
        _ byte: UInt8, bodyByteCount: Int, limits: RequestLimits
    ) throws(RequestError) {
        if let digit = ASCII.hexadecimal(byte) {
            digitCount += 1
            guard digitCount <= ChunkReader.sizeDigitLimit, remaining <= Int.max >> 4 else {
                throw .invalidChunkSize
            }
            remaining = remaining << 4 | digit
            // Known too large before the last digit, so said before it.
            if remaining > limits.bodyByteLimit - bodyByteCount { throw .bodyTooLarge }
            return
        }
        guard digitCount > 0 else { throw .invalidChunkSize }
        switch byte {
        case ASCII.carriageReturn: state = .sizeLineFeed
        case ASCII.semicolon:
            try countExtension(limits)
            state = .extensionStart
        case ASCII.space, ASCII.tab:
            try countExtension(limits)
            state = .sizeBlank
        case ASCII.lineFeed: throw .invalidLineEnd
        default: throw .invalidChunkSize
        }
    }

    /// The trailer section: fields like any others, checked and dropped.
    private mutating func takeTrailer(_ byte: UInt8, limits: RequestLimits) throws(RequestError) -> Bool {
        trailerByteCount += 1
        if trailerByteCount > limits.trailerByteLimit { throw .trailersTooLarge }
        switch state {
        case .trailerStart where byte == ASCII.carriageReturn:
            state = .endLineFeed
        case .trailerStart:
            guard ByteSet.token.contains(byte) else { throw .invalidTrailer }
            state = .trailerName
        case .trailerName where byte == ASCII.colon:
            state = .trailerValue
        case .trailerName:
            guard ByteSet.token.contains(byte) else { throw .invalidTrailer }
        case .trailerValue where byte == ASCII.carriageReturn:
            state = .trailerLineFeed
        case .trailerValue:
            if ChunkReader.isControl(byte) { throw .invalidTrailer }
        case .trailerLineFeed:
            guard byte == ASCII.lineFeed else { throw .invalidLineEnd }
            state = .trailerStart
        case .endLineFeed:
            guard byte == ASCII.lineFeed else { throw .invalidLineEnd }
            return true
        case .size, .sizeBlank, .extensionStart, .extensionName, .extensionNameBlank, .valueStart, .value, .quotedValue,
            .quotedByte, .quotedEnd, .valueBlank, .sizeLineFeed, .data, .dataReturn, .dataLineFeed:
            preconditionFailure("not in the trailer section")
        }
        return false
    }

    /// `BWS ";" BWS name [ BWS "=" BWS value ]`, where a value is a token or a quoted string (RFC 9112, 7.1.1). A
    /// reader that is less strict than its neighbour finds another end of the line.
    private static func state(after byte: UInt8, inExtension state: State) throws(RequestError) -> State {
        let isBlank = ASCII.isBlank(byte)
        let isToken = ByteSet.token.contains(byte)
        switch state {
        case .extensionStart where isBlank, .valueStart where isBlank, .extensionNameBlank where isBlank,
            .valueBlank where isBlank:
            return state
        case .extensionStart where isToken, .extensionName where isToken: return .extensionName
        case .extensionName where isBlank: return .extensionNameBlank
        case .extensionName where byte == equalsSign, .extensionNameBlank where byte == equalsSign: return .valueStart
        case .valueStart where byte == quote: return .quotedValue
        case .valueStart where isToken, .value where isToken: return .value
        case .value where isBlank, .quotedEnd where isBlank: return .valueBlank
        case .quotedValue where byte == quote: return .quotedEnd
        case .quotedValue where byte == backslash: return .quotedByte
        case .quotedValue where !isControl(byte), .quotedByte where !isControl(byte): return .quotedValue
        case .extensionName where byte == ASCII.semicolon, .extensionNameBlank where byte == ASCII.semicolon,
            .value where byte == ASCII.semicolon, .quotedEnd where byte == ASCII.semicolon,
            .valueBlank where byte == ASCII.semicolon:
            return .extensionStart
        // Blank at the end of the line belongs to no extension.
        case .extensionName where byte == ASCII.carriageReturn, .value where byte == ASCII.carriageReturn,
            .quotedEnd where byte == ASCII.carriageReturn:
            return .sizeLineFeed
        default: throw .invalidChunkExtension
        }
    }

    private static var equalsSign: UInt8 { 0x3D }
    private static var quote: UInt8 { 0x22 }
    private static var backslash: UInt8 { 0x5C }

    private mutating func countExtension(_ limits: RequestLimits) throws(RequestError) {
        extensionByteCount += 1
        if extensionByteCount > limits.chunkExtensionByteLimit { throw .invalidChunkExtension }
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        byte < ASCII.space && byte != ASCII.tab || byte == 0x7F
    }
}
