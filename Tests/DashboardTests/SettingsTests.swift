import Dashboard
import Load
import Testing

@Suite("Settings")
struct SettingsTests {
    @Test("the file that is printed says what holds without one, and is read back as that")
    func printed() throws {
        #expect(try Settings(text: Settings().text) == Settings())
        #expect(try Settings(text: "") == Settings())
        var other = try Settings(text: "theme = ember\ncontrast = 7\nglyphs = block\ncolor = 256\nmouse = off\n[keys]\nzoom = f ^F f5\nquit = x\n")
        #expect(other.theme == "ember" && other.contrast == 7 && other.glyphs == .block && other.colours == .depth(.indexed256) && !other.hasMouse)
        #expect(try Settings(text: other.text) == other)
        other = try Settings(text: "theme = auto\r\ncontrast = theme\t# a comment\r\n\n   # another\nglyphs = auto\ncolor = auto\nmouse = on")
        #expect(other == Settings())
    }

    @Test("every command has a name, words and, but where a file takes it, a key")
    func commands() throws {
        for command in Command.allCases {
            #expect(!command.words.isEmpty && !KeyMap.standard.keys(of: command).isEmpty, "\(command)")
            #expect(command.rawValue.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
            #expect(Settings().text.split(separator: "\n").contains { $0.hasPrefix(command.rawValue + " ") })
        }
        // No key means two things.
        let all = Command.allCases.flatMap { KeyMap.standard.keys(of: $0) }
        #expect(Set(all).count == all.count)
    }

    @Test("each key has a name that is that key again")
    func names() {
        for key in Command.allCases.flatMap({ KeyMap.standard.keys(of: $0) }) + [.backspace, .delete, .insert, .character("#"), .character("é"), .function(12)] {
            #expect(Key(name: key.name) == key, "\(key)")
        }
        for name in ["", "^[", "^I", "^M", "up-left", "ctrl-c", "f13", "  "] { #expect(Key(name: name) == nil, "\(name)") }
    }

    @Test("a key that is bound to something else does that and nothing else")
    func rebinding() throws {
        let keys = try Settings(text: "[keys]\nfilter = z\nload-up = up\n").keys
        #expect(keys[.character("z")] == .filter && keys.keys(of: .zoom) == [] && keys[.character("/")] == nil)
        #expect(keys[.up] == .loadUp && keys.keys(of: .up) == [.character("k")])
        var dashboard = Dashboard.synthetic(samples: 2)
        dashboard.keys = keys
        dashboard.takeChanges()
        #expect(dashboard.handle(.up) == .change(.rate(30_000)) && dashboard.handle(.character("+")) == nil)
        _ = dashboard.handle(.character("z"))
        #expect(dashboard.table.isTyping)
    }

    @Test("^C quits unless it is given to something else on purpose")
    func wayOut() throws {
        #expect(try Settings(text: "[keys]\nquit =\n").keys[.control("c")] == .quit)
        let keys = try Settings(text: "[keys]\nquit = x\nback = ^C\n").keys
        #expect(keys[.control("c")] == .back && keys[.character("x")] == .quit && keys[.character("q")] == nil)
    }

    @Test("what is wrong is named with its line and column", arguments: [
        ("theme\n", 1, 1, "after theme"), ("theme ember", 1, 7, "after theme"), ("theme =", 1, 1, "one value"), ("theme = a b", 1, 11, "one value"),
        ("\n  colour = auto", 2, 3, "no setting colour"), ("color = blue", 1, 9, "auto, always"), ("contrast = 0.5", 1, 12, "1 to 21"),
        ("glyphs = dots", 1, 10, "braille, block, ascii"), ("mouse = yes", 1, 9, "on or off"), ("[colours]", 1, 1, "[keys]"),
        ("mouse = on\nmouse = off", 2, 1, "line 1"), ("[keys]\nzom = z", 2, 1, "is it zoom?"), ("[keys]\nzoom = zz", 2, 8, "zz is no key"),
        ("[keys]\nzoom = z\nfilter = / z", 3, 12, "z is zoom in line 2"), ("[keys]\nzoom = é é", 2, 10, "é is zoom in line 2"),
        ("[keys]\nzoom = z\nzoom = f", 3, 1, "line 2"),
    ])
    func errors(text: String, line: Int, column: Int, words: String) {
        do {
            _ = try Settings(text: text)
            Issue.record("nothing was wrong")
        } catch {
            #expect(error.line == line && error.column == column && error.words.contains(words), "\(error)")
        }
    }
}
