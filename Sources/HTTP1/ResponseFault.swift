/// Where a parser of answers has failed, and the bytes that stand there.
package struct ResponseFault: Equatable, Sendable {
    /// What was being read.
    package enum Part: Sendable {
        case statusLine, field, chunkLine, trailer
        /// Behind the bytes of a chunk, where its line ends.
        case chunkEnd
        /// Between two answers, or within a body.
        case body
    }

    package let part: Part
    /// The answer's number on its connection, from 1 on; of bytes that no request asked for, that of the answer before them.
    package let answer: Int
    /// The place, from 1 on, of the first byte of the line that is not as it should be; nil: the fault is not one of a byte.
    package let place: Int?
    /// Bytes of the line, around that place.
    package let excerpt: [UInt8]
    /// The line has bytes before the excerpt.
    package let isCutBefore: Bool

    /// What a line of a terminal has room for, beside the words.
    static let excerptByteCount = 60
    /// Bytes before the place that an excerpt of a longer line shows.
    private static let leadByteCount = 20

    init(_ error: ResponseError, _ part: Part, answer: Int, _ line: [UInt8]) {
        self.part = part
        self.answer = answer
        let offset: Int? = switch error {
        case .invalidStatusLine: LineFault.statusLine(line[...]) ?? line.count
        case .invalidField: LineFault.field(line[...])
        case .invalidChunk: part == .chunkLine ? LineFault.chunk(line[...]) : 0
        case .invalidLineEnd: line.count
        case .unrequested, .headTooLarge, .trailersTooLarge, .tooManyFields, .unexpectedInformational, .invalidContentLength,
            .conflictingLengths, .unsupportedTransferCoding, .incomplete: nil
        }
        place = offset.map { $0 + 1 }
        let room = line.count - ResponseFault.excerptByteCount
        let start = max(0, min(room, (offset ?? 0) - ResponseFault.leadByteCount))
        isCutBefore = start > 0
        // Two lengths contradict each other in two fields: the line at which that is known is the empty one.
        excerpt = Array(line[start...].prefix(ResponseFault.excerptByteCount))
    }
}

/// The first byte of a line that is not as it should be. Looked for once a parser has failed: to tell the place is not
/// worth a step of those that read good lines.
enum LineFault {
    /// nil: the line is one, or the beginning of one.
    static func statusLine(_ line: ArraySlice<UInt8>) -> Int? {
        let form = Array("HTTP/1.1 200 ".utf8)
        for (index, byte) in line.enumerated() {
            let isRight = switch index {
            case 7, 10, 11: ASCII.decimal(byte) != nil
            case 9: ASCII.decimal(byte).map { $0 > 0 } ?? false
            case ..<form.count: byte == form[index]
            default: !ResponseFacts.isControl(byte)
            }
            if !isRight { return index }
        }
        return nil
    }

    /// - Returns: the place behind the line when its colon is missing.
    static func field(_ line: ArraySlice<UInt8>) -> Int {
        let name = line.prefix(while: ByteSet.token.contains)
        guard !name.isEmpty, name.count <= LineBuffer.nameByteLimit, name.count < line.count, line[name.endIndex] == ASCII.colon else {
            return min(name.count, LineBuffer.nameByteLimit)
        }
        return line.firstIndex(where: ResponseFacts.isControl) ?? line.count
    }

    static func chunk(_ line: ArraySlice<UInt8>) -> Int {
        let digits = line.prefix { ASCII.hexadecimal($0) != nil }
        let behind = line.dropFirst(digits.count).drop(while: ASCII.isBlank)
        if digits.isEmpty || digits.count > sizeDigitLimit { return min(digits.count, sizeDigitLimit) }
        if let first = behind.first, first != ASCII.semicolon { return behind.startIndex }
        return line.firstIndex { ResponseFacts.isControl($0) } ?? line.count
    }

    /// Whether it may be the beginning of a field: a name, as far as it has come, and a colon behind it.
    static func beginsField(_ line: ArraySlice<UInt8>) -> Bool {
        let name = line.prefix(while: ByteSet.token.contains)
        if name.count == line.count { return name.count <= LineBuffer.nameByteLimit }
        return !name.isEmpty && line[name.endIndex] == ASCII.colon
    }

    /// Whether it may be the beginning of a chunk's line: a size, as far as it has come, and an extension behind it.
    static func beginsChunk(_ line: ArraySlice<UInt8>) -> Bool {
        let size = line.prefix { $0 != ASCII.semicolon }
        return line.isEmpty || !size.isEmpty && chunk(size) == size.count
    }

    /// Of a chunk's size: 64 bits.
    private static let sizeDigitLimit = 16
}
