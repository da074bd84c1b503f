internal import Measurements

/// How the bodies of failed answers begin, until their requests end: what a server says of its fault.
///
/// Kept for the first failure of a kind alone, so a server that fails all the time costs nothing more.
struct AnswerExcerpts {
    private var texts: [(number: UInt64, text: String)] = []

    /// A body's first bytes that are shown.
    private static let byteLimit = 60
    /// Answers that come at the same time; of more of them the oldest is forgotten.
    private static let answerLimit = 16

    /// A part of a body has come: the first one is kept, where it is text.
    mutating func keep(_ bytes: UnsafeRawBufferPointer, ofRequest number: UInt64) {
        guard bytes.count > 0, !texts.contains(where: { $0.number == number }) else { return }
        if texts.count == AnswerExcerpts.answerLimit { texts.removeFirst() }
        texts.append((number, unsafe AnswerExcerpts.text(bytes)))
    }

    /// The beginning of this request's answer; nil: nothing that can be shown has come. Others are forgotten: their requests
    /// failed later.
    mutating func take(ofRequest number: UInt64) -> String? {
        defer { texts = [] }
        return texts.first { $0.number == number }.flatMap { $0.text.isEmpty ? nil : $0.text }
    }

    /// One line of printable ASCII; empty where the bytes are compressed, or no text for another reason.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        let shown = unsafe bytes.prefix(byteLimit)
        let isSpace = { (byte: UInt8) in byte == 9 || byte == 10 || byte == 13 }
        guard unsafe shown.allSatisfy({ (32..<127).contains($0) || isSpace($0) }) else { return "" }
        let line = unsafe String(decoding: shown.map { isSpace($0) ? 32 : $0 }, as: UTF8.self).split(separator: " ").joined(separator: " ")
        return line.isEmpty || bytes.count <= byteLimit ? line : line + "..."
    }
}
