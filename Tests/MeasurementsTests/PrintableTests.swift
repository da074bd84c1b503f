import Glibc
import Measurements
import Testing

@Suite("Text that is shown")
struct PrintableTests {
    @Test(
        "has nothing that a terminal obeys, that turns a line round, or that takes no room",
        arguments: [
            ("\u{1B}[31mred", "?[31mred"), ("a\u{9B}2Jb", "a?2Jb"), ("bell\u{7}", "bell?"), ("a\u{202E}txt.exe", "a?txt.exe"),
            ("zero\u{200B}width", "zero?width"), ("\u{FEFF}mark", "?mark"), ("carriage\rreturn", "carriage?return"),
            ("\u{E0041}tag", "?tag"), ("naïve 漢字 😀", "naïve 漢字 😀"), ("e\u{301}", "e\u{301}"),
            ("👩\u{200D}👧 👍\u{1F3FD} ❤\u{FE0F}", "👩👧 👍 ❤"),
        ])
    func unfit(text: String, shown: String) {
        #expect(text.printableText == shown)
        #expect(text.printableLine == shown)
    }

    @Test("takes the columns that the C library gives it, whatever the locale: what has no shape, joins or colours a sign excepted")
    func columns() throws {
        let locale = try #require(unsafe newlocale(1 << LC_CTYPE, "C.UTF-8", nil))
        defer { unsafe freelocale(locale) }
        let former = unsafe uselocale(locale)
        defer { unsafe uselocale(former) }
        // A function of XOPEN's, which the module does not show.
        let symbol = try #require(unsafe dlsym(nil, "wcwidth"))
        let wcwidth = unsafe unsafeBitCast(symbol, to: (@convention(c) (wchar_t) -> Int32).self)
        var checked = 0, others: [String] = []
        for scalar in (UInt32(0x20)...0x3FFFD).compactMap(Unicode.Scalar.init) {
            let width = wcwidth(wchar_t(bitPattern: scalar.value))
            // What the library does not know is no matter of its.
            guard width >= 0 else { continue }
            switch (scalar.terminalSign, width) {
            case (.narrow, 1), (.wide, 2), (.mark, 0): checked += 1
            case (.joiner, _), (.unfit, _): continue
            default: others.append(String(scalar.value, radix: 16))
            }
        }
        #expect(checked > 100_000)
        // Of a few Unicode has changed its mind, and the two have different versions of it.
        #expect(others.count < 20, "\(others)")
    }

    @Test("of a text is cut between characters, and no character loses its marks", arguments: [
        ("漢字", 4, 3, "漢", "字"), ("漢字", 4, 4, "漢字", "漢字"), ("漢", 2, 1, "", ""), ("ae\u{301}b", 3, 2, "ae\u{301}", "e\u{301}b"),
        ("ae\u{301}b", 3, 1, "a", "b"), ("👩\u{200D}👧", 4, 2, "👩\u{200D}", "👧"), ("abc", 3, 0, "", ""), ("", 0, 5, "", ""),
    ])
    func cuts(text: String, columns: Int, limit: Int, start: String, end: String) {
        #expect(text.columns == columns)
        #expect(text.prefix(columns: limit).unicodeScalars.elementsEqual(start.unicodeScalars))
        #expect(text.suffix(columns: limit).unicodeScalars.elementsEqual(end.unicodeScalars))
    }

    @Test("keeps its lines and tabs; a name is one line")
    func lines() {
        #expect("a\n\tb".printableText == "a\n\tb")
        #expect("a\n\tb\r\n".printableLine == "a? b??")
    }
}
