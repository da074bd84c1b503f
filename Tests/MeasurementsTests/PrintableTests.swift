import Measurements
import Testing

@Suite("Text that is shown")
struct PrintableTests {
    @Test(
        "has nothing that a terminal obeys, that turns a line round, or that takes no room",
        arguments: [
            ("\u{1B}[31mred", "?[31mred"), ("a\u{9B}2Jb", "a?2Jb"), ("bell\u{7}", "bell?"), ("a\u{202E}txt.exe", "a?txt.exe"),
            ("zero\u{200B}width", "zero?width"), ("\u{FEFF}mark", "?mark"), ("carriage\rreturn", "carriage?return"),
            ("\u{E0041}tag", "?tag"), ("naïve 漢字 😀", "naïve 漢字 😀"),
        ])
    func unfit(text: String, shown: String) {
        #expect(text.printableText == shown)
        #expect(text.printableLine == shown)
    }

    @Test("keeps its lines and tabs; a name is one line")
    func lines() {
        #expect("a\n\tb".printableText == "a\n\tb")
        #expect("a\n\tb\r\n".printableLine == "a? b??")
    }
}
