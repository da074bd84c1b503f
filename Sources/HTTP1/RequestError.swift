/// Why bytes are no request that we take. The connection is lost after any of these: the place where the next
/// request begins can only be guessed, and guessing is request smuggling.
package enum RequestError: Error, Equatable, Sendable {
    // The request line
    /// More empty lines before the request than `leadingEmptyLineLimit`.
    case tooManyEmptyLines
    /// No method, or one that is not a token followed by one space.
    case invalidMethod
    /// A target with other bytes than visible ASCII, or in a form that the method does not take.
    case invalidTarget
    /// A target longer than `targetByteLimit`.
    case targetTooLong
    /// Not `HTTP/`, digit, dot, digit, or missing as in HTTP/0.9.
    case invalidVersion
    /// A version that is neither 1.0 nor 1.1.
    case unsupportedVersion
    /// CONNECT: the server is no tunnel, and the bytes behind the request need not be HTTP.
    case unsupportedConnect

    // Fields
    /// A CR without LF after it or an LF without CR before it.
    case invalidLineEnd
    case headTooLarge
    case tooManyHeaders
    /// A name that is not a token right before its colon; space before the colon too.
    case invalidFieldName
    /// A control byte in a value.
    case invalidFieldValue
    /// A line that begins with white space: obsolete folding, RFC 9112, section 5.2.
    case foldedField
    case missingHost
    case repeatedHost
    case invalidHost
    /// An `Expect` other than `100-continue`.
    case unsupportedExpectation

    // The body's length: RFC 9112, section 6
    /// Not a number of decimal digits that fits, or said more than once.
    case invalidContentLength
    case repeatedContentLength
    /// Both Content-Length and Transfer-Encoding.
    case conflictingLengths
    /// `chunked` is not the last coding, or the field is repeated.
    case invalidTransferEncoding
    /// A coding besides `chunked`.
    case unsupportedTransferCoding
    /// Transfer-Encoding in HTTP/1.0, which did not know it.
    case transferEncodingInHTTP10
    case bodyTooLarge

    // Chunks: RFC 9112, section 7.1
    case invalidChunkSize
    case invalidChunkExtension
    /// A chunk that is longer or shorter than its size said.
    case invalidChunkEnd
    case invalidTrailer
    case trailersTooLarge

    /// The status to answer before closing.
    package var status: Int {
        switch self {
        case .targetTooLong: 414
        case .unsupportedVersion: 505
        case .unsupportedConnect, .unsupportedTransferCoding: 501
        case .headTooLarge, .tooManyHeaders, .trailersTooLarge: 431
        case .unsupportedExpectation: 417
        case .bodyTooLarge: 413
        case .tooManyEmptyLines, .invalidMethod, .invalidTarget, .invalidVersion, .invalidLineEnd,
            .invalidFieldName, .invalidFieldValue, .foldedField, .missingHost, .repeatedHost,
            .invalidHost, .invalidContentLength, .repeatedContentLength, .conflictingLengths,
            .invalidTransferEncoding, .transferEncodingInHTTP10, .invalidChunkSize,
            .invalidChunkExtension, .invalidChunkEnd, .invalidTrailer:
            400
        }
    }
}
