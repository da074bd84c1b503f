import Glibc

func memset(_ start: UnsafeMutableRawPointer, _ byte: UInt8, count: Int) {
    _ = Glibc.memset(start, Int32(byte), count)
}

func isFilled(_ start: UnsafeRawPointer, _ count: Int, with byte: UInt8) -> Bool {
    count == 0 || start.load(as: UInt8.self) == byte && memcmp(start, start + 1, count - 1) == 0
}

extension String {
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        var copy = self
        return copy.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
