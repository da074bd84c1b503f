internal import Measurements

extension RequestKind {
    /// Whether the answer can be known, if the target's can: a GET for one target.
    package var hasPredictableAnswer: Bool { method == "GET" && !path.contains("{{") && PredictableTarget(path) != nil }
}

/// A request target whose answer can be predicted: /bytes, /stream-bytes and /drip, as
/// `highwater/Manual.docc/predictable-bodies.md` describes them, on any server.
package struct PredictableTarget: Sendable, Equatable {
    /// The text before the seed, and the text behind it.
    package let head: String
    package let tail: String
    /// Bytes of the answer.
    package let byteCount: Int
    /// The seed that the target came with; nil: it names none, and each request can have its own.
    package let seed: UInt64?

    /// nil: the answer cannot be predicted.
    package init?(_ target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count == 2 ? parts[1] : ""
        let path = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        let size: Substring?
        if path.count == 3, path[0].isEmpty, path[1] == "bytes" || path[1] == "stream-bytes" {
            size = path[2]
        } else if path == ["", "drip"] {
            size = PredictableTarget.value(of: "numbytes", in: query) ?? "10"
            guard PredictableTarget.value(of: "code", in: query) ?? "200" == "200" else { return nil }
        } else {
            return nil
        }
        guard let size, let byteCount = try? Quantity.size.whole(size.utf8.span) else { return nil }
        self.byteCount = byteCount

        guard let given = PredictableTarget.value(of: "seed", in: query) else {
            head = target + (parts.count == 2 ? (query.isEmpty ? "" : "&") : "?") + "seed="
            tail = ""
            seed = nil
            return
        }
        guard let number = UInt64(given), given.allSatisfy(\.isNumber) else { return nil }
        seed = number
        head = String(target[..<given.startIndex])
        tail = String(target[given.endIndex...])
    }

    /// The value of the first pair of that name, as a part of `query`.
    private static func value(of name: String, in query: Substring) -> Substring? {
        for pair in query.split(separator: "&") where pair.hasPrefix(name + "=") {
            return pair.dropFirst(name.utf8.count + 1)
        }
        return nil
    }
}
