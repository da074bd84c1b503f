internal import Client
internal import Load
internal import Loop
internal import Measurements
internal import Workload

/// The clients of one loop.
final class ClientLoop: LoopResident {
    let loop: EventLoop
    private let generator: LoadGenerator
    private let kinds: [RequestKind]
    private let caches: CacheOwners
    /// This loop's share of an open load's rate, also while the load is held.
    private var rate: Double

    /// - Parameters:
    ///   - share: this loop's part of an open load, as `LoadGenerator` takes it; nil for a closed load.
    ///   - caches: where another scope's caches come from.
    ///   - onDone: called once, when this loop's share of the load is through.
    init(
        _ configuration: ClientConfiguration, share: (rate: Double, phase: Double)?, caches: CacheOwners, onDone: @escaping () -> Void,
        onEnd: @escaping () -> Void
    ) throws {
        kinds = configuration.kinds
        rate = share?.rate ?? 0
        self.caches = caches
        loop = try EventLoop()
        generator = try LoadGenerator(loop: loop, configuration: configuration, share: share, onDone: onDone, onEnd: onEnd)
    }

    func start() { generator.start() }

    func sample() -> ClientSample { generator.sample() }

    func apply(_ change: RunChange) {
        switch change {
        case .rate(let new):
            rate = new
            generator.setRate(new)
        case .connections(let count): generator.setConnections(count)
        case .streams(let count): generator.setStreams(count)
        case .bodyScale(let scale): setBodyScale(scale)
        case .cacheScope(let scope): generator.setCaches(caches.ownership(scope))
        case .reconnectAll: generator.renewConnections()
        case .hold(let isHeld): generator.setPaused(isHeld, rate: rate)
        case .dropConnections(let count): generator.dropConnections(count)
        default: preconditionFailure("\(change) is no change of the clients'")
        }
    }

    /// Asks for the plan's targets with answers of another size. Where answers are checked, they are expected so, too.
    private func setBodyScale(_ scale: Double) {
        let targets = SizedTarget.scale(kinds.map(\.path), by: scale)
        let checked = zip(kinds, targets).map { kind, target in
            var kind = kind
            kind.path = target
            return CheckedTarget(kind)
        }
        generator.setTargets(targets, checked: checked)
    }

    func stop(askedNanoseconds: UInt64, withinNanoseconds nanoseconds: UInt64) {
        generator.stop(askedNanoseconds: askedNanoseconds, withinNanoseconds: nanoseconds)
    }

    var connectError: ConnectError? { generator.lastConnectError }
}
