internal import Glibc
internal import Loop
internal import Measurements

/// The cost of this process, by the system's own count.
struct ProcessProbe {
    /// Where counting descriptors walks through /proc/self/fd: at 10 000 of them not for every sample.
    private static let samplesPerDescriptorCount = 10
    private var sampleCount = 0
    private var openFileDescriptors = 0
    private let leadAtStart = ProcessProbe.bootLeadNanoseconds()

    mutating func sample() -> ProcessSample {
        if sampleCount % ProcessProbe.samplesPerDescriptorCount == 0 {
            openFileDescriptors = ProcessProbe.countDescriptors()
        }
        sampleCount += 1
        var sample = ProcessSample()
        var usage = rusage()
        if unsafe getrusage(RUSAGE_SELF.rawValue, &usage) == 0 {
            sample.cpuNanoseconds = ProcessProbe.nanoseconds(usage.ru_utime) + ProcessProbe.nanoseconds(usage.ru_stime)
        }
        sample.ownCPUNanoseconds = EventLoop.threadCPUNanoseconds()
        let lead = ProcessProbe.bootLeadNanoseconds(), slept = lead - min(leadAtStart, lead)
        sample.sleptNanoseconds = slept < ProcessProbe.shortestSleep ? 0 : slept
        sample.residentBytes = ProcessProbe.residentBytes()
        sample.openFileDescriptors = openFileDescriptors
        return sample
    }

    /// The two clocks are not read at the same moment.
    private static let shortestSleep: UInt64 = 20_000_000

    /// How far the clock that goes on while the machine is suspended is ahead of the run's clock, which does not.
    private static func bootLeadNanoseconds() -> UInt64 {
        let own = EventLoop.monotonicNanoseconds()
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_BOOTTIME, &time) == 0 else { return 0 }
        let boot = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        return boot - min(own, boot)
    }

    private static func nanoseconds(_ time: timeval) -> UInt64 {
        UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_usec) * 1000
    }

    /// The second field of /proc/self/statm, in pages (proc(5)).
    private static func residentBytes() -> Int {
        let file = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = unsafe read(file, &text, text.count)
        guard count > 0 else { return 0 }
        let fields = String(decoding: text[..<count], as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func countDescriptors() -> Int {
        var status = stat()
        // Linux 6.2 and later say how many there are.
        if unsafe stat("/proc/self/fd", &status) == 0, status.st_size > 0 { return Int(status.st_size) }
        guard let folder = unsafe opendir("/proc/self/fd") else { return 0 }
        defer { unsafe _ = closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        // "." and "..", and the descriptor of the folder itself.
        return max(0, count - 3)
    }
}
