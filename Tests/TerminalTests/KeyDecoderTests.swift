import Dashboard
import Terminal
import Testing

@Suite("Keys out of bytes")
struct KeyDecoderTests {
    /// A sequence and the keys it stands for.
    private static let sequences: [(String, [Key])] = [
        ("q", [.character("q")]), ("Q", [.character("Q")]), (" ", [.character(" ")]), ("é", [.character("é")]),
        ("漢", [.character("漢")]), ("🙂", [.character("🙂")]),
        ("\r", [.enter]), ("\n", [.enter]), ("\t", [.tab]), ("\u{7F}", [.backspace]), ("\u{3}", [.control("c")]),
        ("\u{1A}", [.control("z")]), ("\u{C}", [.control("l")]), ("\u{1C}", [.control("\\")]),
        ("\u{1B}[A", [.up]), ("\u{1B}OA", [.up]), ("\u{1B}[B", [.down]), ("\u{1B}OB", [.down]), ("\u{1B}[C", [.right]),
        ("\u{1B}[D", [.left]), ("\u{1B}[1;5A", [.up]), ("\u{1B}[H", [.home]), ("\u{1B}OF", [.end]), ("\u{1B}[1~", [.home]),
        ("\u{1B}[4~", [.end]), ("\u{1B}[5~", [.pageUp]), ("\u{1B}[6~", [.pageDown]), ("\u{1B}[3~", [.delete]),
        ("\u{1B}[Z", [.backTab]), ("\u{1B}OP", [.function(1)]), ("\u{1B}[11~", [.function(1)]), ("\u{1B}[[A", [.function(1)]),
        ("\u{1B}[24~", [.function(12)]),
        // No keys: mouse reports, focus, answers of the terminal, Alt, pastes.
        ("\u{1B}[<0;10;20M", []), ("\u{1B}[<64;10;20m", []), ("\u{1B}[M !!", []), ("\u{1B}[?62;22c", []),
        ("\u{1B}]11;rgb:0000/0000/0000\u{7}", []), ("\u{1B}]11;rgb:0000/0000/0000\u{1B}\\", []),
        ("\u{1B}P1+r524742\u{1B}\\", []), ("\u{1B}q", []), ("\u{1B}[200~quit now\u{1B}[201~", []), ("\u{1B}[I", []), ("\u{1B}[O", []),
    ]

    @Test("a sequence is the same key wherever reads split it", arguments: sequences)
    func splits(sequence: String, keys: [Key]) {
        let bytes = Array(("x" + sequence + "y").utf8)
        let wanted = [Key.character("x")] + keys + [.character("y")]
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var decoder = KeyDecoder()
                var found = decoder.decode(Array(bytes[..<first]))
                found += decoder.decode(Array(bytes[first..<second]))
                found += decoder.decode(Array(bytes[second...]))
                #expect(found == wanted, "split at \(first) and \(second)")
                #expect(!decoder.isWaiting)
            }
        }
    }

    @Test("an ESC is a key once nothing followed it in time")
    func escape() {
        var decoder = KeyDecoder()
        #expect(decoder.decode([0x1B]) == [] && decoder.isWaiting)
        #expect(decoder.flush() == [.escape] && !decoder.isWaiting)
        #expect(decoder.flush() == [])
    }

    @Test("two ESC are two keys, and one before an arrow is its own")
    func doubleEscape() {
        var decoder = KeyDecoder()
        #expect(decoder.decode([0x1B, 0x1B]) == [.escape])
        #expect(decoder.flush() == [.escape])
        #expect(decoder.decode(Array("\u{1B}\u{1B}[A".utf8)) == [.escape, .up])
    }

    @Test("a sequence that was broken off gives no key and harms none after it")
    func broken() {
        var decoder = KeyDecoder()
        #expect(decoder.decode(Array("\u{1B}[12".utf8)) == [])
        #expect(decoder.flush() == [])
        #expect(decoder.decode(Array("q".utf8)) == [.character("q")])
        #expect(decoder.decode(Array("\u{1B}[1\u{1B}[B".utf8)) == [.down])
    }

    @Test("bytes that are no UTF-8 are skipped", arguments: [[0xFF], [0x80], [0xC3, 0x28], [0xE2, 0x28], [0xF8, 0x88]] as [[UInt8]])
    func invalid(bytes: [UInt8]) {
        var decoder = KeyDecoder()
        let keys = decoder.decode(bytes + Array("q".utf8))
        #expect(keys.last == .character("q") && !decoder.isWaiting)
    }

    @Test("an answer without an end does not hold the keys for ever")
    func endless() {
        var decoder = KeyDecoder()
        _ = decoder.decode(Array("\u{1B}]".utf8) + [UInt8](repeating: 0x61, count: 200))
        #expect(decoder.decode(Array("q".utf8)).contains(.character("q")))
    }
}
