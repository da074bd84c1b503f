internal import Glibc
internal import Workload

/// The number of file descriptors that the process may have.
enum DescriptorLimit {
    /// Standard streams, the recording, signals, the listener, and some to spare.
    private static let own = 16
    /// A libuv loop has three to five of its own.
    private static let ownPerLoop = 8

    /// Raises the soft limit as far as it goes.
    ///
    /// - Returns: how many descriptors are allowed.
    @discardableResult
    static func raise() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return own }
        if limit.rlim_cur < limit.rlim_max {
            let soft = limit.rlim_cur
            limit.rlim_cur = limit.rlim_max
            if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = soft }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Descriptors that a plan needs: one for each end of a connection that is ours.
    private static func needed(for plan: Plan) -> Int {
        let loops = (plan.server?.loops ?? 0) + (plan.client?.loops ?? 0)
        let clients = plan.mostConnections + (plan.client?.slowReaders ?? 0)
        return own + ownPerLoop * loops + clients * (plan.server == nil ? 1 : 2)
    }

    /// Connections that the clients of a plan can have with the descriptors that are allowed.
    static func connections(for plan: Plan) -> Int {
        var bare = plan
        bare.client?.connections = 0
        bare.phases = []
        return max(0, raise() - needed(for: bare)) / (plan.server == nil ? 1 : 2)
    }

    /// Raises the limit, and checks that it is enough.
    ///
    /// - Returns: a warning for a server alone, which goes on with fewer.
    /// - Throws: the clients cannot all have a connection.
    static func check(_ plan: Plan) throws(RunError) -> String? {
        let allowed = raise()
        let needed = needed(for: plan)
        if plan.client == nil, let server = plan.server {
            guard server.connectionLimit > allowed - needed else { return nil }
            return "warning: \(allowed) file descriptors are allowed: not enough for \(server.connectionLimit) connections"
        }
        guard needed > allowed else { return nil }
        let perConnection = plan.server == nil ? 1 : 2
        let wanted = plan.mostConnections
        let possible = max(0, (wanted * perConnection - (needed - allowed)) / perConnection)
        throw RunError(
            "\(wanted) connections need \(needed) file descriptors and \(allowed) are allowed: raise 'ulimit -Hn', or ask for at most \(possible)")
    }
}
