import Load
import Measurements

// The changes that keys make of a run that goes.
extension Dashboard {
    /// The program's part in a change that the run can take. Where it cannot, the notice says why.
    ///
    /// - Parameter notice: a word about the change.
    mutating func change(_ change: RunChange, notice: String? = nil) -> Action? {
        guard run.takesChanges else { return nil }
        do throws(ChangeRefusal) { _ = try run.load.applying(change) } catch {
            self.notice = error.description
            return nil
        }
        self.notice = notice
        return .change(change)
    }

    /// The same for a change that is the clients' alone: without clients its key does nothing.
    mutating func changeClients(_ change: RunChange) -> Action? { run.hasClients ? self.change(change) : nil }

    /// So many steps up or down in the part of the load that + and - change.
    mutating func stepLoad(_ steps: Int) -> Action? {
        guard run.takesChanges, run.hasClients, let step = run.control?.step(steps, run.load, targets: run.targets) else { return nil }
        notice = step.notice
        return step.change.flatMap { change($0, notice: step.notice) }
    }

    /// + and - change something else from now on.
    mutating func chooseNextQuantity() {
        guard run.takesChanges, run.hasClients else { return }
        notice = run.control?.chooseNext(run.load, targets: run.targets)
    }

    /// The next write policy that the process of the run can bear.
    mutating func nextWritePolicy() -> Action? { run.load.writePolicy.flatMap { next(after: $0, RunChange.writePolicy) } }

    /// The next cache scope that the process of the run can bear.
    mutating func nextCacheScope() -> Action? { run.load.cacheScope.flatMap { next(after: $0, RunChange.cacheScope) } }

    /// The next choice that the run takes, and a word about those that it refuses.
    private mutating func next<Choice: CaseIterable & RawRepresentable<String> & Equatable>(
        after now: Choice, _ change: (Choice) -> RunChange
    ) -> Action? {
        let all = Array(Choice.allCases)
        let place = all.firstIndex(of: now) ?? 0
        var refused: [String] = []
        for step in 1..<all.count {
            let next = all[(place + step) % all.count]
            guard (try? run.load.applying(change(next))) != nil else {
                refused.append(next.rawValue)
                continue
            }
            let word = "\(next.rawValue) for new connections"
            return self.change(
                change(next), notice: refused.isEmpty ? word : "\(word); \(refused.joined(separator: ", ")) may end the process: --isolate")
        }
        return nil
    }
}
