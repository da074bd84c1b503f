import Memory

/// Status lines ready to send.
enum StatusLine {
    /// The whole line for a status we know, otherwise only its beginning: see `isGeneral`.
    static func literal(_ status: Int) -> ArenaBytes {
        switch status {
        case 200: ArenaBytes("HTTP/1.1 200 OK\r\n")
        case 201: ArenaBytes("HTTP/1.1 201 Created\r\n")
        case 202: ArenaBytes("HTTP/1.1 202 Accepted\r\n")
        case 204: ArenaBytes("HTTP/1.1 204 No Content\r\n")
        case 206: ArenaBytes("HTTP/1.1 206 Partial Content\r\n")
        case 301: ArenaBytes("HTTP/1.1 301 Moved Permanently\r\n")
        case 302: ArenaBytes("HTTP/1.1 302 Found\r\n")
        case 303: ArenaBytes("HTTP/1.1 303 See Other\r\n")
        case 304: ArenaBytes("HTTP/1.1 304 Not Modified\r\n")
        case 307: ArenaBytes("HTTP/1.1 307 Temporary Redirect\r\n")
        case 308: ArenaBytes("HTTP/1.1 308 Permanent Redirect\r\n")
        case 400: ArenaBytes("HTTP/1.1 400 Bad Request\r\n")
        case 401: ArenaBytes("HTTP/1.1 401 Unauthorized\r\n")
        case 403: ArenaBytes("HTTP/1.1 403 Forbidden\r\n")
        case 404: ArenaBytes("HTTP/1.1 404 Not Found\r\n")
        case 405: ArenaBytes("HTTP/1.1 405 Method Not Allowed\r\n")
        case 406: ArenaBytes("HTTP/1.1 406 Not Acceptable\r\n")
        case 408: ArenaBytes("HTTP/1.1 408 Request Timeout\r\n")
        case 409: ArenaBytes("HTTP/1.1 409 Conflict\r\n")
        case 410: ArenaBytes("HTTP/1.1 410 Gone\r\n")
        case 411: ArenaBytes("HTTP/1.1 411 Length Required\r\n")
        case 412: ArenaBytes("HTTP/1.1 412 Precondition Failed\r\n")
        case 413: ArenaBytes("HTTP/1.1 413 Content Too Large\r\n")
        case 414: ArenaBytes("HTTP/1.1 414 URI Too Long\r\n")
        case 415: ArenaBytes("HTTP/1.1 415 Unsupported Media Type\r\n")
        case 416: ArenaBytes("HTTP/1.1 416 Range Not Satisfiable\r\n")
        case 417: ArenaBytes("HTTP/1.1 417 Expectation Failed\r\n")
        case 418: ArenaBytes("HTTP/1.1 418 I'm a Teapot\r\n")
        case 422: ArenaBytes("HTTP/1.1 422 Unprocessable Content\r\n")
        case 426: ArenaBytes("HTTP/1.1 426 Upgrade Required\r\n")
        case 429: ArenaBytes("HTTP/1.1 429 Too Many Requests\r\n")
        case 431: ArenaBytes("HTTP/1.1 431 Request Header Fields Too Large\r\n")
        case 500: ArenaBytes("HTTP/1.1 500 Internal Server Error\r\n")
        case 501: ArenaBytes("HTTP/1.1 501 Not Implemented\r\n")
        case 502: ArenaBytes("HTTP/1.1 502 Bad Gateway\r\n")
        case 503: ArenaBytes("HTTP/1.1 503 Service Unavailable\r\n")
        case 504: ArenaBytes("HTTP/1.1 504 Gateway Timeout\r\n")
        case 505: ArenaBytes("HTTP/1.1 505 HTTP Version Not Supported\r\n")
        default: ArenaBytes("HTTP/1.1 ")
        }
    }

    /// Whether the status itself is still to be written.
    static func isGeneral(_ literal: ArenaBytes) -> Bool { literal.count == 9 }
}
