package import Load
internal import Measurements

extension HeaderField {
    /// Reads `name: value`, as in `-H 'accept: text/plain'`. The name comes out in lower case,
    /// the value without spaces around it.
    package init(parsing text: String) throws(RequestPartError) {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
            throw RequestPartError(text: text, problem: text.hasPrefix(":") ? .pseudoHeader : .noColon)
        }
        var value = text[text.index(after: colon)...]
        while let first = value.first, first == " " || first == "\t" { value = value.dropFirst() }
        while let last = value.last, last == " " || last == "\t" { value = value.dropLast() }
        do throws(RequestPartError) {
            try self.init(name: String(text[..<colon]), checking: String(value))
            _ = try RequestPart.text(String(value))
        } catch {
            throw RequestPartError(text: text, problem: error.problem)
        }
    }

    /// - Parameter value: as it is sent.
    init(name: String, checking value: String) throws(RequestPartError) {
        let name = name.lowercased()
        guard RequestPart.isToken(name) else { throw RequestPartError(text: name, problem: .notToken(name)) }
        // A client of gRPC says that it takes trailers, and HTTP/2 allows nothing else there (RFC 9113, 8.2.2).
        guard !RequestPart.connectionFields.contains(name) || name == "te" && value == "trailers" else {
            throw RequestPartError(text: name, problem: .connectionField(name))
        }
        guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f || $0 == "\t" }) else {
            throw RequestPartError(text: value, problem: .controlCharacter)
        }
        self.init(name: name, value: value)
    }
}

/// Methods and request targets as people write them.
package enum RequestPart {
    /// A method: a token of RFC 9110, kept as it is.
    package static func method(_ text: String) throws(RequestPartError) -> String {
        guard isToken(text) else { throw RequestPartError(text: text, problem: .notToken(text)) }
        // This client has no use for a tunnel.
        guard text != "CONNECT" else { throw RequestPartError(text: text, problem: .connectMethod) }
        return text
    }

    /// A request target: a path with perhaps a query. May have templates.
    package static func path(_ text: String) throws(RequestPartError) -> String {
        let fixed = try self.text(text).fixedText
        guard text.hasPrefix("/"), fixed.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else {
            throw RequestPartError(text: text, problem: .notPath)
        }
        return text
    }

    /// A text with its templates.
    package static func text(_ text: String) throws(RequestPartError) -> RequestText {
        do throws(RequestTextError) { return try RequestText(parsing: text) } catch {
            throw RequestPartError(text: text, problem: .template(error))
        }
    }

    /// Fields that belong to a connection, not a request: HTTP/2 forbids them (RFC 9113, 8.2.2),
    /// and `host` is the URL's.
    static let connectionFields: Set<String> = [
        "connection", "host", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade", "content-length",
    ]

    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "!#$%&'*+-.^_`|~".unicodeScalars.contains(scalar))
            }
    }
}

/// A part of a request that cannot be sent.
package typealias RequestPartError = InputError<RequestPart.Problem>

extension RequestPart {
    /// What is wrong with it.
    package enum Problem: InputProblem {
        case noColon
        case pseudoHeader
        case notToken(String)
        case connectionField(String)
        case controlCharacter
        case connectMethod
        case notPath
        case template(RequestTextError)

        /// What is wrong, and what would be right.
        package func words(about text: String) -> String {
            switch self {
            case .noColon: "\"\(text.quotable)\" has no colon; write 'name: value'"
            case .pseudoHeader: "\"\(text.quotable)\" is a pseudo-header; the method and the URL make those"
            case .notToken(let name): "\"\(name)\" is not a token; write letters, digits and !#$%&'*+-.^_`|~"
            case .connectionField(let name): "\"\(name)\" is set by the connection itself; leave it out"
            case .controlCharacter: "a header's value has a control character; leave it out"
            case .connectMethod: "CONNECT opens a tunnel, which this client cannot use; write another method"
            case .template(let error): error.description
            case .notPath: "\"\(text.quotable)\" is not a path; write /bytes/1KiB or /get?x=1"
            }
        }
    }
}
