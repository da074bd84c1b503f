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
        ("\u{1B}[<0;10;20M", [.mouse(Mouse(.press, x: 9, y: 19))]), ("\u{1B}[<64;300;1M", [.mouse(Mouse(.wheelUp, x: 299, y: 0))]),
        ("\u{1B}[<69;1;1M", [.mouse(Mouse(.wheelDown, x: 0, y: 0))]),
        // No keys: releases, moves and other buttons of the mouse, focus, answers of the terminal, Alt, pastes.
        ("\u{1B}[<0;10;20m", []), ("\u{1B}[<2;10;20M", []), ("\u{1B}[<32;10;20M", []), ("\u{1B}[<0;0;1M", []), ("\u{1B}[<0;1M", []), ("\u{1B}[<;;M", []), ("\u{1B}[M !!", []), ("\u{1B}[?62;22c", []),
        ("\u{1B}]11;rgb:0000/0000/0000\u{7}", []), ("\u{1B}]11;rgb:0000/0000/0000\u{1B}\\", []),
        ("\u{1B}P1+r524742\u{1B}\\", []), ("\u{1B}q", []), ("\u{1B}[200~quit now\u{1B}[201~", [.paste("quit now")]),
        // A paste is text to its end, sequences within it included.
        ("\u{1B}[200~q\u{1B}[A\u{3}\u{1B}[201~", [.paste("q\u{1B}[A\u{3}")]), ("\u{1B}[200~\u{1B}[201~", [.paste("")]), ("\u{1B}[I", []), ("\u{1B}[O", []),
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

    @Test("a long answer in many reads is no key", arguments: ["]52;c;", "P1+r", "_G", "^"])
    func longAnswer(beginning: String) {
        var decoder = KeyDecoder()
        var keys = decoder.decode(Array("\u{1B}\(beginning)".utf8))
        for _ in 0..<12 {
            keys += decoder.decode([UInt8](repeating: UInt8(ascii: "q"), count: 1_000))
            // A slow line has silent moments within an answer.
            keys += decoder.flush()
        }
        keys += decoder.decode(Array("\u{1B}\\x".utf8))
        #expect(keys == [.character("x")] && !decoder.isWaiting)
    }

    @Test("an answer without an end holds the keys for a second of silence or 64 KiB, and no longer")
    func endless() {
        var decoder = KeyDecoder()
        #expect(decoder.decode(Array("\u{1B}]".utf8) + [UInt8](repeating: 0x61, count: 200)) == [])
        for _ in 0..<40 { #expect(decoder.flush() == []) }
        #expect(decoder.decode(Array("q".utf8)) == [.character("q")])
        _ = decoder.decode(Array("\u{1B}]".utf8) + [UInt8](repeating: 0x61, count: 65_536))
        #expect(decoder.decode(Array("q".utf8)).last == .character("q"))
    }

    @Test("of a long paste the first 4096 bytes are text, and none of it is a key")
    func longPaste() {
        var decoder = KeyDecoder()
        var keys = decoder.decode(Array("\u{1B}[200~".utf8))
        for _ in 0..<20 { keys += decoder.decode([UInt8](repeating: UInt8(ascii: "q"), count: 1_000)) }
        keys += decoder.decode(Array("\u{1B}[201~x".utf8))
        #expect(keys == [.paste(String(repeating: "q", count: 4_096)), .character("x")])
    }

    @Test("a paste without an end is over after a second of silence")
    func endlessPaste() {
        var decoder = KeyDecoder()
        #expect(decoder.decode(Array("\u{1B}[200~text\u{1B}[2".utf8)) == [])
        for _ in 0..<39 { #expect(decoder.flush() == [] && decoder.isWaiting) }
        #expect(decoder.flush() == [.paste("text\u{1B}[2")])
        #expect(decoder.decode(Array("q".utf8)) == [.character("q")] && !decoder.isWaiting)
    }

    @Test("the background is read out of an answer, in one to four digits", arguments: [
        ("rgb:ffff/8080/0000", 0xFF8000), ("rgb:ff/80/00", 0xFF8000), ("rgb:f/8/0", 0xFF8800), ("rgba:1212/3434/5656/ffff", 0x123456),
    ])
    func background(text: String, rgb: Int) {
        var decoder = KeyDecoder()
        #expect(decoder.decode(Array("\u{1B}]11;\(text)\u{1B}\\".utf8)) == [])
        #expect(decoder.background == Swatch(UInt32(rgb), ansi: nil))
    }

    @Test("an answer that is none says nothing", arguments: ["]11;rgb:zz/00/00", "]11;rgb:00000/0/0", "]10;rgb:00/00/00", "]11;?", "]11;rgb:0/0", "]52;c;rgb:0/0/0"])
    func noBackground(text: String) {
        var decoder = KeyDecoder()
        #expect(decoder.decode(Array("\u{1B}\(text)\u{7}".utf8)) == [] && decoder.background == nil)
    }

    @Test("an answer in pieces, with all the time in the world between them, is no key; then ESC is one again")
    func slowAnswer() {
        let bytes = Array("\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\\u{1B}[?62;4c".utf8)
        for split in 1..<bytes.count {
            // Between the two answers, and right after an ESC, nothing tells it from the key.
            if bytes[split - 1] == 0x1B { continue }
            var decoder = KeyDecoder()
            decoder.expectAnswer()
            var keys = decoder.decode(Array(bytes[..<split]))
            for _ in 0..<5 { keys += decoder.flush() }
            keys += decoder.decode(Array(bytes[split...]))
            #expect(keys == [] && decoder.background == Swatch(0xFFFFFF, ansi: nil) && !decoder.expectsAnswer, "split at \(split)")
        }
        var decoder = KeyDecoder()
        decoder.expectAnswer()
        _ = decoder.decode([0x1B])
        #expect(decoder.flush() == [.escape])
        // Half an answer that is never ended is dropped after a while.
        _ = decoder.decode(Array("\u{1B}]11;".utf8))
        for _ in 0..<50 { _ = decoder.flush() }
        #expect(!decoder.isWaiting && decoder.decode([0x71]) == [.character("q")])
    }
}
