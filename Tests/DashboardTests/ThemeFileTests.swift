import Dashboard
import Testing

/// Themes as others write them.
@Suite("Theme files")
struct ThemeFileTests {
    private static let plain = [
        "main_bg", "main_fg", "title", "hi_fg", "selected_bg", "selected_fg", "inactive_fg", "graph_text", "meter_bg", "proc_misc",
        "cpu_box", "mem_box", "net_box", "proc_box", "div_line", "proc_pause_bg", "proc_follow_bg", "proc_banner_bg", "proc_banner_fg",
        "followed_bg", "followed_fg",
    ]
    private static let gradients = ["temp", "cpu", "free", "cached", "available", "used", "download", "upload", "process"]

    private func ink(_ text: String, _ role: Role) -> Ink { Theme(ThemeFile(name: "t", text: text), contrast: 1).ink(Style(role: role, ground: .plain)) }

    @Test("a theme with all 48 of btop's names loads without a word, and its colours are the ones that are drawn")
    func everyKey() {
        let keys = ThemeFileTests.plain + ThemeFileTests.gradients.flatMap { ["\($0)_start", "\($0)_mid", "\($0)_end"] }
        #expect(keys.count == 48)
        // Each colour says where it came from.
        let text = "#Bashtop theme\n\n# Main background, empty for terminal default\n" + keys.enumerated()
            .map { "theme[\($0.element)]=\"#\(String(0x100000 + $0.offset * 0x1111, radix: 16))\"\n" }.joined(separator: "\n# A comment\n")
        let file = ThemeFile(name: "all", text: text)
        #expect(file.problems == [])
        func colour(_ key: String) -> UInt32 { UInt32(0x100000 + (keys.firstIndex(of: key) ?? 99) * 0x1111) }
        for (role, key) in [
            (Role.text, "main_fg"), (.title, "title"), (.key, "hi_fg"), (.dim, "graph_text"), (.faint, "meter_bg"), (.logo, "proc_misc"),
            (.border(.throughput), "cpu_box"), (.border(.latency), "net_box"), (.border(.connections), "proc_box"),
            (.border(.pending), "net_box"), (.border(.arena), "mem_box"), (.border(.caches), "mem_box"), (.border(.events), "div_line"),
            (.ok, "cpu_start"), (.warn, "cpu_mid"), (.crit, "cpu_end"),
            (.scale(.throughput, step: 0), "cpu_start"), (.scale(.throughput, step: 23), "cpu_end"),
            (.scale(.receive, step: 0), "download_start"), (.scale(.send, step: 23), "upload_end"), (.scale(.age, step: 0), "temp_start"),
            (.scale(.heat, step: 23), "temp_end"), (.scale(.arena, step: 0), "used_start"), (.scale(.hit, step: 23), "available_end"),
        ] {
            let ink = ink(text, role)
            #expect(Swatch(colour(key), ansi: ink.foreground.ansi) == ink.foreground, "\(role) is not \(key)")
            #expect(ink.background.map { Swatch($0.rgb, ansi: nil) } == Swatch(colour("main_bg"), ansi: nil))
        }
    }

    @Test("every way to write a colour", arguments: [
        ("\"#0D1117\"", 0x0D1117), ("\"#cc\"", 0xCCCCCC), ("\"238 17 2\"", 0xEE1102), ("\"300 -4 0\"", 0xFF0000), ("#a0B1c2", 0xA0B1C2),
        ("  \"#2eb398\" #b05475", 0x2EB398), ("\"#123456\"\r\ntheme[title]=\"#000000\"\r", 0x123456),
    ])
    func values(written: String, rgb: Int) {
        #expect(ink("theme[main_fg]=\(written)\n", .text).foreground == Swatch(UInt32(rgb), ansi: nil))
    }

    @Test("what is no colour is named with its line, and the base theme's stands in", arguments: [
        "\"#12345\"", "\"red\"", "\"1 2\"", "\"1 2 x\"", "\"#+12345\"", "\"\u{E9}\"",
    ])
    func wrong(written: String) {
        let file = ThemeFile(name: "t", text: "# one\n\ntheme[main_fg]=\(written)\ntheme[title]=\"#010203\"\n")
        #expect(file.problems.map(\.line) == [3])
        #expect(file.problems.first?.words.hasPrefix("main_fg: ") == true)
        let theme = Theme(file, contrast: 1)
        #expect(theme.ink(Style(role: .text, ground: .plain)).foreground == Theme.dark.ink(Style(role: .text, ground: .plain)).foreground)
        #expect(theme.ink(Style(role: .title, ground: .plain)).foreground.rgb == 0x010203)
    }

    @Test("lines that are none are named, and what btop would trip over does us no harm")
    func syntax() {
        let file = ThemeFile(name: "t", text: """
            # Comment with [brackets]="#ff0000"
            nonsense
            theme[title]
              # indented
            theme[future_key]="#zz is not looked at"
            theme[main_fg]=
            theme[title]="#111111"
            theme[title]="#222222"
            theme[hi_fg]="#333333
            """)
        #expect(file.problems.map(\.line) == [2, 3, 9])
        #expect(ink("theme[title]=\"#111111\"\ntheme[title]=\"#222222\"", .title).foreground.rgb == 0x222222)
        #expect(ThemeFile(name: "n", text: "\u{7F}ELF\u{0}\u{1}").isEmpty && ThemeFile(name: "n", text: "").isEmpty)
    }

    @Test("an empty background is the terminal's own; an empty middle is none; without an end there is one colour")
    func empty() {
        #expect(ink("theme[main_bg]=\"\"", .text).background == nil)
        let two = "theme[temp_start]=\"#000000\"\ntheme[temp_mid]=\"\"\ntheme[temp_end]=\"#646464\""
        let middle = ink(two, .scale(.age, step: 12)).foreground
        #expect((0x30...0x38).contains(middle.red))
        let one = "theme[temp_start]=\"#646464\"\ntheme[temp_mid]=\"#FFFFFF\"\ntheme[temp_end]=\"\""
        #expect((0...23).allSatisfy { ink(one, .scale(.age, step: $0)).foreground.rgb == 0x646464 })
    }

    @Test("our own names come before btop's, and the mode is what it says, or what the background is")
    func own() {
        let text = "theme[proc_box]=\"#111111\"\ntheme[conn_box]=\"#222222\"\ntheme[temp_start]=\"#333333\"\ntheme[age_start]=\"#444444\"\n"
        #expect(ink(text, .border(.connections)).foreground.rgb == 0x222222)
        #expect(ink(text, .scale(.age, step: 0)).foreground.rgb == 0x444444)
        #expect(ink(text, .scale(.heat, step: 0)).foreground.rgb == 0x333333)
        for (text, isLight) in [
            ("theme[main_bg]=\"#FFFFFF\"", true), ("theme[main_bg]=\"#101010\"", false), ("theme[main_bg]=\"#FF\"\ntheme[mode]=\"dark\"", false),
            ("theme[main_bg]=\"\"\ntheme[main_fg]=\"#20\"", true), ("theme[main_bg]=\"\"\ntheme[main_fg]=\"#DD\"", false),
        ] {
            #expect(Theme(ThemeFile(name: "t", text: text)).isLight == isLight, "\(text)")
        }
    }
}

extension Swatch {
    /// 0xRRGGBB.
    var rgb: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }
}
