/// The shape of an answer's head: its status, the names of its fields, the kind of its content.
///
/// Made of numbers of the string cache, so that comparing two heads compares no text. A server that
/// begins to answer in another way under load, for example with an error page that says 200, is an event.
struct AnswerShape: BitwiseCopyable {
    private var names = InlineArray<16, StringCache.Handle>(repeating: .none)
    private var nameCount = 0
    /// The value of content-type.
    var contentType = StringCache.Handle.none
    /// Of all names in their order.
    private var sum: UInt64 = 0

    /// Whether there is room for another name; those behind make no difference.
    var hasRoom: Bool { nameCount < 16 }

    /// Adds the name of the next field, for which there must be room.
    mutating func add(_ name: StringCache.Handle) {
        names[nameCount] = name
        nameCount += 1
        sum = (sum &+ UInt64(name.number)) &* 0x9E37_79B9_7F4A_7C15
    }

    /// Equal for heads that look the same, as long as the cache keeps their strings.
    func number(status: Int) -> UInt64 {
        (sum ^ UInt64(contentType.number) << 16 ^ UInt64(truncatingIfNeeded: status)) &* 0xE703_7ED1_A0B4_28DB | 1
    }

    /// "200 text/html (server, content-type)"
    func text(status: Int, _ caches: Caches) -> String {
        let names = (0..<nameCount).compactMap { caches.text(of: self.names[$0]) }
        let type = caches.text(of: contentType).map { " \($0)" } ?? ""
        return "\(status)\(type)" + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))")
    }

    /// The shapes that a client knows. A server with more of them than fit changes all the time: from
    /// then on each counts as known.
    struct Known {
        private var numbers = InlineArray<8, UInt64>(repeating: 0)
        private var count = 0

        @inline(__always)
        func contains(_ number: UInt64) -> Bool {
            // The shape that is met most comes first.
            if numbers[0] == number { return true }
            for index in 1..<8 where numbers[index] == number { return true }
            return count == 8
        }

        mutating func insert(_ number: UInt64) {
            guard count < 8 else { return }
            numbers[count] = number
            count += 1
        }
    }
}
