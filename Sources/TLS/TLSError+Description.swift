internal import COpenSSL
internal import Files

/// Errors in words, for the person who has to mend their cause.
extension TLSError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .certificateExpired: "the server's certificate has expired"
        case .certificateNotYetValid: "the server's certificate is not valid yet"
        case .certificateSelfSigned: "the server's certificate is self-signed, and not trusted"
        case .unknownAuthority: "the server's certificate was issued by an authority that is not trusted"
        case .wrongHost(let name): "the server's certificate is not for \(name)"
        case .noClientCertificate: "the client sent no certificate"
        case .certificateRefused(_, let reason): "the server's certificate is refused: \(reason)"
        case .invalidHost(let name): "'\(name)' cannot be the name in a certificate"
        case .noCommonProtocol: "the peers share no application protocol"
        case .protocolVersion: "the peers share no version of TLS"
        case .noCommonCipher: "the peers share no cipher"
        case .notTLS: "the peer's bytes are not TLS: for a server in the clear write http://"
        case .peerAlert(_, let reason): "the peer gave up: \(reason)"
        case .truncated: "the connection was cut off"
        case .protocolViolation(let reason): "the peer broke the protocol: \(reason)"
        case .outOfResources: "no memory, or no randomness"
        }
    }
}

extension TLSSetupError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missingFile(let path): "\(path): there is no such file"
        case .noPermission(let path): "\(path): no permission"
        case .unreadableFile(let path, let code): "\(path): cannot be read: \(SystemError(number: code))"
        case .noCertificate(let path): "\(path): the file holds no certificate in PEM"
        case .noPrivateKey(let path): "\(path): the file holds no private key in PEM"
        case .encryptedKey(let path): "\(path): the key is encrypted; write it without a password, or a client's password into a file (--client-password-file)"
        case .wrongPassword(let path): "\(path): the password is not the key's"
        case .notPKCS12(let path): "\(path): neither PEM nor PKCS#12"
        case .incompletePKCS12(let path): "\(path): the PKCS#12 lacks the certificate or its key"
        case .keyBesidePKCS12(let path): "\(path): PKCS#12 has its key in it; leave out --client-key"
        case .keyDoesNotMatch(let certificate, let key): "\(key) is not the key of the certificate in \(certificate)"
        case .refused(let reason): "OpenSSL refuses: \(reason)"
        case .invalidName(let name): "'\(name)' cannot stand in a certificate"
        case .outOfResources: "no memory, or no randomness"
        }
    }
}
