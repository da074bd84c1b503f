import Glibc
import Testing
import TestSupport
import Watch

/// A server that people use, as the suite starts it: a port in the clear, and where it speaks TLS another.
struct RealServer: CustomTestStringConvertible, Sendable {
    let name: String
    /// nil: it is not installed.
    let program: String?
    /// Arguments, given a folder of its own and the two ports.
    let arguments: @Sendable (_ folder: String, _ port: UInt16, _ tlsPort: UInt16) -> [String]
    /// What is asked for in the clear; nil: it speaks HTTP/2 there without an upgrade, or not at all.
    var path: String? = "/\(bodyByteCount)"
    /// What is asked for over TLS; nil: it has none, or the probe cannot know of it.
    var tlsPath: String?
    var speaksHTTP2 = false
    /// It answers with one letter, and not with the file.
    var answersLetters = false
    /// The answer is its own: its length alone is held.
    var answersItsOwn = false
    var options = ProbeOptions()
    /// Where the server behind it listens, which the suite starts.
    var backendPort: UInt16?
    /// What it exits with when it is told to stop, here with connections open.
    var exitCode: Int32 = 0

    var testDescription: String { name }

    static let bodyByteCount = 300_000

    static let all: [RealServer] = [
        nginx, h2o, nghttpd, nghttpdClear, haproxy, lighttpd, named, node, uvicorn, granian, highwater("lease"), highwater("copy"),
    ]

    /// The body of the static servers' file: no part of it is like another.
    static let file = patternBytes(bodyByteCount)

    /// A folder with what the servers are to serve, and a certificate.
    static func prepare(_ folder: String) {
        mkdir(folder, 0o755)
        Fixtures.write(file, to: "\(folder)/\(bodyByteCount)")
        Fixtures.run(Fixtures.tool("openssl") ?? "", [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-keyout", "\(folder)/key.pem", "-out", "\(folder)/cert.pem",
        ])
        Fixtures.write(Fixtures.text(of: "\(folder)/cert.pem") + Fixtures.text(of: "\(folder)/key.pem"), to: "\(folder)/both.pem")
    }

    private static func configured(_ folder: String, _ text: String) -> String {
        let path = "\(folder)/server.conf"
        Fixtures.write(text, to: path)
        return path
    }

    static let nginx = RealServer(
        name: "nginx, 2 workers", program: Fixtures.tool("nginx"),
        arguments: { folder, port, tlsPort in
            ["-e", "stderr", "-p", folder, "-c", configured(folder, """
                daemon off; master_process on; worker_processes 2; user \(userName); pid \(folder)/pid; error_log stderr;
                events { worker_connections 1024; }
                http { access_log off; sendfile off; client_body_temp_path \(folder)/t; proxy_temp_path \(folder)/t; fastcgi_temp_path \(folder)/t;
                  uwsgi_temp_path \(folder)/t; scgi_temp_path \(folder)/t;
                  server { listen 127.0.0.1:\(port); listen 127.0.0.1:\(tlsPort) ssl http2; root \(folder);
                    ssl_certificate cert.pem; ssl_certificate_key key.pem; ssl_session_cache shared:a:1m; } }
                """)]
        },
        tlsPath: "/\(bodyByteCount)", speaksHTTP2: true)

    static let h2o = RealServer(
        name: "h2o", program: Fixtures.tool("h2o"),
        arguments: { folder, port, tlsPort in
            ["-c", configured(folder, """
                user: \(userName)
                num-threads: 2
                http1-request-timeout: 300
                hosts:
                  default:
                    listen:
                      host: 127.0.0.1
                      port: \(port)
                    paths: &paths
                      "/":
                        file.dir: \(folder)
                  tls:
                    listen:
                      host: 127.0.0.1
                      port: \(tlsPort)
                      ssl:
                        certificate-file: \(folder)/cert.pem
                        key-file: \(folder)/key.pem
                    paths: *paths

                """)]
        },
        tlsPath: "/\(bodyByteCount)", speaksHTTP2: true)

    static let nghttpd = RealServer(
        name: "nghttpd, TLS", program: Fixtures.tool("nghttpd"),
        arguments: { folder, _, tlsPort in ["-n", "2", "-a", "127.0.0.1", "-d", folder, "\(tlsPort)", "\(folder)/key.pem", "\(folder)/cert.pem"] },
        path: nil, tlsPath: "/\(bodyByteCount)", speaksHTTP2: true)

