/// Handshakes of one side, since the start.
package struct TLSSample: Sendable, Equatable {
    /// Handshakes that were completed, full and resumed.
    package var handshakes: UInt64 = 0
    /// Those that resumed an earlier session, as the peer confirmed.
    package var resumedHandshakes: UInt64 = 0
    /// Handshakes that failed, and these by cause.
    package var failedHandshakes: UInt64 = 0
    package var failures = HandshakeFailureCounts()

    package init() {}
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
    /// The peer's bytes were not TLS.
    package var notTLS: UInt64 = 0
    /// The peer ended it, with an alert or without one.
    package var peer: UInt64 = 0
    package var timeout: UInt64 = 0
    package var other: UInt64 = 0

    package init() {}
}

extension TLSSample: SamplePart {
    package static let table = MetricTable<TLSSample>([
        .counter("handshakes", .handshake, \.handshakes, "TLS handshakes completed, full and resumed"),
        .counter("resumed", .handshake, \.resumedHandshakes, "Completed by resuming a session, as the peer confirmed"),
        .counter("failed", .handshake, \.failedHandshakes, better: .lower, "TLS handshakes that failed"),
        .counter("failures.expired", .handshake, \.failures.expired, "Failed: the certificate is past its end, or before its beginning"),
        .counter("failures.self_signed", .handshake, \.failures.selfSigned, "Failed: the certificate vouches for itself"),
        .counter("failures.unknown_authority", .handshake, \.failures.unknownAuthority, "Failed: the certificate's authority is not trusted"),
        .counter("failures.wrong_name", .handshake, \.failures.wrongName, "Failed: the certificate is for other names"),
        .counter("failures.no_common_protocol", .handshake, \.failures.noCommonProtocol, "Failed: no application protocol in common (ALPN)"),
        .counter("failures.not_tls", .handshake, \.failures.notTLS, "Failed: the peer's bytes were not TLS"),
        .counter("failures.peer", .handshake, \.failures.peer, "Failed: the peer ended it, with an alert or without one"),
        .counter("failures.timeout", .handshake, \.failures.timeout, "Failed: not done in time"),
        .counter("failures.other", .handshake, \.failures.other, "Failed for any other reason"),
    ])
}
