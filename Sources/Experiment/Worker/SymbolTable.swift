internal import CProcess
internal import Glibc

/// The names of this program's own functions, read from its file: a backtrace knows only those
/// that the linker exports. A worker process is the same file, so its places are ours.
///
/// ELF-64 of this machine's byte order. The file is mapped, looked through and let go; a stripped
/// one has no names.
package enum SymbolTable {
    private static let sectionHeaderOffset = 0x28, sectionHeaderSize = 0x3A, sectionCount = 0x3C
    private static let symbolTableType: UInt32 = 2
    private static let symbolSize = 24

    /// The file of the running program.
    package static let ownPath = "/proc/self/exe"

    /// The function that has this address in the file's own numbers, and how far into it that is.
    package static func name(at address: UInt64, path: String = ownPath) -> (name: String, offset: UInt64)? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_size > 0 else { return nil }
        let size = Int(status.st_size)
        guard let memory = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), unsafe memory != MAP_FAILED else { return nil }
        defer { unsafe munmap(memory, size) }
        return unsafe find(address, in: UnsafeRawBufferPointer(start: memory, count: size))
    }

    private static func find(_ address: UInt64, in file: UnsafeRawBufferPointer) -> (name: String, offset: UInt64)? {
        guard unsafe file.starts(with: [0x7F, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F"), 2]) else { return nil }
        let table = unsafe Int(truncatingIfNeeded: load(file, sectionHeaderOffset, UInt64.self))
        let size = unsafe Int(load(file, sectionHeaderSize, UInt16.self)), count = unsafe Int(load(file, sectionCount, UInt16.self))
        for index in 0..<count {
            let header = table + index * size
            guard unsafe load(file, header + 4, UInt32.self) == symbolTableType else { continue }
            let symbols = unsafe section(file, header)
            let names = unsafe section(file, table + Int(load(file, header + 0x28, UInt32.self)) * size)
            for symbol in stride(from: symbols.lowerBound, to: symbols.upperBound - symbolSize + 1, by: symbolSize) {
                let start = unsafe load(file, symbol + 8, UInt64.self), length = unsafe load(file, symbol + 16, UInt64.self)
                guard address >= start, address - start < length else { continue }
                let name = names.lowerBound + Int(unsafe load(file, symbol, UInt32.self))
                guard names.contains(name) else { continue }
                let bytes = unsafe file[name..<names.upperBound].prefix { $0 != 0 }
                return unsafe (String(decoding: bytes, as: UTF8.self), address - start)
            }
        }
        return nil
    }

    /// Where a section lies, within the file.
    private static func section(_ file: UnsafeRawBufferPointer, _ header: Int) -> Range<Int> {
        let start = unsafe min(Int(clamping: load(file, header + 0x18, UInt64.self)), file.count)
        let length = unsafe min(Int(clamping: load(file, header + 0x20, UInt64.self)), file.count - start)
        return start..<start + length
    }

    /// 0 beyond the end: a file that was cut off has nothing there.
    private static func load<Number: FixedWidthInteger & BitwiseCopyable>(_ file: UnsafeRawBufferPointer, _ offset: Int, _: Number.Type) -> Number {
        guard offset >= 0, offset <= file.count - MemoryLayout<Number>.size else { return 0 }
        return unsafe file.loadUnaligned(fromByteOffset: offset, as: Number.self)
    }

    /// A mangled name of Swift's as its source has it, without parameters and results; any other name as it is.
    package static func readable(_ name: String) -> String {
        guard let words = unsafe swift_demangle(name, name.utf8.count, nil, nil, 0) else { return name }
        defer { unsafe free(words) }
        return unsafe shortened(String(cString: words))
    }

    /// "closure #1 () -> () in Server.(send in _8F2A)(Server.Part) throws -> ()" is "closure #1 in Server.send".
    package static func shortened(_ name: String) -> String {
        var depth = 0
        var short = ""
        // Parameters and results are left out up to the next " in ", which names the place of a closure.
        var isSkipping = false
        var rest = name[...]
        while let character = rest.first {
            if let own = privateName(rest) {
                if depth == 0 && !isSkipping { short += own.name }
                rest = own.rest
                continue
            }
            if depth == 0, rest.hasPrefix(" in ") { isSkipping = false }
            if depth == 0, [" ->", " throws", " async", " @"].contains(where: rest.hasPrefix) { isSkipping = true }
            rest.removeFirst()
            // The arrow of a function type closes nothing.
            if character == "-", rest.first == ">" {
                rest.removeFirst()
                continue
            }
            if "(<[{".contains(character) { depth += 1 }
            if depth == 0 && !isSkipping && !(character == " " && short.last == " ") { short.append(character) }
            if ")>]}".contains(character) { depth = max(0, depth - 1) }
        }
        return String(short.prefix(nameLimit))
    }

    /// "(send in _8F2A)" at the start of a text: a name that its file keeps to itself.
    private static func privateName(_ text: Substring) -> (name: Substring, rest: Substring)? {
        guard text.first == "(", let mark = text.firstRange(of: " in _"), let close = text[mark.upperBound...].firstIndex(of: ")")
        else { return nil }
        let name = text[text.index(after: text.startIndex)..<mark.lowerBound]
        guard !name.contains(where: { "() ".contains($0) }), text[mark.upperBound..<close].allSatisfy(\.isHexDigit) else { return nil }
        return (name, text[text.index(after: close)...])
    }

    /// Characters of a name: as many as fit into a line of a screen.
    private static let nameLimit = 72
}

extension CrashReport.Frame {
    /// "uv_run+0x110 (libuv.so.1)", with our own functions' names.
    var text: String {
        func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
        if module.isEmpty { return "\(hexadecimal(offset)): no code there" }
        if let symbol { return "\(SymbolTable.readable(symbol))+\(hexadecimal(offset)) (\(module))" }
        let own = SymbolTable.name(at: offset)
        guard let own, isOwn else { return "\(module)+\(hexadecimal(offset))" }
        return "\(SymbolTable.readable(own.name))+\(hexadecimal(own.offset))"
    }

    /// The place lies in this program's file, not in a library.
    private var isOwn: Bool { !module.contains(".so") }
}
