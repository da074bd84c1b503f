internal import Measurements
internal import Memory

/// The body checks of one loop: the target of each request, and the faults that were found.
///
/// Every request has a seed of its own, so that an answer that belongs to another request is noticed.
/// The record of a check also holds the text of its request's target, which has to stay put
/// until the frame has been made.
///
/// `@safe`: its memory is its own.
@safe
final class BodyChecker {
    /// One check and the target's text behind it.
    @unsafe
    struct Record {
        var check = BodyCheck()
        var target = ArenaBytes.empty
        /// What was wrong, once it is counted; nil: nothing so far.
        var told: BodyViolation.Kind?
        var next: UnsafeMutablePointer<Record>?
    }

    private var targets: [Target?]
    private let textByteLimit: Int
    private let seedStride: UInt64
    private var nextSeed: UInt64
    private var idle: UnsafeMutablePointer<Record>?
    private var blocks: [UnsafeMutableRawPointer] = unsafe []
    private var violations: [BodyViolation] = []
    private var violationCount = 0
    private var found = BodyCheckCounts()
    /// Kinds of wrong answers that were counted before their end, and have come to it.
    private var endedKinds: Set<BodyViolation.Kind> = []

    /// Answers of one loop that are kept as evidence in the whole run: enough to see a pattern.
    static let violationLimit = 8

    /// Digits of the largest seed.
    private static let digitLimit = 20

    private struct Target {
        let head: [UInt8]
        let tail: [UInt8]
        let byteCount: Int
        let seed: UInt64?

        init(_ target: CheckedTarget) {
            head = Array(target.head.utf8)
            tail = Array(target.tail.utf8)
            byteCount = target.byteCount
            seed = target.seed
        }

        /// Without the seed.
        var textByteCount: Int { head.count + tail.count }
    }

    /// - Parameters:
    ///   - targets: one for each kind, nil where the answer cannot be predicted.
    ///   - firstSeed, seedStride: the seeds of this loop; no other loop has one of them.
    init(_ targets: [CheckedTarget?], firstSeed: UInt64, seedStride: UInt64) {
        self.targets = targets.map { $0.map { Target($0) } }
        // Room for the seed, and for a size that has become larger.
        textByteLimit = self.targets.reduce(0) { max($0, $1?.textByteCount ?? 0) } + 2 * BodyChecker.digitLimit
        nextSeed = firstSeed
        self.seedStride = seedStride
        unsafe idle = nil
    }

    deinit {
        for unsafe block in unsafe blocks { unsafe block.deallocate() }
    }

    /// The same targets with other sizes, from the next request on. Checks that have begun keep theirs.
    func setTargets(_ new: [CheckedTarget?]) {
        targets = new.map { $0.map { Target($0) } }
        precondition(
            targets.allSatisfy { ($0?.textByteCount ?? 0) + BodyChecker.digitLimit <= textByteLimit }, "a target that outgrows its record")
    }

    /// The check of the next request of kind `index`; nil when its answer cannot be predicted.
    func begin(_ index: Int) -> UnsafeMutablePointer<Record>? {
        guard let target = targets[index] else { return nil }
        let seed = target.seed ?? nextSeed
        if target.seed == nil { nextSeed &+= seedStride }
        let record = unsafe take()
        unsafe record.pointee.check = BodyCheck(seed: seed, byteCount: target.byteCount)
        unsafe record.pointee.told = nil
        unsafe write(target, seed, to: record)
        return unsafe record
    }

