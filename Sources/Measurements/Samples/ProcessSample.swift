/// The costs of this process, threads and memory, by the system's own count.
package struct ProcessSample: Sendable, Equatable {
    /// CPU time of the whole process, nanoseconds since it started.
    package var cpuNanoseconds: UInt64 = 0
    /// CPU time of the thread that samples and draws.
    package var ownCPUNanoseconds: UInt64 = 0
    /// Time in which the machine was suspended, nanoseconds since the run began. The run's other times leave it out.
    package var sleptNanoseconds: UInt64 = 0
    /// Resident memory, bytes, now.
    package var residentBytes = 0
    /// File descriptors open now.
    package var openFileDescriptors = 0

    package init() {}
}

extension ProcessSample: SamplePart {
    package static let table = MetricTable<ProcessSample>([
        .timeCounter("cpu", \.cpuNanoseconds, "CPU time of the whole process"),
        .timeCounter("own_cpu", \.ownCPUNanoseconds, "CPU time of the thread that samples and draws"),
        .timeCounter("slept", \.sleptNanoseconds, better: .lower, "Time in which the machine was suspended; other times leave it out"),
        .gauge("memory.resident", .bytes, \.residentBytes, better: .lower, "Resident memory, now"),
        .gauge("files.open", .file, \.openFileDescriptors, "File descriptors open, now"),
    ])
}
