internal import Measurements

/// What an answer's head looks like: its status, the names of its fields, the kind of its content.
///
/// Numbers of the string cache, so that comparing two heads compares no text. A server that
/// begins to answer in another way under load, with an error page that says 200 for one, is told
/// of in the events.
struct AnswerShape: BitwiseCopyable {
    private var names = InlineArray<16, StringCache.Handle>(repeating: .none)
    var contentType = StringCache.Handle.none
    /// Of all names in their order.
    private var sum: UInt64 = 0

    /// - Parameter index: below 16.
    mutating func add(_ name: StringCache.Handle, at index: Int) {
        names[index] = name
        sum = (sum &+ UInt64(name.number)) &* 0x9E37_79B9_7F4A_7C15
    }

    /// Equal for heads that look the same, as long as the cache keeps their strings.
    func number(status: Int) -> UInt64 {
        (sum ^ UInt64(contentType.number) << 16 ^ UInt64(truncatingIfNeeded: status)) &* 0xE703_7ED1_A0B4_28DB | 1
    }

    /// "200 text/html (server, content-type)"
    func text(status: Int, fieldCount: Int, _ caches: Caches) -> String {
        let names = (0..<fieldCount).compactMap { caches.text(of: self.names[$0]) }
        let type = caches.text(of: contentType).map { " \($0)" } ?? ""
        return "\(status)\(type)" + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))")
    }

    /// The shapes that a client knows. A server with more of them changes all the time, and is
    /// not looked at any more.
    struct Known {
        private var numbers = InlineArray<8, UInt64>(repeating: 0)
        private var count = 0

        @inline(__always)
        func contains(_ number: UInt64) -> Bool {
            // The one met most comes first.
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

extension HTTPClient {
    /// Tells of an answer that looks like none before.
    func lookAtShape(of record: UnsafeMutablePointer<RequestRecord>) {
        let status = unsafe record.pointee.status
        let number = unsafe record.pointee.shape.number(status: status)
        if knownShapes.contains(number) { return }
        knownShapes.insert(number)
        unsafe generator.didMeetShape(record.pointee.shape.text(
            status: status, fieldCount: record.pointee.fieldCount, caches))
    }
}

extension LoadGenerator {
    /// Shapes that are told of; a server that has more has nothing steady about it.
    private static let toldShapeLimit = 16

    /// A client has met a head that is new to it. What others have met is told once; the first
    /// of all is how things are, and no news.
    func didMeetShape(_ text: String) {
        guard toldShapes.count < LoadGenerator.toldShapeLimit, toldShapes.insert(text).inserted, toldShapes.count > 1
        else { return }
        note(.info, "answers of another shape: \(LoadGenerator.printable(text))")
    }

    /// Something happened.
    func note(_ level: Event.Level, _ text: String) {
        guard events.count < ClientEvent.limit else { return }
        events.append(ClientEvent(monotonicNanoseconds: nowNanoseconds, level: level, text: text))
    }

    /// What a peer wrote, for a screen: one line of printable ASCII, not too long.
    static func printable(_ text: String) -> String {
        String(text.unicodeScalars.prefix(120).map { (32..<127).contains($0.value) ? Character($0) : "?" })
    }
}
