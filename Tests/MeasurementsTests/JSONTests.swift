import Measurements
import Testing

@Suite("A JSON value")
struct JSONTests {
    private let value = JSON.object([
        .init("z", .number(1)), .init("a", .array([.null, .bool(true), .bool(false), .string("x\n\"\\\u{1}\u{9b}\u{1f600}")])),
        .init("e", .object([])), .init("n", .number(-0.25)),
    ])

    @Test("is written in its own order, and nothing in it can command a terminal")
    func text() {
        #expect(value.text == #"{"z":1,"a":[null,true,false,"x\n\"\\\u0001\u009b😀"],"e":{},"n":-0.25}"#)
        #expect(JSON.array([.number(1), .object([.init("a", .null)])]).indentedText == "[\n  1,\n  {\n    \"a\": null\n  }\n]")
    }

    @Test("is read as it was written")
    func parsing() throws {
        let copy = try JSON(parsing: Array(value.text.utf8))
        for name in ["z", "a", "e", "n"] { #expect(copy[name] == value[name]) }
        #expect(copy[path: "z.y"] == nil)
    }

    @Test("writes whole numbers whole, the rest so that they come back exactly, and infinities as null", arguments: [
        (0, "0"), (9_007_199_254_740_991, "9007199254740991"), (0.1, "0.1"), (1e300, "1e+300"), (.infinity, "null"), (.nan, "null"),
    ] as [(Double, String)])
    func numbers(number: Double, text: String) throws {
        #expect(JSON.number(number).text == text)
        if number.isFinite { #expect(try JSON(parsing: Array(text.utf8)) == .number(number)) }
    }

    @Test("that is none is refused", arguments: ["", "{", "nul", "{\"a\":}", "[1 2]", "1 2", "\"\u{1}"])
    func refusals(text: String) {
        #expect(throws: (any Error).self) { try JSON(parsing: Array(text.utf8)) }
    }

    @Test("finds the end of a text, and what must not be in it, at whichever of eight bytes it stands")
    func ends() throws {
        for count in 0..<20 {
            let fill = String(repeating: "x", count: count)
            for (written, read) in [("", ""), (#"\n"#, "\n"), (#"\""#, "\""), ("ü", "ü"), ("\u{7f}", "\u{7f}"), ("]", "]")] {
                let json = try JSON(parsing: Array("[\"\(fill)\(written)\(fill)\",1]".utf8))
                #expect(json == .array([.string(fill + read + fill), .number(1)]))
            }
            #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: Array("[\"\(fill)\u{1f}\(fill)\"]".utf8)) }
        }
    }

    @Test("is read without members of some names, whatever is in them; a mistake there is one all the same")
    func skipping() throws {
        let text = #"{"a":1,"rows":[{"peer":"x\"]}","n":1.5e3,"a":2},[[],{}]],"b":{"rows":null,"c":"2"}}"#
        #expect(try JSON(parsing: Array(text.utf8), skipping: ["rows"]).text == #"{"a":1,"b":{"c":"2"}}"#)
        for wrong in [#"{"rows":[1,]}"#, #"{"rows":"}"#, #"{"rows":{"a" 1}}"#, #"{"rows":01}"#] {
            #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: Array(wrong.utf8), skipping: ["rows"]) }
        }
    }

    @Test("makes the objects on the way to a path")
    func paths() {
        var json = JSON.object([])
        json.set(.number(1), atPath: "a.b.c")
        json.set(.number(2), atPath: "a.d")
        #expect(json.text == #"{"a":{"b":{"c":1},"d":2}}"#)
        #expect(json[path: "a.b.c"] == .number(1))
    }
}
