import Foundation
import Glibc
import Memory
package import Testing

/// How the tests of a suite share the machine with the others: the traits `.waiting` and `.measuring`.
///
/// A test that waits for a process or a socket blocks its thread, and Swift's pool has one thread a core:
/// two such tests would hold up all others. So each has a thread of its own here. Many wait side by side;
/// a test that measures time, memory or CPU runs while no other does.
///
/// Swift Testing's time limit includes the wait for a turn, so the limit on a test's own time is kept here.
package struct MachineShare: SuiteTrait, TestTrait, TestScoping {
    fileprivate enum Kind { case waiting, measuring }

    /// What one test may take, beyond which it has failed; it is not ended by that.
    private static let timeLimit = Duration.seconds(120)

    fileprivate let kind: Kind

    package var isRecursive: Bool { true }

    /// For each case of a test, and not for suites.
    package func scopeProvider(for test: Test, testCase: Test.Case?) -> MachineShare? { testCase == nil ? nil : self }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        // A test that measures may lie in a suite that waits: the outer one of the two traits sees to both.
        if MachineShare.isProvided { return try await function() }
        let isMeasuring = test.traits.contains { ($0 as? MachineShare)?.kind == .measuring }
        TurnLog.write("waits", test)
        await Turnstile.shared.enter(isMeasuring ? .measuring : .waiting)
        TurnLog.write("begins", test)
        let watch = Task {
            try await Task.sleep(for: MachineShare.timeLimit)
            Issue.record("the test takes longer than \(MachineShare.timeLimit)", sourceLocation: test.sourceLocation)
        }
        let result: Result<Void, any Error>
        do {
            result = .success(try await MachineShare.$isProvided.withValue(true) {
                try await withTaskExecutorPreference(OwnThreads.shared) { try await function() }
            })
        } catch {
            result = .failure(error)
        }
        watch.cancel()
        TurnLog.write("ends", test)
        await Turnstile.shared.leave()
        try result.get()
    }

    @TaskLocal private static var isProvided = false
}

extension Trait where Self == MachineShare {
    /// Tests that mostly wait: side by side, each on a thread of its own.
    package static var waiting: Self { MachineShare(kind: .waiting) }
    /// Tests whose numbers would suffer from neighbours: one at a time, and beside none that waits.
    package static var measuring: Self { MachineShare(kind: .measuring) }
}

/// Tells Tests/outcome when a test had its turn: the events of Swift Testing count the wait for it as the test's.
///
/// A line for each step in the file that HIGHWATER_TEST_TURNS names: word, seconds, the test's ID, with tabs between.
private enum TurnLog {
    private static let file = ProcessInfo.processInfo.environment["HIGHWATER_TEST_TURNS"].map {
        open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    }

    static func write(_ word: String, _ test: Test) {
        guard let file, file >= 0 else { return }
        // In one call, so that lines of several threads do not mix.
        let line = Array("\(word)\t\(monotonicSeconds())\t\(test.id)\n".utf8)
        _ = Glibc.write(file, line, line.count)
    }
}

/// Runs each job on a new thread, which may block.
private final class OwnThreads: TaskExecutor {
    static let shared = OwnThreads()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { job.runSynchronously(on: OwnThreads.shared.asUnownedTaskExecutor()) }
    }
}

/// Lets tests in: several that wait, or one that measures. Those that wait go first.
private actor Turnstile {
    static let shared = Turnstile()

    /// Tests that wait side by side.
    ///
    /// Four a core: most are asleep at any time, and with more of them each one's processes start too late for
    /// the seconds that it gives them. With a sanitizer, which has a heap of its own, a test is ten times as long at
    /// work and seldom asleep: two a core.
    private static let limit = (Allocations.areCounted ? 4 : 2) * ProcessInfo.processInfo.activeProcessorCount

    private var running = 0
    private var isMeasuring = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var measuring: [CheckedContinuation<Void, Never>] = []

    func enter(_ kind: MachineShare.Kind) async {
        await withCheckedContinuation {
            switch kind {
            case .waiting: waiting.append($0)
            case .measuring: measuring.append($0)
            }
            admit()
        }
    }

    func leave() {
        running -= 1
        isMeasuring = false
        admit()
    }

    private func admit() {
        while !isMeasuring, running < Turnstile.limit, !waiting.isEmpty {
            running += 1
            waiting.removeFirst().resume()
        }
        if running == 0, !measuring.isEmpty {
            running = 1
            isMeasuring = true
            measuring.removeFirst().resume()
        }
    }
}
