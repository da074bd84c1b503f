/// Results of comparing responses with an `ExpectedAnswer`.
///
/// An answer counts once: as expected, or under the first of five that is not.
package struct ExpectationCounts: Sendable, Equatable {
    /// Whole answers that were compared.
    package var checked: UInt64 = 0
    /// Those that were not as expected: the sum of the next five.
    package var unexpected: UInt64 = 0
    package var status: UInt64 = 0
    package var header: UInt64 = 0
    package var length: UInt64 = 0
    package var checksum: UInt64 = 0
    /// Of another grpc-status; these are failed requests too.
    package var grpc: UInt64 = 0

    package init() {}
}
