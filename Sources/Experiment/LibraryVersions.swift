internal import HTTP2
internal import Loop
internal import Measurements
internal import TLS

/// The C libraries below an experiment, as they are linked now: for bug reports.
package enum LibraryVersions {
    /// Names and versions.
    package static var all: [(name: String, version: String)] {
        [
            ("libuv", EventLoop.libuvVersion), ("nghttp2", SessionFactory.nghttp2Version),
            ("OpenSSL", TLSVersion.openSSLVersion), ("zlib", LatencyHistogram.zlibVersion),
        ]
    }
}
