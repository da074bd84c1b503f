internal import Measurements

extension Job {
    /// A claim for the recordings, an Indexed Job for the parts, and a suspended one for the merge.
    ///
    /// - Parameters:
    ///   - image: with highwater in PATH, and a shell.
    ///   - start: when all parts begin, RFC 3339.
    func kubernetesManifest(image: String, start: String) -> String {
        let words = (["highwater"] + command + ["--share", "auto/\(count)", "--start-at", start])
        return """
            # One load in \(count) parts, each in a pod, on different nodes where there are enough.
            #
            #   kubectl apply -f FILE          before \(start): then all parts begin
            #   kubectl wait --for=condition=complete --timeout=1h job/highwater
            #   kubectl patch job highwater-merge -p '{"spec":{"suspend":false}}'
            #   kubectl wait --for=condition=complete job/highwater-merge
            #   kubectl logs job/highwater-merge
            #
            # The recordings, part-0.ndjson to part-\(count - 1).ndjson and all.ndjson, stay in the claim.
            # The merge fails where the measurement is not valid or a threshold is missed.
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata:
              name: highwater-recordings
            spec:
              accessModes: [ReadWriteMany]
              resources:
                requests:
                  storage: 1Gi
            ---
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: highwater
            spec:
              completionMode: Indexed
              completions: \(count)
              parallelism: \(count)
              # A part that fails is not run again, and leaves the others alone.
              backoffLimitPerIndex: 0
              template:
                metadata:
                  labels:
                    app: highwater
                spec:
                  restartPolicy: Never
                  topologySpreadConstraints:
                    - maxSkew: 1
                      topologyKey: kubernetes.io/hostname
                      whenUnsatisfiable: ScheduleAnyway
                      labelSelector:
                        matchLabels:
                          app: highwater
                  containers:
                    - name: load
                      image: \(JSON.string(image).text)
                      command: ["sh", "-c", 'exec "$@" -o "/recordings/part-$JOB_COMPLETION_INDEX.ndjson"', "sh"]
                      args: [\(words.map { JSON.string($0.replacing("$(", with: "$$(")).text }.joined(separator: ", "))]
                      volumeMounts:
                        - name: recordings
                          mountPath: /recordings
                  volumes:
                    - name: recordings
                      persistentVolumeClaim:
                        claimName: highwater-recordings
            ---
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: highwater-merge
            spec:
              suspend: true
              backoffLimit: 0
              template:
                spec:
                  restartPolicy: Never
                  containers:
                    - name: merge
                      image: \(JSON.string(image).text)
                      command: ["sh", "-c", \(JSON.string(Job.mergeLine("/recordings/")).text)]
                      volumeMounts:
                        - name: recordings
                          mountPath: /recordings
                  volumes:
                    - name: recordings
                      persistentVolumeClaim:
                        claimName: highwater-recordings

            """
    }
}
