internal import Memory

extension Arena {
    /// A number in decimal digits.
    func decimalText(_ number: Int) -> ArenaBytes {
        // Twenty digits hold any Int; written from the back.
        let end = unsafe allocate(byteCount: 20, alignment: 1) + 20
        var start = unsafe end
        // Unsigned: the compiler divides by multiplying, and needs no correction for signs.
        var rest = UInt(number)
        repeat {
            unsafe start -= 1
            unsafe start.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), as: UInt8.self)
            rest /= 10
        } while rest > 0
        return unsafe ArenaBytes(start: start, count: end - start)
    }
}
