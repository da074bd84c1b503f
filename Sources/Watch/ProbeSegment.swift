internal import CProcess
internal import CSegment
internal import Files
internal import Glibc
internal import Measurements

/// The memory that probes write and this process reads, with read(2): a server that has gone wrong
/// may have written anywhere in it, so counts are clamped and nothing in it is a place to look at.
///
/// Owns its descriptor. A finding outlives the server, also one that was killed.
package final class ProbeSegment {
    private let descriptor: Int32
    /// As the segment's head has it: readings for a sample so far.
    private var interval: UInt32 = 0

    /// A fresh segment, with what the probes in it are asked to do.
    package init(_ options: ProbeOptions) throws(WatchError) {
        descriptor = unsafe hw_memory_file("highwater", Int(hw_segment_size()))
        guard descriptor >= 0 else { throw WatchError("memory for the probe: \(SystemError(number: -descriptor))") }
        var head = hw_segment_head()
        head.magic = ProbeSegment.magic
        head.version = UInt32(hw_segment_version)
        head.size_of_process = UInt32(hw_process_size())
        head.options = options.flags
        head.maker = getpid()
        head.send_buffer = UInt32(clamping: options.sendBuffer)
        let written = unsafe pwrite(descriptor, &head, MemoryLayout<hw_segment_head>.size, 0)
        guard written == MemoryLayout<hw_segment_head>.size else { throw WatchError("memory for the probe cannot be written") }
    }

    /// A segment that this process did not make, such as a damaged one. Takes the descriptor.
    package init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    private static let magic: UInt64 = 0x6562_6F72_7077_7768

    /// Where a child finds the segment, as its environment has it. No descriptor is inherited.
    package var environment: (name: String, value: String) { ("HIGHWATER_SEGMENT", "/proc/\(getpid())/fd/\(descriptor)") }

    /// Everything that the probes have written by now.
    ///
    /// - Parameter endsInterval: the reading is for a sample: the longest turns since the one before are in it.
    package func read(endsInterval: Bool = false) -> ProbeReading {
        var reading = ProbeReading()
        let ended = endsInterval ? beginInterval() : nil
        guard let head: hw_segment_head = bytes(0, MemoryLayout<hw_segment_head>.size).load(0) else { return reading }
        reading.missedProcesses = Int(head.missed_processes)
        unsafe withUnsafeBytes(of: head.finding_counts) { counts in
            for kind in BrokenWrite.Kind.allCases { reading.findingCounts[kind] = unsafe Int(counts.loadUnaligned(fromByteOffset: Int(kind.code) * 4, as: UInt32.self)) }
        }
        for index in 0..<min(head.process_count, UInt32(hw_process_limit)) {
            if let process = process(index, ended) { reading.processes.append(process) }
        }
        for index in 0..<min(head.finding_count, UInt32(hw_finding_limit)) {
            let raw: hw_finding? = bytes(hw_finding_offset(index), MemoryLayout<hw_finding>.size).load(0)
            if let raw, let finding = Finding(raw, number: Int(index)) { reading.findings.append(finding) }
        }
        return reading
    }

    private func bytes(_ offset: UInt64, _ count: Int) -> FileBytes { FileBytes(descriptor: descriptor, offset: offset, count: count) }

    /// From here on turns belong to the next interval. A turn that ends while the segment is read belongs to one of both.
    ///
    /// - Returns: the interval that is over.
    private func beginInterval() -> UInt64 {
        let ended = interval
        interval &+= 1
        if let place = MemoryLayout<hw_segment_head>.offset(of: \hw_segment_head.interval) {
            _ = unsafe pwrite(descriptor, &interval, MemoryLayout<UInt32>.size, off_t(place))
        }
        return UInt64(ended)
    }

    private func process(_ index: UInt32, _ endedInterval: UInt64?) -> ProbedProcess? {
        let base = hw_process_offset(index)
        guard let head: hw_process_head = bytes(base, MemoryLayout<hw_process_head>.size).load(0), head.pid > 0 else { return nil }
        var process = ProbedProcess(head)
        let own = Int(min(head.thread_count, UInt32(hw_thread_limit)))
        let stride = MemoryLayout<hw_counters>.stride
        let threads = bytes(base + hw_thread_offset(), (Int(hw_thread_limit) + 1) * stride)
        for thread in Array(0..<own) + [Int(hw_thread_limit)] {
            if let counters: hw_counters = threads.load(thread * stride) { process.add(counters, isShared: thread == Int(hw_thread_limit), endedInterval) }
        }
        let rows = bytes(base + hw_row_offset(), Int(min(head.row_end, UInt32(hw_row_limit))) * MemoryLayout<hw_row>.stride)
        for fd in 0..<rows.bytes.count / MemoryLayout<hw_row>.stride {
            guard let row: hw_row = rows.load(fd * MemoryLayout<hw_row>.stride), row.generation & 1 == 1 else { continue }
            process.connections.append(ProbedConnection(row, descriptor: fd))
        }
        let pending = bytes(base + hw_pending_offset(), Int(min(head.pending_end, UInt32(hw_pending_limit))) * MemoryLayout<hw_pending>.stride)
        for index in 0..<pending.bytes.count / MemoryLayout<hw_pending>.stride {
            guard let row: hw_pending = pending.load(index * MemoryLayout<hw_pending>.stride), row.request != 0 else { continue }
            process.pendingWrites.append(ProbedWrite(row))
        }
        let modules = bytes(base + hw_module_offset(), Int(min(head.module_count, UInt32(hw_module_limit))) * MemoryLayout<hw_module>.stride)
        for index in 0..<modules.bytes.count / MemoryLayout<hw_module>.stride {
            let start = index * MemoryLayout<hw_module>.stride
            guard let module: hw_module = modules.load(start), let path = modules.text(start + 24, limit: Int(hw_module_path_size)) else { continue }
            process.modules.append(CodeModule(start: module.start, end: module.end, offset: module.offset, path: path.printable))
        }
        let fault: hw_fault? = bytes(base + hw_fault_offset(), MemoryLayout<hw_fault>.size).load(0)
        if let fault, fault.count > 0 { process.fault = Fault(fault) }
        return process
    }
}
