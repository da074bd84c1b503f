internal import Glibc
internal import Terminal

/// The environment variables of the process.
enum Environment {
    /// - Parameter noColor: as if NO_COLOR were among them.
    static func variables(noColor: Bool) -> [String: String] {
        var variables: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                variables[String(text[..<equals])] = String(text[text.utf8.index(after: equals)...])
            }
            unsafe next += 1
        }
        if noColor { variables["NO_COLOR"] = "1" }
        return variables
    }
}
