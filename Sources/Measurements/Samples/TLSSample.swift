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
    /// A client sent none, and it was asked for one.
    package var noCertificate: UInt64 = 0
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
        .counter("failed", .handshake, \.failedHandshakes, better: .zero, "TLS handshakes that failed"),
        .counter("failures.expired", .handshake, \.failures.expired, better: .zero, "Failed: the certificate is past its end, or before its beginning"),
        .counter("failures.self_signed", .handshake, \.failures.selfSigned, better: .zero, "Failed: the certificate vouches for itself"),
        .counter("failures.unknown_authority", .handshake, \.failures.unknownAuthority, better: .zero, "Failed: the certificate's authority is not trusted"),
        .counter("failures.wrong_name", .handshake, \.failures.wrongName, better: .zero, "Failed: the certificate is for other names"),
        .counter("failures.no_certificate", .handshake, \.failures.noCertificate, better: .zero, "Failed: the client sent no certificate, and is asked for one (--client-ca)"),
        .counter("failures.no_common_protocol", .handshake, \.failures.noCommonProtocol, better: .zero, "Failed: no application protocol in common (ALPN)"),
        .counter("failures.not_tls", .handshake, \.failures.notTLS, better: .zero, "Failed: the peer's bytes were not TLS"),
        .counter("failures.peer", .handshake, \.failures.peer, better: .zero, "Failed: the peer ended it, with an alert or without one"),
        .counter("failures.timeout", .handshake, \.failures.timeout, better: .zero, "Failed: not done in time"),
        .counter("failures.other", .handshake, \.failures.other, better: .zero, "Failed for any other reason"),
    ])
}
