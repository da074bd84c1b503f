/// Which field of a request one is, as far as servers tell them apart.
package enum FieldKind: UInt8, Sendable {
    case method, scheme, path, authority
    /// No pseudo-field. Also every field of a session that does not check requests.
    case other
}
