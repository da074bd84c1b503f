/// A program's or library's file: what it needs, what it exports, where its functions are.
///
/// ELF-64 of this machine's byte order. Every offset in it is checked against the file's size.
struct ELFImage {
    private let file: FileBytes
    /// EM_X86_64 is 62, EM_AARCH64 183.
    let machine: UInt16
    /// "/lib64/ld-linux-x86-64.so.2"; nil: it is started without a dynamic linker.
    let interpreter: String?
    /// Libraries that it needs, as it names them.
    let libraries: [String]
    private let segments: [Segment]
    private let sections: [Section]

    private struct Segment {
        var type: UInt32
        var offset: UInt64, address: UInt64, fileSize: UInt64
    }

    private struct Section {
        var name: UInt32, type: UInt32
        var offset: UInt64, size: UInt64
        var link: UInt32
    }

    /// The largest file that is looked into: browsers and databases have a few hundred MiB.
    static let byteLimit = 1 << 30
    private static let loadType: UInt32 = 1, dynamicType: UInt32 = 2, interpreterType: UInt32 = 3
    private static let symbolTableType: UInt32 = 2, dynamicSymbolTableType: UInt32 = 11
    private static let neededTag: Int64 = 1, stringTableTag: Int64 = 5
    private static let symbolSize = 24
    /// Entries of a table of segments or sections that are read.
    private static let tableLimit = 4096

    /// nil: not a file of this kind.
    init?(path: String) {
        guard let file = FileBytes(path: path, limit: ELFImage.byteLimit) else { return nil }
        self.init(file)
    }

