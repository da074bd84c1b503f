/// Handshakes of one side, since the start.
package struct TLSSample: Sendable, Equatable {
    /// Handshakes that were completed, full and resumed.
    package var handshakes: UInt64 = 0
    /// Those that resumed an earlier session, by the word of the peer.
    package var resumedHandshakes: UInt64 = 0
    /// Handshakes that failed, and these by cause.
    package var failedHandshakes: UInt64 = 0
    package var failures = HandshakeFailureCounts()

    package init() {}

    /// Adds another loop's counts.
    package mutating func merge(_ other: TLSSample) {
        handshakes += other.handshakes
        resumedHandshakes += other.resumedHandshakes
        failedHandshakes += other.failedHandshakes
        failures.merge(other.failures)
    }
}

/// Failed handshakes by cause.
package struct HandshakeFailureCounts: Sendable, Equatable {
    /// The certificate is past its end, or before its beginning.
    package var expired: UInt64 = 0
    package var selfSigned: UInt64 = 0
    /// Its chain ends at an authority that is not trusted.
    package var unknownAuthority: UInt64 = 0
    /// It is good for other names.
    package var wrongName: UInt64 = 0
    /// The peers share no application protocol (ALPN).
    package var noCommonProtocol: UInt64 = 0
    /// What came was not TLS.
    package var notTLS: UInt64 = 0
    /// The peer ended it, by an alert or without a word.
    package var peer: UInt64 = 0
    package var timeout: UInt64 = 0
    package var other: UInt64 = 0

    package init() {}

    /// Adds another loop's counts.
    package mutating func merge(_ other: HandshakeFailureCounts) {
        expired += other.expired
        selfSigned += other.selfSigned
        unknownAuthority += other.unknownAuthority
        wrongName += other.wrongName
        noCommonProtocol += other.noCommonProtocol
        notTLS += other.notTLS
        peer += other.peer
        timeout += other.timeout
        self.other += other.other
    }
}
