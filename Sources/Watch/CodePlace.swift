/// A file of code as it lies in a process.
package struct CodeModule: Sendable, Equatable {
    package var start: UInt64
    package var end: UInt64
    /// Where `start` lies in the file.
    package var offset: UInt64
    package var path: String

    package init(start: UInt64, end: UInt64, offset: UInt64, path: String) {
        self.start = start
        self.end = end
        self.offset = offset
        self.path = path
    }

    /// "libuv.so.1.0.0"
    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// A place in a program: "respond server.c:306 (server)", or as much of that as is known.
package struct CodePlace: Sendable, Equatable, CustomStringConvertible {
    package var address: UInt64
    /// "libuv.so.1.0.0"; nil: no code is there.
    package var module: String?
    package var function: String?
    /// "response.c:306"
    package var line: String?
    /// From the function's start, or the file's.
    package var offset: UInt64

    package init(address: UInt64, module: String? = nil, function: String? = nil, line: String? = nil, offset: UInt64 = 0) {
        self.address = address
        self.module = module
        self.function = function
        self.line = line
        self.offset = offset
    }

    package var description: String {
        func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
        guard let module else { return "\(hexadecimal(address)): no code there" }
        guard let function else { return "\(module)+\(hexadecimal(offset))" }
        return line.map { "\(function) \($0) (\(module))" } ?? "\(function)+\(hexadecimal(offset)) (\(module))"
    }
}
