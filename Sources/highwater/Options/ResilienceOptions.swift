internal import ArgumentParser
internal import Workload

/// What the clients do about failures. Off by default: a load shows what fails.
struct ResilienceOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Send a request that failed again, at most so often: only methods that may be sent twice, after 100ms, doubling to 5s, each pause drawn. (default: 0)",
            valueName: "n"),
        transform: { try Quantity.count($0, in: 0...100) })
    var retries = 0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Retries as a share of the requests, beyond which none are made. (default: 20%)", valueName: "percent"),
        transform: { text in
            guard text.hasSuffix("%") else { throw ValidationError("'\(text)' needs a unit; write 20%") }
            return Double(try Quantity.count(String(text.dropLast()), in: 0...1_000)) / 100
        })
    var retryBudget = 0.2

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "After so many failures one after the other send nothing for so long, then one request that tries: '5 failures, 10s'. One for each event loop of the clients. (default: off)",
            valueName: "when"),
        transform: { try BreakerPolicy(parsing: $0) })
    var circuitBreaker: BreakerPolicy?

    func apply(to plan: inout ClientPlan) {
        plan.retries = retries
        plan.retryBudget = retryBudget
        plan.circuitBreaker = circuitBreaker
    }
}
