internal import Experiment
internal import Glibc
internal import Measurements
internal import Watch
internal import Workload

/// Where a run happens.
enum SourceChoice {
    /// In a worker process where a choice of the plan may take its process down, or where that is
    /// asked for; else here. Binds and resolves; nothing runs yet.
    ///
    /// - Parameter hasScreen: the output of a server that is started would be in the way of the screen.
    static func source(for plan: Plan, hasScreen: Bool) throws(RunError) -> any SampleSource {
        do {
            let isExpendable = plan.isInWorker || plan.server?.allowsUnsafe == true
            guard plan.isIsolated || plan.isUnsafe && !isExpendable else {
                if plan.watch != nil { WatchedProcess.adoptOrphans() }
                let source = try Experiment(plan, hasScreen: hasScreen)
                if isExpendable {
                    // This process may not live to the next sample.
                    source.onViolation = { event in
                        for line in event.violation?.lines ?? [event.text] { Output.error.line(line) }
                    }
                }
                return source
            }
            return try WorkerProcess(plan, executable: ownPath, arguments: [WorkerCommand.name, String(getpid())])
        } catch { throw RunError(error.description) }
    }

    /// This program's file by its name, which `ps` then shows; by its link once the file is gone.
    private static var ownPath: String {
        let link = "/proc/self/exe"
        var name = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(link, &name, name.count)
        guard count > 0, count < name.count else { return link }
        let path = String(decoding: name[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return unsafe access(path, X_OK) == 0 ? path : link
    }
}
