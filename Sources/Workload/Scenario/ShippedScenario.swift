/// A scenario that is part of the program.
package struct ShippedScenario: Sendable {
    package let name: String
    /// The file, to read and to change.
    package let text: String

    /// What it shows: the file's `description`.
    package var summary: String { (try? Scenario(parsing: text, file: name))?.summary ?? "" }

    /// In the order in which one meets them.
    package static let all: [ShippedScenario] = names.map { name, bytes in
        ShippedScenario(name: name, text: String(decoding: bytes, as: UTF8.self))
    }

    private static let names: [(String, [UInt8])] = [
        ("quick", PackageResources.quick_yaml), ("ramp", PackageResources.ramp_yaml),
        ("keep-alive-storm", PackageResources.keep_alive_storm_yaml), ("over-the-limit", PackageResources.over_the_limit_yaml),
        ("drain", PackageResources.drain_yaml), ("tls-churn", PackageResources.tls_churn_yaml),
        ("pipelining", PackageResources.pipelining_yaml), ("half-closed-peers", PackageResources.half_closed_peers_yaml),
        ("early-reply", PackageResources.early_reply_yaml),
        ("soak", PackageResources.soak_yaml), ("arena-race", PackageResources.arena_race_yaml),
        ("slow-reader", PackageResources.slow_reader_yaml), ("cache-race", PackageResources.cache_race_yaml),
    ]
}
