import HTTP2
import Memory
import Testing
import TestSupport

/// nghttp2's own check is the measure: two sessions get the same bytes, one with the library's check and one with ours.
@Suite("Our rules for requests") struct RequestRulesTests {
    /// Sends scripts one behind the other to both sessions.
    /// - Parameter table: see `RequestScript.bytes`.
    /// - Parameter cut: where a script of so many bytes comes in two pieces.
    /// - Parameter flushes: whether answers go out behind each piece of the script with this number.
    /// - Returns: nil when there is no memory.
    private static func transcripts(
        _ scripts: [RequestScript], table: SentTable?, cut: (Int) -> Int = { $0 }, flushes: (Int) -> Bool
    ) -> (library: SessionTranscript, ours: SessionTranscript)? {
        let streams = scripts.indices.map { UInt32($0 * 2 + 1) }
        let early = Set(zip(streams, scripts).filter(\.1.isAnsweredEarly).map(\.0))
        guard let library = SessionTranscript(.library, early: early), let ours = SessionTranscript(.requests, early: early)
        else { return nil }
        var table = table
        let pieces = zip(streams, scripts).map { $1.bytes($0, &table) }
        for session in [library, ours] {
            for (index, bytes) in pieces.enumerated() {
                let end = cut(bytes.count)
                session.receive(Array(bytes[..<end]))
                // An answer at the head is out then, before the request ends.
                if flushes(index) { session.flush() }
                session.receive(Array(bytes[end...]))
                if flushes(index) { session.flush() }
            }
            session.flush()
            session.close()
        }
        return (library, ours)
    }

    /// - Returns: what both sessions have done; nil when they differ, which is recorded.
    private static func compare(
        _ scripts: [RequestScript], table: SentTable? = nil, cut: (Int) -> Int = { $0 },
        flushes: (Int) -> Bool = { _ in true }
    ) -> SessionTranscript? {
        guard let (library, ours) = transcripts(scripts, table: table, cut: cut, flushes: flushes) else {
            Issue.record("no memory")
            return nil
        }
        if library.calls == ours.calls, library.ends == ours.ends, library.output == ours.output { return ours }
        let place = zip(library.calls, ours.calls).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            ?? min(library.calls.count, ours.calls.count)
        let stream = library.ends.first { ours.ends[$0.key] != $0.value }?.key
        Issue.record(
            """
            \(scripts.enumerated().map { "stream \($0.offset * 2 + 1): \($0.element)" }.joined(separator: "\n"))
            behind \(ours.calls.prefix(place).last.map { "\($0)" } ?? "nothing")
            nghttp2: \(library.calls.dropFirst(place).first.map { "\($0)" } ?? "nothing")
            we: \(ours.calls.dropFirst(place).first.map { "\($0)" } ?? "nothing")
            stream \(stream.map { "\($0) ends with \(library.ends[$0] ?? 0), ours with \(ours.ends[$0].map { "\($0)" } ?? "none")" } ?? "ends are the same")
            output is \(library.output == ours.output ? "the same" : "another")
            """)
        return nil
    }

    @Test("answer thousands of mutated requests as nghttp2 does")
    func mutations() {
        var mutator = RequestMutator(seed: 20_261_128)
        var answered = 0, badFields = 0, badMessages = 0, badBodies = 0
        for _ in 0..<500 {
            let scripts = (0..<12).map { _ in mutator.next() }
            let cuts = scripts.map { _ in mutator.below(200) }
            let flushes = scripts.map { _ in mutator.below(2) == 0 }
            var next = 0
            let transcript = RequestRulesTests.compare(scripts, cut: {
                next += 1
                return min(cuts[next % cuts.count], $0)
            }, flushes: { flushes[$0] })
            guard let transcript else { return }
            answered += transcript.ends.values.count { $0 == 0 }
            let fields = transcript.calls.count { $0 == .invalidFrame(-531) }
            let messages = transcript.calls.count { $0 == .invalidFrame(-532) }
            badFields += fields
            badMessages += messages
            // DATA that breaks a rule is not reported as a frame.
            badBodies += transcript.ends.values.count { $0 == 1 } - fields - messages
        }
        // The mutations must neither leave all as it was nor spoil all.
        #expect(answered > 1_500)
        #expect(badFields > 1_000)
        #expect(badMessages > 200)
        #expect(badBodies > 100)
    }

