internal import Load
internal import Measurements

/// A request as a command of curl, which browsers copy: `curl 'https://host/path' -H 'accept: text/html' --data-raw '...'`.
///
/// Flags that say how a request is sent are taken over; those that say what curl does with the answer mean nothing
/// to a load, and are refused by name.
package struct CurlCommand {
    private var url: String?
    private var method: String?
    private var headers: [HeaderField] = []
    private var data: [String] = []
    private var bodyFile: String?
    private var putsDataInURL = false
    private var isHead = false
    private var resolved: (host: String, port: Int, address: String)?
    private var plan = ClientPlan()

    /// The clients of a command.
    ///
    /// - Parameter readFile: the text that `-d @file` stands for.
    package static func clients(
        _ text: String, readFile: (String) throws(BodyFileError) -> String
    ) throws(CurlError) -> ClientPlan {
        guard let words = ShellWords.split(text) else { throw CurlError("a quotation has no end") }
        var command = CurlCommand()
        try command.read(words.first == "curl" ? words.dropFirst() : words[...], readFile)
        return try command.clients()
    }

    // MARK: Flags

    private mutating func read(_ words: ArraySlice<String>, _ readFile: (String) throws(BodyFileError) -> String) throws(CurlError) {
        var rest = words
        while let word = rest.popFirst() {
            if word.hasPrefix("--") {
                try take(word, &rest, readFile)
            } else if word.hasPrefix("-"), word.count > 1 {
                try takeLetters(word.dropFirst(), &rest, readFile)
            } else {
                try takeURL(word)
            }
        }
    }

    /// `-sXPOST`: letters without values, and perhaps one with the rest as its value.
    private mutating func takeLetters(
        _ letters: Substring, _ rest: inout ArraySlice<String>, _ readFile: (String) throws(BodyFileError) -> String
    ) throws(CurlError) {
        var letters = letters
        while let letter = letters.popFirst() {
            guard let name = CurlCommand.letters[letter] else { throw .unknown("-\(letter)") }
            if !CurlCommand.switches.contains(name), !letters.isEmpty {
                rest.insert(String(letters), at: rest.startIndex)
                letters = ""
            }
            try take(name, &rest, readFile)
        }
    }

    private static let letters: [Character: String] = [
        "X": "--request", "H": "--header", "d": "--data", "b": "--cookie", "A": "--user-agent", "e": "--referer", "u": "--user", "k": "--insecure",
        "E": "--cert", "x": "--proxy", "m": "--max-time", "I": "--head", "G": "--get",
    ]
    private static let switches: Set = [
        "--compressed", "--insecure", "--http1.1", "--http2", "--http2-prior-knowledge", "--head", "--get",
    ]

    private mutating func take(
        _ flag: String, _ rest: inout ArraySlice<String>, _ readFile: (String) throws(BodyFileError) -> String
    ) throws(CurlError) {
        if CurlCommand.switches.contains(flag) { return takeSwitch(flag) }
        func value() throws(CurlError) -> String {
            guard let value = rest.popFirst() else { throw CurlError("\(flag) has no value") }
            return value
        }
        switch flag {
        case "--url": try takeURL(try value())
        case "--request": method = try value()
        case "--header": try takeHeader(try value())
        case "--user-agent": try setHeader("user-agent", try value())
        case "--referer": try setHeader("referer", try value())
        case "--cookie":
            let cookie = try value()
            guard cookie.contains("=") else { throw CurlError("--cookie '\(cookie)' is a file of cookies; write the cookies, as in 'name=value'") }
            try setHeader("cookie", cookie)
        case "--user": try setHeader("authorization", "Basic \(Base64.text(of: Array(try value().utf8)))")
        case "--data", "--data-ascii":
            let text = try value()
            guard text.hasPrefix("@") else { return data.append(RequestText.quoting(text)) }
            do throws(BodyFileError) { data.append(try readFile(String(text.dropFirst()))) } catch { throw CurlError("\(flag): \(error.description)") }
        case "--data-raw": data.append(RequestText.quoting(try value()))
        case "--data-binary":
            let text = try value()
            if text.hasPrefix("@") { bodyFile = String(text.dropFirst()) } else { data.append(RequestText.quoting(text)) }
        case "--json":
            data.append(RequestText.quoting(try value()))
            try setHeader("content-type", "application/json")
            try setHeader("accept", "application/json")
        case "--cacert": plan.tls.authorityFile = try value()
        case "--cert": plan.tls.certificateFile = try value()
        case "--key": plan.tls.keyFile = try value()
        case "--unix-socket": try set("unix_socket", try value())
        case "--proxy": try set("proxy", try value())
        case "--max-time": try set("timeout", try value())
        case "--connect-timeout": try set("connect_timeout", try value())
        case "--resolve": try takeResolve(try value())
        default: throw .unknown(flag)
        }
    }

    private mutating func takeSwitch(_ flag: String) {
        switch flag {
        case "--compressed": if !headers.contains(where: { $0.name == "accept-encoding" }) { headers.append(HeaderField(name: "accept-encoding", value: "deflate, gzip, br, zstd")) }
        case "--insecure": plan.tls.isInsecure = true
        case "--http1.1": plan.http = .http1
        case "--http2": plan.http = .negotiated
        case "--http2-prior-knowledge": plan.http = .clearHTTP2
        case "--head": isHead = true
        default: putsDataInURL = true
        }
    }

    private mutating func takeURL(_ text: String) throws(CurlError) {
        if let url { throw CurlError("there are two URLs, '\(TargetURL.withoutPassword(url))' and '\(TargetURL.withoutPassword(text))'; copy one request") }
        // curl's own guess.
        url = RequestText.quoting(text.contains("://") ? text : "http://\(text)")
    }

    private mutating func takeHeader(_ text: String) throws(CurlError) {
        // "name;" is a header without a value, and "name:" takes one out that curl adds: these clients add none of those.
        if text.hasSuffix(";"), !text.contains(":") { return try setHeader(String(text.dropLast()), "") }
        if text.hasSuffix(":") { return }
        // Browsers copy these too; the client says them itself.
        let name = text.prefix { $0 != ":" }.lowercased()
        if name == "content-length" || name == "connection" { return }
        if name == "host" { throw CurlError("the header 'host' is the URL's; write the name into the URL, and --connect-to for its address") }
        do throws(RequestPartError) {
            let field = try HeaderField(parsing: RequestText.quoting(text))
            headers.removeAll { $0.name == field.name }
            headers.append(field)
        } catch { throw CurlError(error.description) }
    }

    private mutating func setHeader(_ name: String, _ value: String) throws(CurlError) {
        guard !headers.contains(where: { $0.name == name }) else { return }
        do throws(RequestPartError) { headers.append(try HeaderField(parsing: "\(name): \(RequestText.quoting(value))")) } catch { throw CurlError(error.description) }
    }

    private mutating func takeResolve(_ text: String) throws(CurlError) {
        let parts = text.split(separator: ":", maxSplits: 2)
        guard parts.count == 3, let port = Int(parts[1]) else { throw CurlError("--resolve '\(text)' is not HOST:PORT:ADDRESS") }
        let address = parts[2].split(separator: ",").first.map { String($0.filter { !"[]".contains($0) }) } ?? ""
        resolved = (String(parts[0]), port, address)
    }

    /// By the row of the option, in its words.
    private mutating func set(_ name: String, _ text: String) throws(CurlError) {
        guard let row = ClientPlan.setting(name) else { return }
        do throws(SettingError) { try row.read([text], into: &plan) } catch { throw CurlError(error.description) }
    }

    // MARK: The clients

    private func clients() throws(CurlError) -> ClientPlan {
        guard let url else { throw CurlError("there is no URL in it") }
        var clients = plan
        let target: TargetURL
        do throws(TargetURLError) { target = try TargetURL(putsDataInURL ? withData(url) : url) } catch { throw CurlError(error.description) }
        (clients.host, clients.port, clients.isSecure) = (target.host, target.port, target.isSecure)
        if let resolved, resolved.host == target.host, resolved.port == target.port {
            clients.connectTo = ConnectTarget(host: resolved.address, port: resolved.port)
        }
        var kind = RequestKind(target.target)
        kind.headers = headers
        let hasBody = !putsDataInURL && (!data.isEmpty || bodyFile != nil)
        do throws(RequestPartError) {
            kind.method = try RequestPart.method(method ?? (isHead ? "HEAD" : hasBody ? "POST" : "GET"))
        } catch { throw CurlError(error.description) }
        if hasBody {
            kind.body = bodyFile.map { .file($0) } ?? .text(data.joined(separator: "&"))
            if !headers.contains(where: { $0.name == "content-type" }) {
                kind.headers.append(HeaderField(name: "content-type", value: "application/x-www-form-urlencoded"))
            }
        }
        clients.kinds = [kind]
        return clients
    }

    private func withData(_ url: String) -> String {
        data.isEmpty ? url : url + (url.contains("?") ? "&" : "?") + data.joined(separator: "&")
    }
}

/// Why a command of curl is no request of a load, for people.
package struct CurlError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    fileprivate static func unknown(_ flag: String) -> CurlError {
        CurlError("\(flag) of curl means nothing for a load; leave it out")
    }
}
