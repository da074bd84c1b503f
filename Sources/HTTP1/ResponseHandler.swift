/// The user of a `ResponseParser`, which gets the answers as they are parsed.
///
/// Every call comes from inside `parse` or `parseEnd`, which must not be called again from there.
package protocol ResponseHandler: AnyObject {
    /// The first byte of an answer has come. - Returns: the kind of its request; nil without a request.
    func responseWillBegin() -> ResponseParser.Request?
    /// The final status, 200 to 999. 1xx and their fields are passed over.
    func responseDidReceiveStatus(_ status: Int)
    /// A field; its name in lower case. The bytes are the parser's, and gone when this returns.
    func responseDidReceiveField(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)
    /// Some of the body, chunks taken apart. The bytes are the caller's.
    func responseDidReceiveBody(_ bytes: UnsafeRawBufferPointer)
    /// The answer is complete. - Parameter keepsAlive: whether the peer takes another request.
    func responseDidEnd(keepsAlive: Bool)
}