    init?(_ file: FileBytes) {
        guard file.bytes.starts(with: [0x7F, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F"), 2, 1]),
            let machine: UInt16 = file.load(18), let segmentTable: UInt64 = file.load(0x20), let sectionTable: UInt64 = file.load(0x28),
            let segmentSize: UInt16 = file.load(0x36), let segmentCount: UInt16 = file.load(0x38),
            let sectionSize: UInt16 = file.load(0x3A), let sectionCount: UInt16 = file.load(0x3C)
        else { return nil }
        self.file = file
        self.machine = machine
        segments = (0..<min(Int(segmentCount), ELFImage.tableLimit)).compactMap { index in
            let at = ELFImage.place(segmentTable, index * Int(segmentSize))
            guard let type: UInt32 = file.load(at), let offset: UInt64 = file.load(at &+ 8), let address: UInt64 = file.load(at &+ 16),
                let size: UInt64 = file.load(at &+ 32)
            else { return nil }
            return Segment(type: type, offset: offset, address: address, fileSize: size)
        }
        sections = (0..<min(Int(sectionCount), ELFImage.tableLimit)).compactMap { index in
            let at = ELFImage.place(sectionTable, index * Int(sectionSize))
            guard let name: UInt32 = file.load(at), let type: UInt32 = file.load(at &+ 4), let offset: UInt64 = file.load(at &+ 24),
                let size: UInt64 = file.load(at &+ 32), let link: UInt32 = file.load(at &+ 40)
            else { return nil }
            return Section(name: name, type: type, offset: offset, size: size, link: link)
        }
        let interpreterPlace = segments.first { $0.type == ELFImage.interpreterType }
        interpreter = interpreterPlace.flatMap { file.text(Int(clamping: $0.offset)) }
        libraries = ELFImage.libraries(file, segments)
    }

    private static func place(_ table: UInt64, _ offset: Int) -> Int {
        let (sum, hasOverflow) = Int(clamping: table).addingReportingOverflow(offset)
        return hasOverflow ? .max - 64 : min(sum, .max - 64)
    }

    /// The entries DT_NEEDED, whose names lie in the table DT_STRTAB.
    private static func libraries(_ file: FileBytes, _ segments: [Segment]) -> [String] {
        guard let dynamic = segments.first(where: { $0.type == dynamicType }) else { return [] }
        var entries: [(tag: Int64, value: UInt64)] = []
        for index in 0..<min(Int(clamping: dynamic.fileSize / 16), tableLimit) {
            let at = place(dynamic.offset, index * 16)
            guard let tag: Int64 = file.load(at), let value: UInt64 = file.load(at + 8), tag != 0 else { break }
            entries.append((tag, value))
        }
        guard let table = entries.first(where: { $0.tag == stringTableTag })?.value,
            let home = segments.first(where: { $0.type == loadType && table >= $0.address && table - $0.address < $0.fileSize })
        else { return [] }
        let start = Int(clamping: table - home.address + home.offset)
        return entries.filter { $0.tag == neededTag }.compactMap { file.text(place(UInt64(start), Int(clamping: $0.value)), limit: 256) }
    }

    /// The file has a section of this name, such as ".note.go.buildid".
    func hasSection(_ name: String) -> Bool {
        guard let index: UInt16 = file.load(0x3E), Int(index) < sections.count else { return false }
        let names = sections[Int(index)]
        return sections.contains { file.text(ELFImage.place(names.offset, Int($0.name)), limit: 64) == name }
    }

    /// The file names one of these functions in a table of symbols, its own or imported.
    func hasSymbol(_ names: Set<String>) -> Bool {
        var found = false
        eachSymbol { symbol in
            if !found, let name = self.name(symbol), names.contains(name) { found = true }
        }
        return found
    }

    /// The file defines this function.
    func defines(_ name: String) -> Bool {
        var found = false
        eachSymbol { symbol in
            if !found, symbol.value != 0, self.name(symbol) == name { found = true }
        }
        return found
    }

    private struct Symbol {
        var nameOffset: Int
        var value: UInt64, size: UInt64
    }

    private func name(_ symbol: Symbol) -> String? { file.text(symbol.nameOffset, limit: 1024) }

    private func eachSymbol(_ body: (Symbol) -> Void) {
        for table in sections where table.type == ELFImage.symbolTableType || table.type == ELFImage.dynamicSymbolTableType {
            guard Int(table.link) < sections.count else { continue }
            let names = sections[Int(table.link)]
            let count = Int(clamping: min(table.size, UInt64(file.bytes.count)) / UInt64(ELFImage.symbolSize))
            for index in 0..<count {
                let at = ELFImage.place(table.offset, index * ELFImage.symbolSize)
                guard let name: UInt32 = file.load(at), let value: UInt64 = file.load(at + 8), let size: UInt64 = file.load(at + 16) else { break }
                guard UInt64(name) < names.size else { continue }
                body(Symbol(nameOffset: ELFImage.place(names.offset, Int(name)), value: value, size: size))
            }
        }
    }

    /// The address in the file's own numbers of a byte of it; nil: no code or data is loaded from there.
    func address(ofOffset offset: UInt64) -> UInt64? {
        segments.first { $0.type == ELFImage.loadType && offset >= $0.offset && offset - $0.offset < $0.fileSize }
            .map { offset - $0.offset &+ $0.address }
    }

    /// The functions that have these addresses, and how far into them those are. The nearest name would lie where a file
    /// has no names of its own functions: a function counts only if the address is within its size.
    func functions(at addresses: [UInt64]) -> [UInt64: (name: String, offset: UInt64)] {
        var found: [UInt64: Symbol] = [:]
        let sorted = addresses.sorted()
        eachSymbol { symbol in
            guard symbol.value != 0, symbol.size > 0 else { return }
            var index = sorted.partition(from: symbol.value)
            while index < sorted.count, sorted[index] - symbol.value < symbol.size {
                if found[sorted[index]] == nil { found[sorted[index]] = symbol }
                index += 1
            }
        }
        var names: [UInt64: (name: String, offset: UInt64)] = [:]
        for (address, symbol) in found {
            if let name = name(symbol) { names[address] = (name, address - symbol.value) }
        }
        return names
    }
}

extension [UInt64] {
    /// The first index of a sorted list whose number is not below this one.
    fileprivate func partition(from number: UInt64) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
