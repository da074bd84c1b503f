import Foundation
import Testing

extension ProgramTests {
    @Suite("The scope of the caches, from the command line", .enabled(if: Program.exists)) struct CacheScopeTests {
        @Test("is taken, and every scope but the unguarded one counts to the same", arguments: ["client", "loop", "shared", "off"])
        func scopes(scope: String) throws {
            let result = try Program.run(
                "record", "-c", "6", "-m", "5", "-t", "2", "-n", "6000", "--cache-scope", scope, "--reconnect", "100 requests",
                "--json")
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            #expect(report["client.requests.succeeded"] == 6_000)
            #expect(report["client.connections.reconnects"] == 0)
            #expect((50...66).contains(report["client.connections.renewed"] ?? 0))
            let lookups = try #require(report["client.cache.strings.lookups"])
            #expect(lookups == 24_000)
            #expect(report["client.cache.strings.hits"] ?? 0 == (scope == "off" ? 0 : lookups - (report["client.cache.strings.misses"] ?? 0)))
            // Four strings for each who looks for himself.
            let misses = ["client": 24.0, "loop": 8, "shared": 4, "off": lookups][scope]
            #expect(report["client.cache.strings.misses"] == misses)
            #expect(report["client.cache.corruptions"] == 0)
            #expect(report["client.cache.strings.entries.last"] == (scope == "shared" ? 4 : scope == "off" ? 0 : report["client.cache.strings.entries.last"]))
        }

        @Test("refuses to corrupt its own memory, and words that mean nothing", arguments: [
            (["--reconnect", "sometimes"], "sometimes"), (["--reconnect", "0 requests"], "too small"),
            (["--cache-scope", "global"], "global"), (["--retry-budget", "20"], "0% to 1000%"),
            (["--circuit-breaker", "often"], "5 failures, 10s"), (["--retries", "-1"], "0 to 100"),
        ])
        func refusals(words: [String], sentence: String) throws {
            let result = try ChildProcess(Program.path, ["record", "-n", "1"] + words).end(withinSeconds: 30)
            #expect(result.code == 2)
            #expect(result.errors.contains(sentence), "\(result.errors)")
        }
    }
}