    /// Fields that come again are recalled: `FieldMemory` keeps those of the second request, and of each 256th behind it.
    @Test("answer requests whose fields come again as nghttp2 does", arguments: [true, false])
    func repetitions(fromTable: Bool) {
        var mutator = RequestMutator(seed: 20_261_129)
        var answered = 0, refused = 0
        for round in 0..<250 {
            // Long enough that another request is kept, now and then.
            let count = round % 50 == 0 ? 600 : 24
            var kept = mutator.next()
            let scripts = (0..<count).map { number -> RequestScript in
                if number % 200 == 199 { kept = mutator.next() }
                var script = kept
                script.usesTable = mutator.below(2) == 0
                if mutator.below(3) == 0 { mutator.change(&script) }
                return script
            }
            let flushes = scripts.map { _ in mutator.below(2) == 0 }
            let transcript = RequestRulesTests.compare(
                scripts, table: fromTable ? SentTable() : nil, flushes: { flushes[$0] })
            guard let transcript else { return }
            answered += transcript.ends.values.count { $0 == 0 }
            refused += transcript.ends.values.count { $0 == 1 }
        }
        #expect(answered > 1_500)
        #expect(refused > 1_500)
    }

    @Test("take a field for what it is, where another one lay at its address before", arguments: ["a", "\u{1}"])
    func addresses(value: String) {
        func script(_ values: [String]) -> RequestScript {
            var script = RequestScript([
                RequestScript.Field(":method", "GET"), RequestScript.Field(":scheme", "http"),
                RequestScript.Field(":authority", "test"), RequestScript.Field(":path", "/"),
            ] + values.map { RequestScript.Field("accept", $0) })
            script.usesTable = true
            return script
        }
        // nghttp2 frees the value of a literal behind its field, and has the place for the next.
        let scripts = [["a"], ["b", "c"], ["d", "e"], [value, "b"], ["c", value]].map(script)
        #expect(RequestRulesTests.compare(scripts) != nil)
        #expect(RequestRulesTests.compare(scripts, table: SentTable()) != nil)
    }

    /// In texts that words of eight bytes take in whole, in part and twice.
    @Test("know each byte, in each kind of field and at each place", arguments: [
        "name", "x", ":method", ":scheme", ":path", ":authority", "host", "te", "content-length", "connection", "priority",
    ])
    func bytes(kind: String) {
        for byte in UInt8.min ... .max {
            let scripts = [1, 2, 3, 5, 7, 8, 11, 20].map { count in
                var text = [UInt8](repeating: kind == "content-length" ? 0x30 : 0x61, count: count)
                text[Int(byte) % count] = byte
                var fields = [
                    RequestScript.Field(":method", "GET"), RequestScript.Field(":scheme", "gopher"),
                    RequestScript.Field(":path", "/"), RequestScript.Field(":authority", "test"),
                ]
                if let place = fields.firstIndex(where: { $0.name == Array(kind.utf8) }) {
                    fields[place].value = text
                } else {
                    var field = RequestScript.Field(kind, "a")
                    if kind == "name" { field.name = text } else { field.value = text }
                    fields.append(field)
                }
                return RequestScript(fields)
            }
            guard RequestRulesTests.compare(scripts) != nil else { return }
        }
    }

    /// Eight streams of known urgencies beside the one in question: the order of DATA frames shows its place among them.
    @Test("read the priority as nghttp2 does")
    func priorities() {
        var mutator = RequestMutator(seed: 9218)
        var orders: Set<[UInt8]> = []
        for round in 0..<1_000 {
            let value = mutator.nextPriority()
            let known = (0...7).map { "u=\($0)\(round % 2 == 0 ? ", i" : "")" }
            let scripts = (known.prefix(4) + [value] + known.suffix(4)).map { text in
                RequestScript([
                    RequestScript.Field(":method", "GET"), RequestScript.Field(":scheme", "http"),
                    RequestScript.Field(":path", "/"), RequestScript.Field(":authority", "test"),
                    RequestScript.Field("priority", text),
                ])
            }
            guard let transcript = RequestRulesTests.compare(scripts, flushes: { _ in false }) else { return }
            orders.insert(transcript.output)
        }
        // Eight urgencies, incremental or not.
        #expect(orders.count >= 16)
    }

    @Test("leave DATA behind a request's end an error of the connection, malformed or not")
    func behindTheEnd() {
        let fields = [
            RequestScript.Field(":method", "GET"), RequestScript.Field(":scheme", "http"),
            RequestScript.Field(":path", "/"), RequestScript.Field(":authority", "test"),
        ]
        for head in [fields, Array(fields.dropLast()), fields + [RequestScript.Field("content-length", "1")]] {
            for body in [[], [0], [2]] {
                for flushes in [true, false] {
                    var script = RequestScript(head)
                    script.body = body
                    script.hasDataBehind = true
                    let transcript = RequestRulesTests.compare([script, RequestScript(fields)], flushes: { _ in flushes })
                    guard let transcript else { return }
                    #expect(transcript.ends[3] == nil)
                }
            }
        }
    }
}
