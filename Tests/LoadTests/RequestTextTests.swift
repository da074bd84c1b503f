import Load
import Measurements
import Testing

@Suite("A text with templates")
struct RequestTextTests {
    private func parts(_ text: String) throws -> [RequestText.Part] { try RequestText(parsing: text).parts }

    private func literal(_ text: String) -> RequestText.Part { .literal(Array(text.utf8)) }

    @Test("is taken apart where the braces are")
    func isRead() throws {
        #expect(try parts("/a") == [literal("/a")])
        #expect(try parts("") == [])
        #expect(try parts("{{seq}}") == [.sequence])
        #expect(try parts("/a/{{ seq }}?b={{random.int -5 7}}&c") == [literal("/a/"), .sequence, literal("?b="), .integer(-5...7), literal("&c")])
        #expect(try parts("{{random.hex 16}}{{random.string 3}}{{random.uuid}}") == [.hex(digits: 16), .string(characters: 3), .uuid])
        #expect(try parts("{{random.choice a bc}}") == [.choice([[97], [98, 99]])])
        #expect(try parts(#"{"a":{"b":{{"{{"}}}}"#) == [literal(#"{"a":{"b":{{}}"#)])
        #expect(try parts("{}}") == [literal("{}}")])
    }

    @Test("knows how long it can become, and what in it never changes")
    func limits() throws {
        let text = try RequestText(parsing: "/{{random.choice a bcd}}/{{random.hex 5}}{{seq}}é")
        #expect(text.byteLimit == 1 + 3 + 1 + 5 + 20 + 2)
        #expect(text.fixedText == "/abcd/é")
        #expect(try !text.isFixed && RequestText(parsing: "/a").isFixed && RequestText(literal: Array("{{seq}}".utf8)).isFixed)
    }

    @Test("that is wrong is told with what is right", arguments: [
        ("{{", "'{{' without '}}'; two braces themselves are {{\"{{\"}}"), ("{{seq}", "'{{' without '}}'; two braces themselves are {{\"{{\"}}"),
        ("{{sequence}}", "unknown template '{{sequence}}'; there are seq, random.int, random.hex, random.string, random.uuid, random.choice"),
        ("{{random.unit 1 2}}", "unknown template '{{random.unit}}'; did you mean '{{random.int}}'?"),
        ("{{}}", "unknown template '{{}}'; there are seq, random.int, random.hex, random.string, random.uuid, random.choice"),
        ("{{seq 1}}", "write {{seq}}"), ("{{random.uuid 4}}", "write {{random.uuid}}"),
        ("{{random.int}}", "write {{random.int 1 100}}, the least and the most"), ("{{random.int 2 1}}", "write {{random.int 1 100}}, the least and the most"),
        ("{{random.int 1 99999999999999999999}}", "write {{random.int 1 100}}, the least and the most"),
        ("{{random.hex 0}}", "write {{random.hex 16}}, at most 1024"), ("{{random.string 1025}}", "write {{random.string 8}}, at most 1024"),
        ("{{random.choice}}", "write {{random.choice a b c}}, at most 64 words"),
        (String(repeating: "{{seq}}", count: 65), "more than 64 values in one text"),
    ])
    func isWrong(text: String, message: String) {
        #expect { try RequestText(parsing: text) } throws: { "\($0)" == message }
    }

    @Test("has a CRC-32 like everybody's")
    func checksum() {
        var checksum = Checksum()
        for part in ["1234", "", "56789"] { Array(part.utf8).withUnsafeBytes { checksum.add($0) } }
        // The check value of CRC-32 in every catalogue.
        #expect(checksum.value == 0xCBF4_3926)
        #expect(ExpectedAnswer.text(checksum: 0xF) == "0000000f")
    }

    @Test("statuses are numbers and classes", arguments: [
        ("200", 200...200), ("2xx", 200...299), ("5xx", 500...599), ("599", 599...599), ("1xx", nil), ("100", nil), ("600", nil), ("2xy", nil), ("+20", nil), ("", nil),
    ])
    func statuses(text: String, range: ClosedRange<Int>?) {
        #expect(ExpectedAnswer.statuses(text) == range)
        if let range { #expect(ExpectedAnswer.text(range) == text) }
    }
}

@Suite("Taking turns by weight")
struct WeightedTurnsTests {
    @Test("gives each its share, and spreads it", arguments: [[1], [9, 1], [3, 3, 1], [2, 4], [1, 1, 1, 1], [1000, 999]])
    func shares(weights: [Int]) {
        let turns = WeightedTurns.order(weights)
        let counts = weights.indices.map { index in turns.count { $0 == index } }
        for (index, weight) in weights.enumerated() { #expect(counts[index] * weights[0] == counts[0] * weight) }
        // Nobody is ever further behind than one turn.
        for length in stride(from: 1, through: turns.count, by: 7) {
            for index in weights.indices {
                let due = Double(length * weights[index]) / Double(weights.reduce(0, +))
                #expect(abs(Double(turns[..<length].count { $0 == index }) - due) <= 1.5)
            }
        }
    }
}
