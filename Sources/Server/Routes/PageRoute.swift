internal import Memory

/// One page that a server has instead of the routes: the metrics, for scrapers.
package struct ServedPage: Sendable {
    /// Where the page is. `/` answers with directions to it, and any other path with 404.
    let path: StaticString
    let directions: StaticString
    let make: @Sendable (_ accept: String) -> Content

    /// A page as it is now.
    package struct Content: Sendable {
        let type: StaticString
        let text: String

        package init(type: StaticString, text: String) {
            self.type = type
            self.text = text
        }
    }

    /// - Parameters:
    ///   - directions: the text at `/`.
    ///   - make: called on the server's loop at each request, with the request's Accept fields.
    package init(
        path: StaticString, directions: StaticString, make: @escaping @Sendable (_ accept: String) -> Content
    ) {
        self.path = path
        self.directions = directions
        self.make = make
    }

    /// Fills `exchange.response`.
    func respond(to exchange: UnsafeMutablePointer<Exchange>) {
        let method = unsafe exchange.pointee.method
        guard MethodSet.read.contains(method) else {
            unsafe exchange.pointee.response = .text(405, "method not allowed\n")
            unsafe exchange.pointee.response.allow = MethodSet.read.allow
            return
        }
        if method == .options {
            unsafe exchange.pointee.response.status = 204
            unsafe exchange.pointee.response.allow = MethodSet.read.allow
        } else if unsafe exchange.pointee.path.equals(path) {
            let content = make(unsafe ServedPage.accept(of: exchange))
            unsafe exchange.pointee.response.contentType = ArenaBytes(content.type)
            var text = content.text
            unsafe exchange.pointee.response.body = text.withUTF8 { unsafe exchange.pointee.arena.copy(UnsafeRawBufferPointer($0)) }
        } else if unsafe exchange.pointee.path.equals("/") {
            unsafe exchange.pointee.response.body = ArenaBytes(directions)
        } else {
            unsafe exchange.pointee.response = .text(404, "not here\n")
        }
    }

    /// All Accept fields as one list (RFC 9110, 5.3).
    private static func accept(of exchange: UnsafeMutablePointer<Exchange>) -> String {
        unsafe exchange.pointee.connection._withUnsafeGuaranteedRef { unsafe $0.side?.loadFields(of: exchange) }
        var values: [String] = []
        for index in 0..<(unsafe exchange.pointee.fields.count) {
            let field = unsafe exchange.pointee.fields[index]
            if field.name.equalsIgnoringCase("accept") { values.append(field.value.string) }
        }
        return values.joined(separator: ",")
    }
}