    static let nghttpdClear = RealServer(
        name: "nghttpd, in the clear", program: Fixtures.tool("nghttpd"),
        arguments: { folder, port, _ in ["--no-tls", "-n", "2", "-a", "127.0.0.1", "-d", folder, "\(port)"] }, path: nil, speaksHTTP2: true)

    private static let backend = Fixtures.freePort()

    /// Before a server of ours, which is not watched.
    static let haproxy = RealServer(
        name: "haproxy", program: Fixtures.tool("haproxy"),
        arguments: { folder, port, tlsPort in
            ["-db", "-f", configured(folder, """
                global
                  nbthread 2
                defaults
                  mode http
                  timeout client 60s
                  timeout server 60s
                  timeout connect 5s
                frontend f
                  bind 127.0.0.1:\(port)
                  bind 127.0.0.1:\(tlsPort) ssl crt \(folder)/both.pem alpn h2,http/1.1
                  default_backend b
                backend b
                  server s 127.0.0.1:\(backend)

                """)]
        },
        tlsPath: "/\(bodyByteCount)", speaksHTTP2: true, answersLetters: true, backendPort: backend)

    /// Over HTTP/1.1 alone: with a small SO_SNDBUF lighttpd 1.4.69 stops in the middle of answers over HTTP/2, with
    /// the probe and without it.
    static let lighttpd = RealServer(
        name: "lighttpd", program: Fixtures.tool("lighttpd"),
        arguments: { folder, port, tlsPort in
            ["-D", "-f", configured(folder, """
                server.modules = ("mod_openssl")
                server.document-root = "\(folder)"
                server.bind = "127.0.0.1"
                server.port = \(port)
                server.errorlog = "/dev/null"
                $SERVER["socket"] == "127.0.0.1:\(tlsPort)" { ssl.engine = "enable"
                  ssl.pemfile = "\(folder)/cert.pem"
                  ssl.privkey = "\(folder)/key.pem" }

                """)]
        },
        tlsPath: "/\(bodyByteCount)", exitCode: 1)

    /// It closes a connection that is idle for 30 s, unless it is told otherwise, and its answers fit a socket whole.
    static let named = RealServer(
        name: "named", program: Fixtures.tool("named"),
        arguments: { folder, port, _ in
            ["-f", "-c", configured(folder, """
                options { directory "\(folder)"; pid-file none; session-keyfile none; listen-on { none; }; listen-on-v6 { none; }; managed-keys-directory "\(folder)"; dnssec-validation no; recursion no; tcp-idle-timeout 1200; };
                controls { };
                statistics-channels { inet 127.0.0.1 port \(port) allow { any; }; };

                """)]
        },
        path: "/xml/v3", answersItsOwn: true)

    static let node = RealServer(
        name: "node", program: Fixtures.tool("node"),
        arguments: { _, port, _ in ["\(Fixtures.sources)/node-server.js", "\(port)", "right"] }, answersLetters: true, options: detoured)

    static let uvicorn = RealServer(
        name: "uvicorn with uvloop", program: Fixtures.python(with: "uvicorn, uvloop"),
        arguments: { _, port, _ in
            ["-m", "uvicorn", "asgi:app", "--app-dir", Fixtures.sources, "--host", "127.0.0.1", "--port", "\(port)", "--loop", "uvloop", "--no-access-log"]
        },
        answersLetters: true)

    static let granian = RealServer(
        name: "granian", program: Fixtures.python(with: "granian"),
        arguments: { folder, port, _ in
            ["-m", "granian", "--interface", "asgi", "--working-dir", Fixtures.sources, "--host", "127.0.0.1", "--port", "\(port)", "--no-log", "asgi:app"]
        },
        answersLetters: true)

    static func highwater(_ policy: String) -> RealServer {
        RealServer(
            name: "highwater serve, \(policy)", program: access(Fixtures.program, X_OK) == 0 ? Fixtures.program : nil,
            arguments: { folder, port, tlsPort in
                ["serve", "--listen", "127.0.0.1:\(port)", "--loops", "2", "--write-policy", policy, "-d", "1h", "--tls-listen", "127.0.0.1:\(tlsPort)",
                 "--cert", "\(folder)/cert.pem", "--key", "\(folder)/key.pem"]
            },
            path: "/bytes/\(bodyByteCount)", tlsPath: "/bytes/\(bodyByteCount)", speaksHTTP2: true)
    }

    private static var detoured: ProbeOptions {
        var options = ProbeOptions()
        options.detours = true
        return options
    }

    private static let userName = Fixtures.run("/usr/bin/id", ["-un"]).text.filter { $0 != "\n" }
}
