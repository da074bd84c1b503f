/// Why bytes are no response that we take. The connection is lost after any of these: the place where the next
/// response begins can only be guessed.
package enum ResponseError: Error, Equatable, Sendable {
    /// Bytes without a request before them.
    case unrequested
    /// Not `HTTP/1.`, digit, blank, three digits.
    case invalidStatusLine
    /// A line without CR before its LF, or with another CR.
    case invalidLineEnd
    /// No token before a colon, or a control byte in the value.
    case invalidField
    case headTooLarge
    /// Chunk extensions, or trailers, beyond the limit of a head.
    case trailersTooLarge
    case tooManyFields
    /// More 1xx than `informationalLimit`, or 101, since no request asks for another protocol.
    case unexpectedInformational
    /// Not a number of decimal digits that fits, or two numbers.
    case invalidContentLength
    /// Both Content-Length and Transfer-Encoding.
    case conflictingLengths
    /// A coding other than `chunked`, once.
    case unsupportedTransferCoding
    case invalidChunk
    /// The connection ended in the middle.
    case incomplete
}
