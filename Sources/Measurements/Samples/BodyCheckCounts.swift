/// Results of the body check, which compares responses byte by byte.
///
/// An answer counts once: as right, or under the first of these that applies, in this order:
/// wrong status, corrupted, swapped, wrong length, truncated.
package struct BodyCheckCounts: Sendable, Equatable {
    /// Answers that were judged, right and wrong.
    package var checked: UInt64 = 0
    /// A byte is wrong.
    package var corrupted: UInt64 = 0
    /// From the first wrong byte on these are the bytes of another request's body.
    package var swapped: UInt64 = 0
    /// Ended by the peer before the last byte: END_STREAM, a reset, or the connection's end.
    package var truncated: UInt64 = 0
    /// Announced another length than was asked for, or more bytes came.
    package var wrongLength: UInt64 = 0
    /// Another status than 200.
    package var wrongStatus: UInt64 = 0

    package init() {}

    /// Responses that were wrong in one way.
    package subscript(_ kind: BodyViolation.Kind) -> UInt64 {
        switch kind {
        case .corrupted: corrupted
        case .swapped: swapped
        case .truncated: truncated
        case .wrongLength: wrongLength
        case .wrongStatus: wrongStatus
        }
    }

    /// Responses that were wrong in any way.
    package var wrong: UInt64 { corrupted + swapped + truncated + wrongLength + wrongStatus }
}

extension BodyCheckCounts: SamplePart {
    package static let table = MetricTable<BodyCheckCounts>([
        .counter("checked", .response, \.checked, "Responses compared byte by byte with the expected body (--body-check)"),
        .counter("corrupted", .response, \.corrupted, better: .zero, "Checked: a byte was wrong"),
        .counter("swapped", .response, \.swapped, better: .zero, "Checked: it was the answer to another request"),
        .counter("truncated", .response, \.truncated, better: .zero, "Checked: the peer ended it before its last byte"),
        .counter("wrong_length", .response, \.wrongLength, better: .zero, "Checked: it announced another length, or more bytes came"),
        .counter("wrong_status", .response, \.wrongStatus, better: .zero, "Checked: it had another status than 200"),
    ])
}
