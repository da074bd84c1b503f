internal import Glibc

/// The user's own terminfo entry, with 24-bit colours put in.
///
/// Debian's entries stop at 256 colours, also for terminals that show all of them, and
/// "xterm-direct" is another terminal with other quirks. ncurses takes a compiled entry
/// from the environment (TERMINFO=hex:..., since 6.1), so the one of TERM is read and
/// only its colours are changed. Layout of the file: term(5), "legacy" and "extended
/// number" formats; numbers of capabilities: ncurses' Caps file.
struct DirectColourEntry {
    /// The value for TERMINFO.
    let variable: String

    /// nil where the entry cannot be found or read: then 256 colours must do.
    init?(term: String, environment: [String: String]) {
        for directory in DirectColourEntry.directories(environment) {
            guard let first = term.utf8.first, !term.contains("/") else { return nil }
            // Named by letter; by its code in hexadecimal where the file system ignores case.
            for folder in [String(Unicode.Scalar(first)), String(first, radix: 16)] {
                guard let bytes = DirectColourEntry.read("\(directory)/\(folder)/\(term)") else { continue }
                guard let entry = DirectColourEntry.convert(bytes) else { return nil }
                let digits = Array("0123456789abcdef".utf8)
                let hex = entry.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
                variable = "hex:" + String(decoding: hex, as: UTF8.self)
                return
            }
        }
        return nil
    }

    /// Offsets of capabilities in their tables.
    private enum Capability {
        static let canChange = 27
        static let maxColors = 13, maxPairs = 14
        static let origColors = 298, initializeColor = 299, setForeground = 359, setBackground = 360
    }

    private static let colours = 1 << 24
    private static let pairs = 1 << 16
    /// Numbers of 16 bits, and of 32.
    private static let legacyMagic = 0o432, extendedMagic = 0o1036
    /// ncurses reads no larger entry.
    private static let sizeLimit = 32_768

    /// Colours by red, green and blue, in the form with semicolons: the one with colons is right and often misread.
    /// The first sixteen stay the terminal's own, for a theme that is made of them.
    private static func setColour(_ code: Int) -> [UInt8] {
        let tens = code / 10
        let own = "%?%p1%{8}%<%t\(tens)%p1%d%e%p1%{16}%<%t\(tens + 6)%p1%{8}%-%d%e"
        return Array("\u{1B}[\(own)\(code);2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m\0".utf8)
    }

    static func convert(_ bytes: [UInt8]) -> [UInt8]? {
        var reader = Reader(bytes: bytes)
        guard let magic = reader.short(), magic == legacyMagic || magic == extendedMagic,
            let nameSize = reader.short(), let flagCount = reader.short(), let numberCount = reader.short(),
            let stringCount = reader.short(), let tableSize = reader.short(),
            let names = reader.take(nameSize), var flags = reader.take(flagCount)
        else { return nil }
        reader.align()
        let numberWidth = magic == legacyMagic ? 2 : 4
        guard var numbers = reader.numbers(numberCount, width: numberWidth),
            var strings = reader.numbers(stringCount, width: 2), var table = reader.take(tableSize)
        else { return nil }
        // Tables end with the last capability that the entry has.
        numbers += Array(repeating: -1, count: max(0, Capability.maxPairs + 1 - numbers.count))
        strings += Array(repeating: -1, count: max(0, Capability.setBackground + 1 - strings.count))
        numbers[Capability.maxColors] = colours
        numbers[Capability.maxPairs] = pairs
        if flags.count > Capability.canChange { flags[Capability.canChange] = 0 }
        strings[Capability.origColors] = -1
        strings[Capability.initializeColor] = -1
        for (capability, code) in [(Capability.setForeground, 38), (Capability.setBackground, 48)] {
            strings[capability] = table.count
            table += setColour(code)
        }
        guard let extended = Extended(&reader, numberWidth: numberWidth) else { return nil }

        var writer = Writer()
        for value in [extendedMagic, names.count, flags.count, numbers.count, strings.count, table.count] { writer.short(value) }
        writer.bytes += names + flags
        writer.align()
        for number in numbers { writer.long(number) }
        for string in strings { writer.short(string) }
        writer.bytes += table
        extended.write(&writer)
        return writer.bytes
    }

