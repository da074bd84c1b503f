package import Load

extension LoadState {
    /// The load with which this process begins a plan.
    package init(_ plan: Plan) {
        let plan = plan.own
        self.init(
            rate: plan.client?.rate, connections: plan.phases.first?.connections ?? plan.client?.connections ?? 0,
            streams: plan.phases.first?.streams ?? plan.client?.streams ?? 0, writePolicy: plan.server?.writePolicy,
            cacheScope: plan.client?.cacheScope, phaseIndex: plan.phases.isEmpty ? nil : 0, clientLoops: plan.clientLoopCount,
            clientOrigins: plan.client?.origins.count ?? 1, allowsUnsafe: plan.isInWorker || plan.server?.allowsUnsafe == true)
    }
}
