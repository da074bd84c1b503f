import Foundation
import TLS
import TestSupport
import Testing

/// A directory of its own with a certificate, its key and files that are neither.
final class Files {
    let folder: String
    var certificate: String { folder + "/cert.pem" }
    var key: String { folder + "/key.pem" }
    var otherKey: String { folder + "/other.pem" }
    var encryptedKey: String { folder + "/encrypted.pem" }
    var nonsense: String { folder + "/nonsense.pem" }

    init() throws {
        folder = NSTemporaryDirectory() + "highwater-tls-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", key, "-out", certificate)
        try openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", otherKey)
        try openssl("pkey", "-in", key, "-aes256", "-passout", "pass:secret", "-out", encryptedKey)
        try "this is no PEM\n".write(toFile: nonsense, atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func openssl(_ arguments: String...) throws {
        let program = try SpawnedProgram(OpenSSLProgram.path, arguments, output: "/dev/null")
        try #require(program.finish(withinSeconds: 20) == 0)
    }
}

@Suite("An identity from files", .enabled(if: OpenSSLProgram.isInstalled, "/usr/bin/openssl is not installed"))
struct FileTests {
    @Test("loads a certificate and its key, from one file too")
    func loads() throws {
        let files = try Files()
        _ = try TLSIdentity(certificateFile: files.certificate, keyFile: files.key)
        let both = files.folder + "/both.pem"
        let text = try String(contentsOfFile: files.key, encoding: .utf8)
            + String(contentsOfFile: files.certificate, encoding: .utf8)
        try text.write(toFile: both, atomically: true, encoding: .utf8)
        _ = try TLSIdentity(certificateFile: both, keyFile: both)
    }

    @Test("names the file and the cause of every failure")
    func failures() throws {
        let files = try Files()
        func expect(_ error: TLSSetupError, _ certificate: String, _ key: String) {
            #expect(throws: error) { try TLSIdentity(certificateFile: certificate, keyFile: key) }
        }
        expect(.missingFile("/no/cert"), "/no/cert", files.key)
        expect(.missingFile("/no/key"), files.certificate, "/no/key")
        expect(.noCertificate(files.nonsense), files.nonsense, files.key)
        expect(.noCertificate(files.key), files.key, files.key)
        expect(.noPrivateKey(files.certificate), files.certificate, files.certificate)
        expect(.encryptedKey(files.encryptedKey), files.certificate, files.encryptedKey)
        expect(
            .keyDoesNotMatch(certificate: files.certificate, key: files.otherKey), files.certificate, files.otherKey)
        expect(.unreadableFile(files.folder, errno: EISDIR), files.folder, files.key)
        #expect(throws: TLSSetupError.missingFile("/no/ca")) { try TrustStore.file("/no/ca") }
        #expect(throws: TLSSetupError.noCertificate(files.nonsense)) { try TrustStore.file(files.nonsense) }
    }

    @Test("says that a file may not be read", .enabled(if: geteuid() != 0, "root may read everything"))
    func permission() throws {
        let files = try Files()
        chmod(files.key, 0)
        #expect(throws: TLSSetupError.noPermission(files.key)) {
            try TLSIdentity(certificateFile: files.certificate, keyFile: files.key)
        }
    }

    @Test("is cut short in the middle of a certificate without harm")
    func truncated() throws {
        let files = try Files()
        let text = try String(contentsOfFile: files.certificate, encoding: .utf8)
        for count in stride(from: 0, to: text.count - 30, by: 97) {
            try String(text.prefix(count)).write(toFile: files.nonsense, atomically: true, encoding: .utf8)
            #expect(throws: TLSSetupError.noCertificate(files.nonsense)) { try TrustStore.file(files.nonsense) }
        }
    }
}

@Suite("The key log", .enabled(if: OpenSSLProgram.isInstalled, "/usr/bin/openssl is not installed"))
struct KeyLogTests {
    @Test("is written only where asked, for the owner alone")
    func onlyWhenAsked() throws {
        let files = try Files()
        let path = files.folder + "/keys.log"
        setenv("SSLKEYLOGFILE", path, 1)
        defer { unsetenv("SSLKEYLOGFILE") }
        var world = try World()
        try world.pair().pump()
        #expect(!FileManager.default.fileExists(atPath: path))
        world.client.keyLogPath = path
        let pair = try world.pair()
        pair.pump()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("CLIENT_HANDSHAKE_TRAFFIC_SECRET ") && text.hasSuffix("\n"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let lines = text.split(separator: "\n").count
        try pair.reconnect()
        pair.pump()
        #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 2 * lines)
        world.client.keyLogPath = "/no/such/folder/keys"
        #expect(throws: TLSSetupError.missingFile("/no/such/folder/keys")) { try world.pair() }
    }
}