    private static func directories(_ environment: [String: String]) -> [String] {
        var directories: [String] = []
        if let own = environment["TERMINFO"], !own.isEmpty, !own.contains(":") { directories.append(own) }
        if let home = environment["HOME"], !home.isEmpty { directories.append(home + "/.terminfo") }
        directories += (environment["TERMINFO_DIRS"] ?? "").split(separator: ":").map(String.init)
        return directories + ["/etc/terminfo", "/lib/terminfo", "/usr/lib/terminfo", "/usr/share/terminfo"]
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: sizeLimit)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    /// Capabilities beyond the standard, with names of their own. RGB says that a colour is its red, green and blue.
    private struct Extended {
        private var flags: [UInt8] = []
        private var numbers: [Int] = []
        /// Where values of strings begin in `table`, then where names begin, counted from the first name.
        private var strings: [Int] = []
        private var names: [Int] = []
        private var values: [UInt8] = []
        private var nameTable: [UInt8] = []

        init?(_ reader: inout Reader, numberWidth: Int) {
            reader.align()
            if reader.isAtEnd {
                addRGB()
                return
            }
            guard let flagCount = reader.short(), let numberCount = reader.short(), let stringCount = reader.short(),
                reader.short() != nil, let tableSize = reader.short(), let flags = reader.take(flagCount)
            else { return nil }
            reader.align()
            guard let numbers = reader.numbers(numberCount, width: numberWidth),
                let strings = reader.numbers(stringCount, width: 2),
                let names = reader.numbers(flagCount + numberCount + stringCount, width: 2),
                let table = reader.take(tableSize)
            else { return nil }
            (self.flags, self.numbers, self.strings, self.names) = (flags, numbers, strings, names)
            // Names follow the last value; absent strings have no value.
            var end = 0
            for offset in strings where offset >= 0 {
                guard let zero = table[min(offset, table.count)...].firstIndex(of: 0) else { return nil }
                end = max(end, zero + 1)
            }
            values = Array(table[..<end])
            nameTable = Array(table[end...])
            addRGB()
        }

        private mutating func addRGB() {
            flags.append(1)
            names.insert(nameTable.count, at: flags.count - 1)
            nameTable += Array("RGB\0".utf8)
        }

        func write(_ writer: inout Writer) {
            writer.align()
            let items = strings.count + names.count
            for value in [flags.count, numbers.count, strings.count, items, values.count + nameTable.count] { writer.short(value) }
            writer.bytes += flags
            writer.align()
            for number in numbers { writer.long(number) }
            for offset in strings + names { writer.short(offset) }
            writer.bytes += values + nameTable
        }
    }

    /// Little-endian numbers; nil beyond the end.
    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { position >= bytes.count }

        mutating func take(_ count: Int) -> [UInt8]? {
            guard count >= 0, position + count <= bytes.count else { return nil }
            defer { position += count }
            return Array(bytes[position..<position + count])
        }

        mutating func short() -> Int? { numbers(1, width: 2)?.first }

        mutating func numbers(_ count: Int, width: Int) -> [Int]? {
            guard count >= 0, let raw = take(count * width) else { return nil }
            return (0..<count).map { index in
                let digits = raw[index * width..<(index + 1) * width]
                let value = digits.reversed().reduce(0) { $0 << 8 | Int($1) }
                // The highest bit is the sign: -1 is absent, -2 cancelled.
                return value >= 1 << (width * 8 - 1) ? value - (1 << (width * 8)) : value
            }
        }

        /// Numbers begin at even places.
        mutating func align() { position += position % 2 }
    }

    private struct Writer {
        var bytes: [UInt8] = []

        mutating func short(_ value: Int) {
            for shift in [0, 8] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }

        mutating func long(_ value: Int) {
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }

        mutating func align() {
            if !bytes.count.isMultiple(of: 2) { bytes.append(0) }
        }
    }
}
