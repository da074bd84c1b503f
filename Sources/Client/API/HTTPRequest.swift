/// A request of code that asks for itself.
package struct HTTPRequest: Sendable {
    /// "GET", in capitals.
    package var method: String
    /// The path and what follows: "/get?x=1".
    package var target: String
    /// Names in lower case. The client adds the authority, content-length and user-agent.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Most time from asking to the end of the answer, nanoseconds; nil: the client's.
    package var timeoutNanoseconds: UInt64?

    package init(
        _ method: String, _ target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        timeoutNanoseconds: UInt64? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.timeoutNanoseconds = timeoutNanoseconds
    }
}

/// A whole answer, whatever its status says.
package struct HTTPResponse: Sendable {
    package var status = 0
    /// In the order in which they came, names in lower case. The strings are the client's cache's:
    /// the same name a thousand times is one string.
    package var headers: [(name: String, value: String)] = []
    package var body: [UInt8] = []

    package init() {}

    /// The value of the first field of this name, which is in lower case.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
