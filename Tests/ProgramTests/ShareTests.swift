import Foundation
import TestSupport
import Testing

extension ProgramTests {
    @Suite("A run in parts", .enabled(if: Program.exists)) struct ShareTests {
        @Test("asks for exactly what one process would, each connection and request once", .measuring)
        func sums() throws {
            let server = try RunningServer()
            let parts = try (1...3).map { number in
                try Program.start(
                    "load", server.url("/bytes/64?n={{seq}}"), "-n", "1000", "-q", "2k", "-c", "7", "-t", "2", "--share", "\(number)/3", "--json")
            }
            let reports = try parts.map { part in
                let result = part.end(withinSeconds: 30)
                #expect(result.code == 0, "\(result)")
                return try Report(output: result.output)
            }
            #expect(reports.map { $0["client.requests.done"] } == [334, 333, 333])
            #expect(reports.map { $0["client.connections.opened"] } == [3, 2, 2])
            // A third of the rate each: a third of the requests take as long as all would.
            for report in reports { #expect((report["client.requests.asked_rate"] ?? 0) > 500 && (report["client.requests.asked_rate"] ?? 0) < 800) }
            let served = try server.stop()
            #expect(served["server.requests.completed"] == 1_000)
            #expect(served["server.connections.accepted"] == 7)
        }

        @Test("takes its part from Slurm, and says which")
        func slurm() throws {
            let part = try ChildProcess(
                Program.path, ["record", "-n", "10", "-c", "4", "--share", "auto", "--json"],
                environment: ["SLURM_PROCID": "1", "SLURM_NTASKS": "4"])
            let result = part.end(withinSeconds: 30)
            #expect(result.errors.hasPrefix("part 2/4 of the load: SLURM_PROCID=1 and SLURM_NTASKS=4\n"), "\(result)")
            #expect(try Report(output: result.output)["client.requests.done"] == 3)
        }

        @Test("says in its recording which part it is, and what the whole is")
        func header() throws {
            let result = try Program.run("record", "-n", "10", "-c", "4", "--share", "3/4", "-o", "-")
            let lines = result.output.split(separator: "\n")
            let header = try Report(text: String(try #require(lines.first)))
            #expect(header["part.number"] == 3 && header["part.of"] == 4)
            #expect(header["plan.client.connections"] == 1 && header["plan.client.requests"] == 2)
            #expect(header["part.plan.client.connections"] == 4 && header["part.plan.client.requests"] == 10)
        }

        @Test("plays the phases of a scenario at the same times, with its part of each")
        func scenario() throws {
            let directory = FileManager.default.temporaryDirectory.appending(path: "highwater-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            let file = directory.appending(path: "s.yaml").path
            try """
                version: 1
                server: {}
                client: { connections: 8 }
                phases:
                  - { name: a, duration: 500ms, rate: 400 }
                  - { name: b, duration: 500ms, rate: 100, ramp_to: 700, arrivals: poisson, connections: 5 }
                """.write(toFile: file, atomically: true, encoding: .utf8)
            let parts = try (1...2).map { try Program.start("run", file, "--share", "\($0)/2", "--json") }
            let reports = try parts.map { part in
                let result = part.end(withinSeconds: 30)
                #expect(result.code == 0, "\(result)")
                return try Report(output: result.output)
            }
            #expect(reports.map { $0["client.requests.done"] } == [200, 200])
            #expect(reports.map { $0["client.connections.opened"] } == [4, 4])
        }

        @Test("is refused where a part would have nothing, or cannot be")
        func refusals() throws {
            for (arguments, words) in [
                (["-c", "2", "--share", "1/3"], "--share has 3 parts, and 2 connections are fewer"),
                (["--share", "4/3"], "--share: \"4/3\" is not one of the 3 parts; write 1/3 to 3/3"),
                (["--share", "auto"], "--share: auto finds neither SLURM_PROCID and SLURM_NTASKS nor JOB_COMPLETION_INDEX"),
            ] {
                let result = try ChildProcess(Program.path, ["record"] + arguments).end(withinSeconds: 10)
                #expect(result.code == 2 && result.errors.contains(words), "\(result)")
            }
            let trials = try Program.run("run", "cache-race", "--share", "1/2")
            #expect(trials.code == 2 && trials.errors.contains("--share and --start-at are not for them"), "\(trials)")
        }
    }
}