    private func write(_ target: Target, _ seed: UInt64, to record: UnsafeMutablePointer<Record>) {
        let text = unsafe UnsafeMutableRawPointer(record) + MemoryLayout<Record>.stride
        var count = 0
        unsafe target.head.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { unsafe text.copyMemory(from: start, byteCount: bytes.count) }
            count = bytes.count
        }
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var digitCount = 0
        var rest = seed
        repeat {
            digits[digitCount] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            digitCount += 1
            rest /= 10
        } while rest > 0
        while digitCount > 0 {
            digitCount -= 1
            unsafe text.storeBytes(of: digits[digitCount], toByteOffset: count, as: UInt8.self)
            count += 1
        }
        unsafe target.tail.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { unsafe (text + count).copyMemory(from: start, byteCount: bytes.count) }
            count += bytes.count
        }
        unsafe record.pointee.target = unsafe ArenaBytes(start: text, count: count)
    }

    /// The target of a request of kind `index` with this seed, for people; nil when its answer cannot be predicted.
    func targetText(_ index: Int, seed: UInt64) -> String? {
        targets[index].map { "\(String(decoding: $0.head, as: UTF8.self))\(seed)\(String(decoding: $0.tail, as: UTF8.self))" }
    }

    /// Some of an answer with this status has come. What is wrong by now is counted at once: a slow reader may never
    /// come to the end.
    func receive(
        _ bytes: UnsafeRawBufferPointer, _ record: UnsafeMutablePointer<Record>, status: Int, connection: Int, stream: Int
    ) {
        unsafe record.pointee.check.receive(bytes)
        guard status == 200, unsafe record.pointee.told == nil else { return }
        switch unsafe record.pointee.check.state {
        case .right, .untold: return
        case .swapped, .corrupted: break
        }
        guard let kind = unsafe record.pointee.check.verdict(status: status, isWhole: true) else { return }
        unsafe record.pointee.told = kind
        found.checked += 1
        _ = unsafe count(kind, record.pointee, status, connection, stream)
    }

    /// The answer is over, or will not come.
    ///
    /// - Parameters:
    ///   - failure: why it is not whole; nil when it is.
    ///   - connection, stream: for the evidence.
    /// - Returns: what was wrong, with evidence for the first of each kind; nil when the body was right, or not judged.
    func end(
        _ record: UnsafeMutablePointer<Record>, status: Int, _ failure: RequestFailure?, connection: Int, stream: Int
    ) -> WrongBody? {
        defer { unsafe give(record) }
        let isWrong = unsafe record.pointee.check.state != .right
        // Wrong bytes are wrong however the answer ended. Where we ended it ourselves, and where it never
        // began, nothing else is the peer's fault.
        switch failure {
        case nil: break
        case .closed, .reset, .protocolError: if status == 0 { return nil }
        case .unprocessed, .refused, .timeout, .aborted, .circuit, .abandoned: if !isWrong || status == 0 { return nil }
        }
        if let told = unsafe record.pointee.told {
            let evidence = unsafe endedKinds.insert(told).inserted ? BodyChecker.evidence(record.pointee, told, status, connection, stream) : nil
            return WrongBody(kind: told, evidence: evidence)
        }
        found.checked += 1
        guard let kind = unsafe record.pointee.check.verdict(status: status, isWhole: failure == nil) else { return nil }
        return unsafe WrongBody(kind: kind, evidence: count(kind, record.pointee, status, connection, stream))
    }

    /// Counts an answer that is wrong. - Returns: the evidence, of the first few and of the first of each kind.
    private func count(_ kind: BodyViolation.Kind, _ record: borrowing Record, _ status: Int, _ connection: Int, _ stream: Int) -> BodyViolation? {
        let isFirst = found[kind] == 0
        switch kind {
        case .corrupted: found.corrupted += 1
        case .swapped: found.swapped += 1
        case .truncated: found.truncated += 1
        case .wrongLength: found.wrongLength += 1
        case .wrongStatus: found.wrongStatus += 1
        }
        let isTold = violationCount < BodyChecker.violationLimit
        guard isTold || isFirst else { return nil }
        let evidence = unsafe BodyChecker.evidence(record, kind, status, connection, stream)
        if isTold {
            violationCount += 1
            violations.append(evidence)
        }
        return evidence
    }

    /// An answer whose body is wrong.
    struct WrongBody {
        var kind: BodyViolation.Kind
        /// nil: there were enough before.
        var evidence: BodyViolation?
    }

    private static func evidence(
        _ record: borrowing Record, _ kind: BodyViolation.Kind, _ status: Int, _ connection: Int, _ stream: Int
    ) -> BodyViolation {
        let check = unsafe record.check
        var violation = unsafe BodyViolation(
            kind: kind, target: record.target.string, status: status, expectedByteCount: check.expectedByteCount,
            receivedByteCount: check.receivedByteCount, announcedByteCount: check.announcedByteCount,
            connection: connection, stream: stream)
        violation.seed = check.body.seed
        if kind == .truncated { violation.offset = check.nextResponseOffset }
        if kind == .corrupted || kind == .swapped {
            violation.offset = check.firstWrongOffset
            violation.found = (0..<check.foundCount).map { check.found[$0] }
            violation.expected = (0..<check.foundCount).map { check.body.byte(at: check.firstWrongOffset + $0) }
        }
        if kind == .swapped, case .swapped(let other) = check.state { violation.otherSeed = other.seed }
        return violation
    }

    /// Adds the counts, and the evidence since the last call.
    func add(to sample: inout ClientSample) {
        sample.bodies = found
        sample.bodyViolations = violations
        violations = []
    }

    // MARK: Records

    private func take() -> UnsafeMutablePointer<Record> {
        if unsafe idle == nil { addBlock() }
        let record = unsafe idle.unsafelyUnwrapped
        unsafe idle = unsafe record.pointee.next
        return unsafe record
    }

    private func give(_ record: UnsafeMutablePointer<Record>) {
        unsafe record.pointee.next = unsafe idle
        unsafe idle = unsafe record
    }

    private static let recordsPerBlock = 64

    private func addBlock() {
        let alignment = unsafe MemoryLayout<Record>.alignment
        let stride = unsafe (MemoryLayout<Record>.stride + textByteLimit + alignment - 1) / alignment * alignment
        let block = UnsafeMutableRawPointer.allocate(byteCount: stride * BodyChecker.recordsPerBlock, alignment: alignment)
        unsafe blocks.append(block)
        for index in 0..<BodyChecker.recordsPerBlock {
            let record = unsafe (block + index * stride).initializeMemory(as: Record.self, to: Record())
            unsafe give(record)
        }
    }
}
