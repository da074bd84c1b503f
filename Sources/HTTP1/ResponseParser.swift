internal import Memory

/// Parses the answers that come on one connection, one after the other.
///
/// Bytes go in as they come, in pieces of any size, and the result does not depend on how they
/// were split. Only a line that is not whole yet is kept: bodies are handed on in the caller's bytes. After an error every further call throws the same error.
///
/// `@safe`: its pointers are its own.
@safe
package final class ResponseParser {
    /// The kind of request that an answer is for, as far as the answer's length depends on it.
    package enum Request: Sendable {
        case head
        case other
    }

    private enum Phase {
        /// Between two answers.
        case idle
        case statusLine
        case fields
        /// Behind a field line of which the next byte tells whether it goes on (RFC 9112, 5.2).
        case fieldEnd
        /// Within a line in which the field goes on.
        case foldedLine
        case countedBody(remaining: Int)
        case chunkSize
        case chunk(remaining: Int)
        /// The line end behind a chunk's data.
        case chunkEnd
        case trailers
        /// To the end of the connection.
        case endlessBody
        case failed(ResponseError)
    }
    private var phase = Phase.idle

    private let limits: ResponseLimits
    private let lines: LineBuffer
    /// Changed in a copy: to change it in place would be checked at run time against every other access.
    private var facts = ResponseFacts()
    private var request = Request.other
    private var informationalCount = 0
    private var fieldCount = 0
    /// Bytes of this answer's head, or of its trailers.
    private var sectionByteCount = 0
    /// Those before the line that is being read.
    private var lineStart = 0
    private var headerByteCount: UInt64 = 0
    /// A field line that may go on in the next line, which has not come; empty: none.
    private var heldLine: [UInt8] = []
    /// Answers that were whole.
    private var answerCount = 0

    /// Bytes of status lines and fields so far.
    package var receivedHeaderByteCount: UInt64 { headerByteCount }

    package init(limits: ResponseLimits = ResponseLimits()) {
        self.limits = limits
        lines = LineBuffer(byteLimit: limits.headByteLimit)
    }

    /// Takes all of `input`.
    package func parse(_ input: UnsafeRawBufferPointer, for handler: some ResponseHandler) throws(ResponseError) {
        if case .failed(let error) = phase { throw error }
        var rest = unsafe input
        var start = unsafe rest
        do throws(ResponseError) {
            while unsafe !rest.isEmpty {
                unsafe start = unsafe rest
                try unsafe step(&rest, handler)
            }
        } catch {
            let line = unsafe error == .unrequested ? Array(rest.prefix(ResponseFault.excerptByteCount)) : faultyLine(start, before: rest.count)
            let error = cause(error, line)
            fault = ResponseFault(error, part, answer: error == .unrequested ? answerCount : answerCount + 1, line)
            phase = .failed(error)
            throw error
        }
    }

    /// Where parsing has failed; nil: it has not, or the connection ended within an answer.
    package private(set) var fault: ResponseFault?

    /// The line that is being read, as far as it has come, without its end.
    /// - Parameters:
    ///   - start: what was there before the last step.
    ///   - left: bytes that it left.
    private func faultyLine(_ start: UnsafeRawBufferPointer, before left: Int) -> [UInt8] {
        // A field is judged when the byte behind its line has come.
        var line = unsafe !heldLine.isEmpty ? heldLine : !lines.kept.isEmpty ? Array(lines.kept) : Array(start.dropLast(left))
        if line.last == ASCII.lineFeed { line.removeLast() }
        if line.last == ASCII.carriageReturn { line.removeLast() }
        return line
    }

    /// A head that is too large, or a line without its end, may be no head at all, such as bytes of a body behind an
    /// answer whose content-length is too small.
    private func cause(_ error: ResponseError, _ line: [UInt8]) -> ResponseError {
        guard error == .headTooLarge || error == .invalidLineEnd else { return error }
        // As far as the limit: so the result does not depend on how the bytes were split.
        let line = line.prefix(max(0, limits.headByteLimit - lineStart))
        switch phase {
        case .statusLine: return LineFault.statusLine(line.prefix(13)) == nil ? error : .invalidStatusLine
        case .fields: return LineFault.beginsField(line) ? error : .invalidField
        case .chunkSize: return !LineFault.beginsChunk(line) ? .invalidChunk : error == .headTooLarge ? .trailersTooLarge : error
        case .chunkEnd: return .invalidChunk
        case .trailers: return error == .headTooLarge ? .trailersTooLarge : error
        case .idle, .fieldEnd, .foldedLine, .countedBody, .chunk, .endlessBody, .failed: return error
        }
    }

    /// What is being read.
    private var part: ResponseFault.Part {
        switch phase {
        case .idle, .countedBody, .chunk, .endlessBody, .failed: .body
        case .statusLine: .statusLine
        case .fields, .fieldEnd, .foldedLine: .field
        case .chunkSize: .chunkLine
        case .chunkEnd: .chunkEnd
        case .trailers: .trailer
        }
    }

    /// The peer will send no more: which is how some bodies end.
    package func parseEnd(for handler: some ResponseHandler) throws(ResponseError) {
        switch phase {
        case .idle: return
        case .endlessBody: end(handler)
        case .failed(let error): throw error
        case .statusLine, .fields, .fieldEnd, .foldedLine, .countedBody, .chunkSize, .chunk, .chunkEnd, .trailers:
            phase = .failed(.incomplete)
            throw .incomplete
        }
    }

    /// Takes at least one byte off the front of `rest`.
    private func step(_ rest: inout UnsafeRawBufferPointer, _ handler: some ResponseHandler) throws(ResponseError) {
        switch phase {
        case .idle:
            guard let request = handler.responseWillBegin() else { throw .unrequested }
            self.request = request
            informationalCount = 0
            beginHead()
        case .statusLine:
            guard let line = unsafe try nextLine(&rest) else { return }
            var facts = facts
            try unsafe facts.readStatusLine(unsafe line)
            self.facts = facts
            if facts.isInformational {
                informationalCount += 1
                if informationalCount > limits.informationalLimit || facts.status == 101 { throw .unexpectedInformational }
            } else {
                handler.responseDidReceiveStatus(facts.status)
            }
            phase = .fields
        case .fields:
            guard let line = unsafe try nextLine(&rest) else { return }
            if unsafe line.isEmpty {
                try headDidEnd(handler)
            } else if unsafe rest.isEmpty || ASCII.isBlank(rest[0]) {
                unsafe heldLine = Array(line)
                phase = .fieldEnd
            } else {
                try unsafe takeField(line, handler)
            }
        case .fieldEnd:
            guard unsafe ASCII.isBlank(rest[0]) else {
                phase = .fields
                try unsafe heldLine.withUnsafeBufferPointer { (line) throws(ResponseError) in
                    try unsafe takeField(UnsafeRawBufferPointer(line), handler)
                }
                return heldLine = []
            }
            phase = .foldedLine
        case .foldedLine:
            guard let line = unsafe try nextLine(&rest) else { return }
            phase = .fieldEnd
            // Its lines are one value, with a space between each two.
            heldLine.append(ASCII.space)
            unsafe heldLine += ArenaBytes(viewing: line).trimmed.buffer
        case .countedBody(let remaining):
            let part = unsafe take(remaining, of: &rest)
            phase = .countedBody(remaining: remaining - part.count)
            unsafe handler.responseDidReceiveBody(part)
            if part.count == remaining { end(handler) }
        case .chunkSize:
            guard let line = unsafe try nextLine(&rest) else { return }
            let size = try unsafe ResponseFacts.chunkSize(unsafe line)
            // Extensions of many small chunks are not added up: each is bounded, and was paid for.
            sectionByteCount = 0
            phase = size == 0 ? .trailers : .chunk(remaining: size)
        case .chunk(let remaining):
            let part = unsafe take(remaining, of: &rest)
            phase = part.count == remaining ? .chunkEnd : .chunk(remaining: remaining - part.count)
            unsafe handler.responseDidReceiveBody(part)
        case .chunkEnd:
            guard let line = unsafe try nextLine(&rest) else { return }
            guard unsafe line.isEmpty else { throw .invalidChunk }
            phase = .chunkSize
        case .trailers:
            guard let line = unsafe try nextLine(&rest) else { return }
            if unsafe line.isEmpty { return end(handler) }
            // Trailers are not read, and so neither are lines in which they go on.
            if unsafe fieldCount > 0 && ASCII.isBlank(line[0]) { return }
            unsafe _ = try ResponseFacts.field(line)
            try countField()
        case .endlessBody:
            let part = unsafe take(rest.count, of: &rest)
            unsafe handler.responseDidReceiveBody(part)
        case .failed: preconditionFailure("a parser that failed goes on")
        }
    }

    // MARK: The head

    private func beginHead() {
        facts = ResponseFacts()
        fieldCount = 0
        sectionByteCount = 0
        phase = .statusLine
    }

    private func takeField(_ line: UnsafeRawBufferPointer, _ handler: some ResponseHandler) throws(ResponseError) {
        let (name, value) = unsafe try ResponseFacts.field(line)
        try countField()
        guard !facts.isInformational else { return }
        let lowerName = unsafe try lines.lowerCased(name)
        var facts = facts
        try unsafe facts.note(name: lowerName, value: value)
        self.facts = facts
        unsafe handler.responseDidReceiveField(name: lowerName, value: value)
    }

    private func countField() throws(ResponseError) {
        fieldCount += 1
        if fieldCount > limits.fieldLimit { throw .tooManyFields }
    }

    private func headDidEnd(_ handler: some ResponseHandler) throws(ResponseError) {
        headerByteCount &+= UInt64(sectionByteCount)
        sectionByteCount = 0
        if facts.isInformational { return beginHead() }
        switch try facts.bodyLength(request) {
        case .none: end(handler)
        case .count(let count): phase = .countedBody(remaining: count)
        case .chunked: phase = .chunkSize
        case .untilEnd: phase = .endlessBody
        }
    }

    private func end(_ handler: some ResponseHandler) {
        if case .endlessBody = phase { facts.closes() }
        phase = .idle
        answerCount &+= 1
        handler.responseDidEnd(keepsAlive: facts.keepsAlive)
    }

    // MARK: Bytes

    private func take(_ count: Int, of rest: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let count = min(count, rest.count)
        let part = unsafe UnsafeRawBufferPointer(rebasing: rest[..<count])
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        return unsafe part
    }

    /// The next line without its end, as soon as it is whole; valid until the next call.
    private func nextLine(_ rest: inout UnsafeRawBufferPointer) throws(ResponseError) -> UnsafeRawBufferPointer? {
        let before = rest.count
        if lines.isAtStart { lineStart = sectionByteCount }
        let line = unsafe try lines.next(&rest)
        sectionByteCount += before - rest.count
        if sectionByteCount > limits.headByteLimit { throw .headTooLarge }
        return unsafe line
    }
}
