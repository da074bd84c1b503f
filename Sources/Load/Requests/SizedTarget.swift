/// A request target that says how large its answer is to be: /bytes/SIZE or /stream-bytes/SIZE.
package struct SizedTarget: Sendable, Equatable {
    /// The text before the size, and the text behind it.
    private let head: String
    private let tail: String
    /// Bytes of the answer.
    package let byteCount: Int

    /// Largest answer of /bytes: live load control makes no answer larger.
    package static let byteLimit = 64 << 20

    /// nil: the target names no size.
    package init?(_ target: String) {
        let path = target.prefix { $0 != "?" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isEmpty, parts[1] == "bytes" || parts[1] == "stream-bytes",
            let size = PredictableTarget(String(path))?.byteCount
        else { return nil }
        head = String(path[..<parts[2].startIndex])
        tail = String(target[path.endIndex...])
        byteCount = size
    }

    /// The same target with an answer `factor` times as large: at least 1 byte, at most the limit or the present size,
    /// whichever is larger.
    package func scaled(by factor: Double) -> SizedTarget {
        let size = factor.isFinite && factor > 0 ? (Double(byteCount) * factor).rounded() : Double(byteCount)
        let most = max(byteCount, SizedTarget.byteLimit)
        return SizedTarget(head: head, tail: tail, byteCount: max(min(1, byteCount), Int(min(size, Double(most)))))
    }

    /// The target as a request has it.
    package var text: String { head + sizeText + tail }

    /// The size, in whole KiB or MiB where it is a multiple: "64KiB".
    package var sizeText: String {
        let (size, unit) = byteCount >= 1 << 20 && byteCount % (1 << 20) == 0 ? (byteCount >> 20, "MiB")
            : byteCount >= 1 << 10 && byteCount % (1 << 10) == 0 ? (byteCount >> 10, "KiB") : (byteCount, "")
        return "\(size)\(unit)"
    }

    private init(head: String, tail: String, byteCount: Int) {
        self.head = head
        self.tail = tail
        self.byteCount = byteCount
    }

    /// The targets with every size that one names multiplied; the others stay as they are.
    package static func scale(_ targets: [String], by factor: Double) -> [String] {
        targets.map { target in SizedTarget(target)?.scaled(by: factor).text ?? target }
    }
}
