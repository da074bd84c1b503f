import Foundation
import Glibc
import Testing

extension MeasuredProgramTests {
    /// A run that did not run all the time must not look like one that did.
    @Suite("A load that stands still", .enabled(if: Program.exists)) struct StandstillTests {
        /// A load of three seconds that is stopped for one and a half.
        private func stoppedLoad(_ arguments: String...) throws -> ChildProcess.Result {
            let server = try RunningServer()
            let load = try ChildProcess(
                Program.path, ["load", server.url("/health"), "-c", "2", "-d", "3s", "--interval", "200ms", "--json"] + arguments)
            let isUnderWay: Bool? = load.wait(seconds: 10) { load.errors.ranges(of: "req/s").count >= 2 ? true : nil }
            #expect(isUnderWay == true, "\(load.errors)")
            load.signal(SIGSTOP)
            // The time that the test is about.
            usleep(1_500_000)
            load.signal(SIGCONT)
            let result = load.end(withinSeconds: 20)
            _ = try server.stop()
            return result
        }

        @Test("for half of its time has an event, and its measurement is not valid, though it is closed")
        func closed() throws {
            let result = try stoppedLoad()
            #expect(result.errors.contains(/the load stood still for 1\.\d+s: the process was stopped, or had no CPU/), "\(result.errors)")
            let reasons = try Report(output: result.output).texts("reasons", of: "measurement")
            #expect(reasons.contains { $0.contains(/the load stood still for 1\.\d+s of 3\.\d+s/) }, "\(reasons)")
            #expect(result.code == 0)
        }

        @Test("for moments, as under a CPU quota, has a measurement that is not valid, though no moment is long")
        func moments() throws {
            let server = try RunningServer()
            let load = try ChildProcess(
                Program.path, ["load", server.url("/health"), "-c", "2", "-d", "4s", "--interval", "200ms", "--json"])
            _ = load.wait(seconds: 10) { load.errors.contains("req/s") ? true : nil }
            for _ in 0..<30 {
                load.signal(SIGSTOP)
                // The times that the test is about.
                usleep(80_000)
                load.signal(SIGCONT)
                usleep(20_000)
            }
            let result = load.end(withinSeconds: 20)
            _ = try server.stop()
            let reasons = try Report(output: result.output).texts("reasons", of: "measurement")
            #expect(reasons.contains { $0.contains("had no CPU") }, "\(reasons)")
        }

        @Test("sends late what was due meanwhile, or skips it and says so", arguments: ["all", "skip"])
        func open(choice: String) throws {
            let result = try stoppedLoad("-q", "200", "--catch-up", choice)
            let report = try Report(output: result.output)
            let skipped = try #require(report["client.requests.skipped"]), started = try #require(report["client.requests.started"])
            let scheduled = try #require(report["client.requests.scheduled"])
            #expect(started + skipped == scheduled, "\(started) + \(skipped) of \(scheduled)")
            let reasons = report.texts("reasons", of: "measurement")
            if choice == "all" {
                #expect(skipped == 0 && reasons.contains { $0.contains("sent late") }, "\(reasons)")
            } else {
                #expect(skipped > 250 && skipped < 350, "\(skipped)")
                #expect(result.errors.contains("\(Int(skipped)) requests that were due are skipped"), "\(result.errors)")
                #expect(reasons.contains { $0.contains("requests were skipped after a standstill (--catch-up skip)") }, "\(reasons)")
            }
        }

        @Test("with the machine, which sleeps, says so, and its times leave the sleep out", .enabled(if: Tool.cc.exists))
        func sleep() throws {
            let folder = try ScratchFolder()
            let library = folder("sleeping_machine.so")
            let build = try Tool.cc.run(
                "-O2", "-shared", "-fPIC", "-o", library, Program.root.appending(path: "Tests/Fixtures/sleeping_machine.c").path)
            #expect(build.code == 0, "\(build.errors)")
            let run = try ChildProcess(
                Program.path, ["record", "-c", "2", "-q", "200", "-d", "2s", "--interval", "200ms", "--json"], environment: ["LD_PRELOAD": library])
            let result = run.end(withinSeconds: 20)
            #expect(result.errors.contains("machine: the machine slept for 3600s"), "\(result.errors)")
            let report = try Report(output: result.output)
            #expect(report.texts("reasons", of: "measurement").contains("the machine slept for 3600s"))
            #expect((report["run.duration"] ?? 0) < 3)
        }
    }
}
