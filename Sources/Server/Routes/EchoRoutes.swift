internal import Memory

/// Routes that answer with the request itself, as JSON in httpbin's shape.
enum EchoRoutes {
    /// Longest /delay: httpbin's limit.
    static let delayNanosecondLimit: UInt64 = 10_000_000_000

    /// Query arguments that are echoed. A target of 8 KiB could hold 4000, and telling
    /// repeated names apart takes the square of their number.
    static let argumentLimit = 256

    /// GET /get: the request without a body.
    static func get(_ exchange: UnsafeMutablePointer<Exchange>) {
        unsafe write(exchange, withBody: false)
    }

    /// /anything and the routes named for a method: the request with its body.
    static func anything(_ exchange: UnsafeMutablePointer<Exchange>) {
        unsafe write(exchange, withBody: true)
    }

    /// /delay/SECONDS: as /anything, after that time.
    static func delay(_ exchange: UnsafeMutablePointer<Exchange>, _ argument: ArenaBytes) {
        guard let delay = argument.nanosecondsArgument, delay <= delayNanosecondLimit else {
            unsafe exchange.pointee.response = .text(400, "delay: seconds from 0 to 10, such as 0.5\n")
            return
        }
        unsafe write(exchange, withBody: true)
        unsafe exchange.pointee.response.delayNanoseconds = delay
    }

    private static func write(_ exchange: UnsafeMutablePointer<Exchange>, withBody: Bool) {
        unsafe exchange.pointee.connection._withUnsafeGuaranteedRef { unsafe $0.side?.loadFields(of: exchange) }
        var json = unsafe JSONText(arena: exchange.pointee.arena)
        json.open("{")
        json.key("args")
        unsafe writeArguments(exchange.pointee.query, to: &json)
        if withBody {
            json.key("data")
            unsafe json.string(exchange.pointee.body)
        }
        json.key("headers")
        unsafe writeFields(exchange, to: &json)
        if withBody {
            json.key("method")
            unsafe json.string(exchange.pointee.methodBytes)
        }
        json.key("origin")
        unsafe exchange.pointee.connection._withUnsafeGuaranteedRef { json.string($0.peerHost) }
        json.key("url")
        json.beginString()
        json.append(ArenaBytes("http://"))
        unsafe json.appendEscaped(exchange.pointee.authority)
        unsafe json.appendEscaped(exchange.pointee.path)
        if unsafe !exchange.pointee.query.isEmpty {
            json.append(ArenaBytes("?"))
            unsafe json.appendEscaped(exchange.pointee.query)
        }
        json.endString()
        json.close("}")
        json.newLine()
        unsafe exchange.pointee.response.contentType = ArenaBytes("application/json")
        unsafe exchange.pointee.response.body = json.bytes
    }

    /// A repeated name has its values in an array, as in httpbin.
    private static func writeArguments(_ query: ArenaBytes, to json: inout JSONText) {
        var index = 0
        json.open("{")
        query.forEachQueryPair { name, value in
            defer { index += 1 }
            guard index < argumentLimit else { return }
            var earlier = 0
            var count = 0
            var position = 0
            query.forEachQueryPair { other, _ in
                if other.hasSameBytes(as: name) && position < argumentLimit {
                    count += 1
                    if position < index { earlier += 1 }
                }
                position += 1
            }
            guard earlier == 0 else { return }
            json.beginKey()
            json.appendPercentDecoded(name)
            json.endKey()
            if count == 1 {
                json.beginString()
                json.appendPercentDecoded(value)
                json.endString()
            } else {
                json.open("[")
                query.forEachQueryPair { other, value in
                    guard other.hasSameBytes(as: name) else { return }
                    json.beginElement()
                    json.beginString()
                    json.appendPercentDecoded(value)
                    json.endString()
                }
                json.close("]")
            }
        }
        json.close("}")
    }

    /// A repeated field is joined with a comma (RFC 9110, 5.3).
    private static func writeFields(_ exchange: UnsafeMutablePointer<Exchange>, to json: inout JSONText) {
        let count = unsafe exchange.pointee.fields.count
        json.open("{")
        for index in 0..<count {
            let field = unsafe exchange.pointee.fields[index]
            let isRepeated = (0..<index).contains { earlier in
                unsafe exchange.pointee.fields[earlier].name.hasSameLetters(as: field.name)
            }
            if isRepeated { continue }
            json.beginKey()
            json.appendEscaped(field.name)
            json.endKey()
            json.beginString()
            json.appendEscaped(field.value)
            for later in index + 1..<max(count, index + 1) {
                let other = unsafe exchange.pointee.fields[later]
                guard other.name.hasSameLetters(as: field.name) else { continue }
                json.append(ArenaBytes(", "))
                json.appendEscaped(other.value)
            }
            json.endString()
        }
        json.close("}")
    }
}
