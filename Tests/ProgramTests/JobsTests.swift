import Foundation
import Glibc
import Testing

extension ProgramTests {
    @Suite("A job for several machines", .enabled(if: Program.exists)) struct JobsTests {
        /// A directory with a short name, gone with the test.
        private final class Directory {
            let path = "/tmp/hw-\(UInt32.random(in: 0...(.max)))"

            init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

            deinit { try? FileManager.default.removeItem(atPath: path) }

            func write(_ name: String, _ text: String, isProgram: Bool = false) throws {
                try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
                if isProgram { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(path)/\(name)") }
            }
        }

        /// So that jobs find `highwater`.
        private var searchPath: String {
            URL(fileURLWithPath: Program.path).deletingLastPathComponent().path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin"
        }

        private func shell(_ script: String, in directory: Directory, environment: [String: String] = [:], within seconds: Double = 60) throws -> ChildProcess.Result {
            try ChildProcess(
                "/bin/bash", ["-c", "cd \(directory.path) && \(script)"],
                environment: ["PATH": "\(directory.path):\(searchPath)"].merging(environment) { $1 }
            ).end(withinSeconds: seconds)
        }

        @Test("is text that a shell can read, with the command's words as they were", arguments: ["slurm", "ssh"])
        func shells(engine: String) throws {
            let directory = try Directory()
            let result = try Program.run(
                "jobs", engine, "-n", "8", "--", "load", "https://a.test/?a=1&b=it's", "-H", "x-a: {{seq}} $HOME", "-q", "200k", "-c", "80", "-d", "5m")
            #expect(result.code == 0, "\(result)")
            try directory.write("job", result.output)
            #expect(try shell("bash -n job", in: directory).code == 0)
            if FileManager.default.isExecutableFile(atPath: "/usr/bin/shellcheck") {
                let checked = try shell("shellcheck -S warning job", in: directory)
                #expect(checked.code == 0, "\(checked.output)")
            }
            #expect(result.output.contains("200k -c 80 -d 5m --share"))
        }

        @Test("for Kubernetes is what its schema wants", .enabled(if: Tool.python3.exists))
        func kubernetes() throws {
            let directory = try Directory()
            let result = try Program.run("jobs", "kubernetes", "-n", "8", "--", "load", "https://a.test/?q=\"a\\\"&$(x)", "-c", "80", "-d", "5m")
            try directory.write("job.yaml", result.output)
            let script = """
                import sys
                try:
                    import yaml
                except ImportError:
                    sys.exit(77)
                documents = list(yaml.safe_load_all(open("job.yaml")))
                assert [d["kind"] for d in documents] == ["PersistentVolumeClaim", "Job", "Job"]
                job = documents[1]["spec"]
                assert job["completions"] == job["parallelism"] == 8 and job["completionMode"] == "Indexed"
                arguments = job["template"]["spec"]["containers"][0]["args"]
                assert arguments[:3] == ["highwater", "load", 'https://a.test/?q="a\\\\"&$$(x)'], arguments
                assert arguments[-4:-1] == ["--share", "auto/8", "--start-at"]
                try:
                    import kubernetes_validate
                except ImportError:
                    sys.exit(0)
                for document in documents:
                    kubernetes_validate.validate(document, "1.31", strict=True)
                """
            try directory.write("check.py", script)
            let python = ProcessInfo.processInfo.environment["HIGHWATER_PYTHON"].flatMap { FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil }
            for interpreter in Set([Tool.python3.path, python].compactMap(\.self)) {
                let checked = try shell("\(interpreter) check.py", in: directory)
                #expect(checked.code == 0 || checked.code == 77, "\(checked)")
            }
        }

        @Test("over ssh runs every part on a host of its own, and merges what they recorded", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/parallel")))
        func ssh() throws {
            let directory = try Directory()
            let server = try RunningServer()
            // A host is a directory here; the words reach it as ssh hands them on.
            try directory.write("ssh", "#!/bin/sh\nhost=$1\nshift\nmkdir -p \"$host\" && cd \"$host\" && exec sh -c \"$*\"\n", isProgram: true)
            try directory.write("hosts", "a\nb\nc\n")
            let job = try Program.run("jobs", "ssh", "-n", "3", "--delay", "2s", "--", "load", server.url("/bytes/64?n={{seq}}&x=it's"), "-n", "600", "-q", "900", "-c", "3")
            try directory.write("job", job.output)
            let result = try shell("sh job", in: directory)
            #expect(result.output.contains("all 600 requests succeeded"), "\(result)")
            // A busy machine may send late, which is a reason of another kind.
            #expect(!result.output.contains(/is missing|no end|another plan|after the time|after part/), "\(result)")
            #expect(["a", "b", "c"].allSatisfy { FileManager.default.fileExists(atPath: "\(directory.path)/\($0)") })
            #expect(try server.stop()["server.requests.completed"] == 600)
        }

        @Test("is refused with words where its command cannot be", arguments: [
            (["slurm", "-n", "2"], "the parts' command is missing"), (["slurm", "-n", "2", "--", "replay", "a"], "the parts' command is missing"),
            (["slurm", "-n", "2", "--", "load", "http://a.test/", "-o", "x"], "-o: each part gets one of its own from the job"),
            (["slurm", "-n", "9", "--", "load", "http://a.test/", "-c", "8"], "--share has 9 parts, and 8 connections are fewer"),
            (["slurm", "-n", "0", "--", "load", "http://a.test/"], "\"0\" is too small; write 1 to 4096"),
            (["ssh", "-n", "2", "--", "load", "http://a.test/", "--data", "{}"], "{}: GNU parallel would replace the braces"),
        ])
        func refusals(arguments: [String], words: String) throws {
            let result = try ChildProcess(Program.path, ["jobs"] + arguments).end(withinSeconds: 30)
            #expect(result.code == 2 && result.errors.contains(words), "\(result)")
        }

        /// Two nodes of a real Slurm, both of them this machine.
        private static var hasSlurm: Bool {
            geteuid() == 0 && ["/usr/bin/sbatch", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged"].allSatisfy(FileManager.default.isExecutableFile)
        }

        @Test("on Slurm comes to the server's counts; a task that is killed is told, and exits with 3", .enabled(if: hasSlurm, "slurm-wlm and munge are not installed, or this is not root"))
        func slurm() throws {
            let directory = try Directory()
            let pipe = "\(directory.path)/hold"
            mkfifo(pipe, 0o600)
            let cluster = try ChildProcess(
                "/bin/bash", ["-c", "exec \(Program.root.path)/Tests/Fixtures/slurm/cluster \(directory.path) <>\(pipe)"])
            let isReady = cluster.wait(seconds: 60) { cluster.output.contains("ready") ? true : nil }
            #expect(isReady == true, "\(cluster.errors)")
            defer {
                cluster.signal(SIGTERM)
                _ = cluster.end(withinSeconds: 20)
            }
            let environment = ["SLURM_CONF": "\(directory.path)/slurm.conf"]

            let server = try RunningServer()
            let job = try Program.run("jobs", "slurm", "-n", "2", "--delay", "2s", "--", "load", server.url("/bytes/64"), "-n", "1000", "-q", "500", "-c", "5")
            try directory.write("job", job.output)
            let whole = try shell("sbatch --wait <job; code=$?; cat highwater-*.log; exit $code", in: directory, environment: environment, within: 90)
            #expect(whole.output.contains("all 1000 requests succeeded") && whole.output.contains("5 opened"), "\(whole)")
            // A busy machine may send late, which is a reason of another kind.
            #expect(!whole.output.contains(/is missing|no end|another plan|after the time|after part/), "\(whole)")
            #expect(try server.stop()["server.requests.completed"] == 1_000)

            let other = try RunningServer()
            let long = try Program.run("jobs", "slurm", "-n", "2", "--delay", "2s", "--", "load", other.url("/bytes/64"), "-q", "200", "-d", "8s", "-c", "4")
            try directory.write("long", long.output)
            let kill = """
                rm -rf highwater-*; sbatch --wait <long & sbatch=$!
                until tasks=$(grep -lz SLURM_PROCID=1 /proc/[0-9]*/environ 2>/dev/null | grep -o '[0-9]*') \
                    && victim=$(for task in $tasks; do [ "$(cat /proc/$task/comm)" = highwater ] && echo $task; done) \
                    && [ -n "$victim" ] && [ "$(cat highwater-*/part-1.ndjson 2>/dev/null | wc -l)" -gt 3 ]; do sleep 0.2; done
                kill -KILL $victim
                wait $sbatch; code=$?; cat highwater-*.log; exit $code
                """
            let killed = try shell(kill, in: directory, environment: environment, within: 90)
            #expect(killed.code == 3, "\(killed)")
            #expect(killed.flowedOutput.contains("part 2/2") && killed.flowedOutput.contains("has no end: it died or was cut off"), "\(killed)")
            _ = try other.stop()
        }
    }
}
