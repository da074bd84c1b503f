import Measurements
import SampleSupport
import Testing

@Suite("Evidence of a violation") struct ViolationTests {
    /// As the seed's debugger session does it.
    @Test("is shown with what was found beside what should be there")
    func text() {
        #expect(SampleSupport.violation.lines == [
            "reset with a write pending",
            "  write     connection 1.17, exchange 3: 245 bytes at +1184 in arena 12, generation 7, direct, 0.213 ms old",
            "  now       generation 8, with exchange 4, GET /bytes/64",
            "  (uv_write_t) 0x00007fe19d6012f0 {",
            "    cb    = 0x0000000000000000  // should be 0x000056416edc24e0",
            "    bufs  = 0xffffffff00000000  // should be 0x0000000000000000",
            "    nbufs = 4294967295          // should be 2",
            "  }",
            "  bytes differ from +3 of 245",
            "    expected  48 54 54 50 2f 31 2e 31 20 32 30 30 20 4f 4b 0d  HTTP/1.1 200 OK.",
            "              0a                                               .",
            "    found     dd 41                                            .A",
        ])
        #expect(SampleSupport.violation.sentence
            == "connection 1.17: reset with a write pending: exchange 3, 245 bytes, by exchange 4")
    }

    @Test("says less where less is known")
    func copy() {
        var violation = SampleSupport.violation
        violation.kind = .changedBytes
        violation.write.arena = 0
        violation.write.offset = nil
        violation.overwriter = nil
        violation.foundRequest = violation.expectedRequest
        violation.changeOffset = nil
        #expect(violation.lines == [
            "bytes changed under a write",
            "  write     connection 1.17, exchange 3: 245 bytes in a copy, direct, 0.213 ms old",
            "  (uv_write_t) 0x00007fe19d6012f0 {",
            "    cb    = 0x000056416edc24e0",
            "    bufs  = 0x0000000000000000",
            "    nbufs = 2",
            "  }",
        ])
    }
}
