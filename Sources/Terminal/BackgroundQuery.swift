package import Dashboard

/// Asking a terminal for the colour it draws on: light or dark.
///
/// xterm's OSC 11, and behind it DA1, which every terminal answers: when that answer is
/// there, the other one is, or will never be.
package enum BackgroundQuery {
    static let bytes = Array("\u{1B}]11;?\u{1B}\\\u{1B}[c".utf8)

    /// Longer than an answer takes on one machine or in one town. A later one still counts.
    static let patienceMilliseconds = 100

    /// Consoles would print the question instead of answering it.
    static func isUnderstood(by term: String) -> Bool { !Terminal.isConsole(term) }

    /// The colour in "]11;rgb:RRRR/GGGG/BBBB", with one to four digits each; nil for anything else.
    package static func answer(_ bytes: ArraySlice<UInt8>) -> Swatch? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let colon = text.firstIndex(of: ":"), ["]11;rgb", "]11;rgba"].contains(text[..<colon]) else { return nil }
        let channels = text[text.index(after: colon)...].split(separator: "/").prefix(3).map { digits -> UInt32? in
            guard (1...4).contains(digits.utf8.count), let value = UInt32(digits, radix: 16) else { return nil }
            let most = UInt32(1) << (4 * UInt32(digits.utf8.count)) - 1
            return (value * 255 + most / 2) / most
        }
        guard channels.count == 3, let red = channels[0], let green = channels[1], let blue = channels[2] else { return nil }
        return Swatch(red << 16 | green << 8 | blue, ansi: nil)
    }
}
