import Glibc

func memset(_ start: UnsafeMutableRawPointer, _ byte: UInt8, count: Int) {
    _ = Glibc.memset(start, Int32(byte), count)
}

func isFilled(_ start: UnsafeRawPointer, _ count: Int, with byte: UInt8) -> Bool {
    (0..<count).allSatisfy { start.load(fromByteOffset: $0, as: UInt8.self) == byte }
}

extension String {
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        var copy = self
        return copy.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
