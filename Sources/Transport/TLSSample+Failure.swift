package import Measurements
package import TLS

extension TLSSample {
    /// A handshake failed.
    package mutating func countFailure(_ error: TLSError) {
        failedHandshakes += 1
        switch error {
        case .certificateExpired, .certificateNotYetValid: failures.expired += 1
        case .certificateSelfSigned: failures.selfSigned += 1
        case .unknownAuthority: failures.unknownAuthority += 1
        case .wrongHost: failures.wrongName += 1
        case .noClientCertificate: failures.noCertificate += 1
        case .noCommonProtocol: failures.noCommonProtocol += 1
        case .notTLS: failures.notTLS += 1
        case .peerAlert, .truncated: failures.peer += 1
        case .certificateRefused, .invalidHost, .protocolVersion, .noCommonCipher, .protocolViolation, .outOfResources:
            failures.other += 1
        }
    }

    /// The peer ended the connection before the handshake was done, without an alert.
    package mutating func countLostHandshake() {
        failedHandshakes += 1
        failures.peer += 1
    }

    /// A handshake was not done in time.
    package mutating func countTimeout() {
        failedHandshakes += 1
        failures.timeout += 1
    }
}
