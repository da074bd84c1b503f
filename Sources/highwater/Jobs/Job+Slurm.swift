extension Job {
    /// An sbatch script.
    var slurmScript: String {
        """
        #!/bin/bash
        #SBATCH --job-name=highwater
        #SBATCH --ntasks=\(count)
        #SBATCH --ntasks-per-node=1
        #SBATCH --output=highwater-%j.log
        #
        # One load in \(count) parts, each on a node of its own, and then one recording of all parts.
        # Submit it with 'sbatch FILE'. highwater must be in PATH on every node, and the directory
        # that the job is submitted from must be the same on all of them.
        # The job's exit code is that of the merge: 99 a threshold failed, 3 the measurement is not valid.

        export directory="$PWD/highwater-$SLURM_JOB_ID"
        mkdir -p "$directory" || exit 1
        # All parts begin at this moment, by the clocks of their nodes.
        start=$(date -u -d '\(dateArgument)' +%Y-%m-%dT%H:%M:%SZ)

        # A part that fails leaves the others alone: the merge says what is missing.
        srun --kill-on-bad-exit=0 sh -c 'exec "$@" -o "$directory/part-$SLURM_PROCID.ndjson" >"$directory/part-$SLURM_PROCID.log" 2>&1' sh \\
            \(line) --share auto --start-at "$start"

        \(Job.mergeLine("\"$directory\"/"))

        """
    }
}
