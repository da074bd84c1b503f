/// Why bytes are no answer of ours. The connection is lost after any of these: where the next
/// response would begin is anybody's guess.
package enum ResponseError: Error, Equatable, Sendable {
    /// Bytes for which nobody asked.
    case unrequested
    /// Not `HTTP/1.`, digit, blank, three digits.
    case invalidStatusLine
    /// A line without CR before its LF, or with another CR.
    case invalidLineEnd
    /// No token before a colon, or a control byte in the value.
    case invalidField
    case headTooLarge
    case tooManyFields
    /// More 1xx than `informationalLimit`; 101, since nobody asked for another protocol.
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
