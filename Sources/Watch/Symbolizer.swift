internal import CProcess
internal import Glibc

/// The names of places in a watched program: function, file and line where it has DWARF and the
/// machine has addr2line (of binutils); else the function's name from the file's symbols.
package struct Symbolizer {
    private static let tool = "/usr/bin/addr2line"
    /// Names are cut to what fits into a line of a screen.
    private static let nameLimit = 96

    package init() {}

    /// The places of return addresses, innermost first. A function that was inlined is a place of its own.
    ///
    /// - Parameter isFault: the first address is the instruction itself, not the one after a call.
    package func places(_ frames: [UInt64], in modules: [CodeModule], isFault: Bool = false) -> [CodePlace] {
        var addresses: [(module: CodeModule?, offset: UInt64)] = []
        for (index, frame) in frames.enumerated() {
            // The call, not what comes after it: that may be another line, or another function.
            let address = frame > 0 && !(isFault && index == 0) ? frame - 1 : frame
            let module = modules.first { $0.start <= address && address < $0.end }
            addresses.append((module, module.map { address &- $0.start &+ $0.offset } ?? 0))
        }
        var places = frames.map { [CodePlace(address: $0)] }
        for path in Set(addresses.compactMap { $0.module?.path }) {
            let own = addresses.indices.filter { addresses[$0].module?.path == path }
            name(own.map { ($0, addresses[$0].offset) }, path: path, in: &places)
        }
        return places.flatMap { $0 }
    }

    private func name(_ offsets: [(index: Int, offset: UInt64)], path: String, in places: inout [[CodePlace]]) {
        let module = path.split(separator: "/").last.map(String.init) ?? path
        let image = ELFImage(path: path)
        let addresses = offsets.map { image?.address(ofOffset: $0.offset) ?? $0.offset }
        let functions = image?.functions(at: addresses) ?? [:]
        let lines = image == nil ? [] : sourceLines(path, addresses)
        for (position, entry) in offsets.enumerated() {
            let address = places[entry.index][0].address
            if position < lines.count, !lines[position].isEmpty {
                places[entry.index] = lines[position].map { CodePlace(address: address, module: module, function: $0.function, line: $0.line) }
            } else if let function = functions[addresses[position]] {
                places[entry.index] = [
                    CodePlace(address: address, module: module, function: Symbolizer.readable(function.name), offset: function.offset)
                ]
            } else {
                places[entry.index] = [CodePlace(address: address, module: module, offset: addresses[position])]
            }
        }
    }

    /// What addr2line says of addresses of a file, the innermost inlined function first; empty where it knows no line.
    private func sourceLines(_ path: String, _ addresses: [UInt64]) -> [[(function: String, line: String)]] {
        let arguments = ["-a", "-f", "-i", "-C", "-s", "-e", path] + addresses.map { "0x" + String($0, radix: 16) }
        guard let output = try? ToolOutput.of(Symbolizer.tool, arguments, byteLimit: 1 << 20) else { return [] }
        var places: [[(function: String, line: String)]] = []
        var function: String?
        for line in output.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("0x") && function == nil {
                places.append([])
            } else if let name = function {
                function = nil
                // "response.c:306 (discriminator 2)"; "??:?" where there is no DWARF.
                let place = line.prefix { $0 != " " }
                guard !places.isEmpty, !place.hasPrefix("??"), !place.hasSuffix(":?"), !place.hasSuffix(":0") else { continue }
                places[places.count - 1].append((String(name.prefix(Symbolizer.nameLimit)).printable, String(place).printable))
            } else if !line.isEmpty {
                function = String(line)
            }
        }
        return places.count == addresses.count ? places : []
    }

    /// A mangled name of Swift's as its source has it; any other name as it is.
    private static func readable(_ name: String) -> String {
        guard let words = unsafe swift_demangle(name, name.utf8.count, nil, nil, 0) else { return String(name.prefix(nameLimit)).printable }
        defer { unsafe free(words) }
        return unsafe String(String(cString: words).prefix(nameLimit)).printable
    }
}
