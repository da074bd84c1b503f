internal import Measurements

extension Job {
    /// A script with GNU parallel and ssh.
    var sshScript: String {
        """
        #!/bin/sh
        # One load in \(count) parts over ssh, and then one recording of all parts. The file 'hosts' has
        # \(count) hosts, one a line. highwater must be in PATH on each; GNU parallel is needed here alone.
        # The recordings come here while they are written: for a look at all parts while they run,
        #   highwater merge --follow part-*.ndjson -o - | highwater replay -
        # The exit code is that of the merge: 99 a threshold failed, 3 the measurement is not valid.

        # All parts begin at this moment, by the clocks of their hosts.
        start=$(date -u -d '\(dateArgument)' +%Y-%m-%dT%H:%M:%SZ)
        part=\(ShellWords.quoted(line + " --share {2}/\(count) --start-at "))"$start -o -"

        seq \(count) | parallel --quote --link --jobs 0 --results 'part-{2}.ndjson' ssh '{1}' "$part" :::: hosts - >/dev/null

        \(Job.mergeLine(""))

        """
    }

    /// A word in which GNU parallel would put something else: `{}`, `{1}`, `{/.}`.
    var parallelClash: String? { command.first { $0.contains(/\{[0-9+]*(\/|\/\/|\.|\/\.|#|%)?\}/) } }
}
