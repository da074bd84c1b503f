internal import Load
internal import Measurements

/// The requests of a file, one a line: `URL`, `METHOD URL`, either with a weight behind it.
///
///     # checkout
///     http://127.0.0.1:8080/
///     GET http://127.0.0.1:8080/cart 5
///     DELETE http://127.0.0.1:8080/cart
///
/// Lines that are the same count together.
package enum TargetList {
    /// The longest file, bytes.
    package static let byteLimit = 1 << 20
    private static let weightLimit = 1_000

    /// Why a line is no request, for people.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String

        /// - Parameter line: from 1; nil: the list as a whole.
        fileprivate init(_ file: String, line: Int?, _ words: String) { description = "\(file): " + (line.map { "line \($0): " } ?? "") + words }
    }

    /// Clients that ask for the requests of a list, each as often as its weight says.
    ///
    /// - Parameter file: its name, for errors.
    package static func clients(_ text: String, file: String) throws(Fault) -> ClientPlan { try read(text, file: file).clients }

    /// The same, with the methods that lines name: nil where a line leaves its method open.
    package static func read(_ text: String, file: String) throws(Fault) -> (clients: ClientPlan, methods: [String?]) {
        var clients = ClientPlan()
        var kinds: [RequestKind] = []
        var methods: [String?] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let word = words.first, !word.hasPrefix("#") else { continue }
            do throws(Problem) {
                let (kind, method) = try request(words)
                if let index = kinds.indices.first(where: { methods[$0] == method && kinds[$0].origin == kind.origin && kinds[$0].path == kind.path }) {
                    kinds[index].weight = min(weightLimit, kinds[index].weight + kind.weight)
                } else if kinds.count < RequestKind.limit {
                    kinds.append(kind)
                    methods.append(method)
                } else {
                    throw Problem(words: "more than \(RequestKind.limit) different requests; one with a template stands for many: /item/{{random.int 1 1000}}")
                }
            } catch { throw Fault(file, line: index + 1, error.words) }
        }
        if kinds.isEmpty { throw Fault(file, line: nil, "there is no URL in it; write one a line: http://127.0.0.1:8080/") }
        clients.kinds = kinds
        clients.settleOrigins()
        return (clients, methods)
    }

    private struct Problem: Error { var words: String }

    private static func request(_ words: [String]) throws(Problem) -> (RequestKind, method: String?) {
        // Of vegeta: a header, or the file of a body, belongs to the target above.
        if let word = words.first, word.hasSuffix(":") || word.hasPrefix("@") {
            throw Problem(words: "\"\(word)\" is not a target; a list has [METHOD] URL [WEIGHT], and headers and bodies are -H and --data for all of it, or a scenario's")
        }
        var words = words[...]
        var method: String?
        if let word = words.first, !word.contains("://"), words.count > 1 {
            do throws(RequestPartError) { method = try RequestPart.method(word) } catch { throw Problem(words: error.description) }
            words.removeFirst()
        }
        var weight = 1
        if words.count > 1, let last = words.last, let number = Int(last) {
            guard (1...weightLimit).contains(number) else { throw Problem(words: "\(last) is not a weight; write 1 to \(weightLimit)") }
            weight = number
            words.removeLast()
        }
        let target: TargetURL
        // A template may have spaces in it.
        do throws(TargetURLError) { target = try TargetURL(words.joined(separator: " ")) } catch { throw Problem(words: error.description) }
        var kind = RequestKind(target)
        kind.method = method ?? "GET"
        kind.weight = weight
        return (kind, method)
    }
}
