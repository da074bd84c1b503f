internal import Memory

/// The bytes of /bytes and /stream-bytes: printable, the same for everyone who knows the
/// rule, and different at each position, so that swapped or shifted bytes are noticed.
///
/// Byte i is the letter number `(i + i / 62 * 7) % 62` of `0-9A-Za-z`: it repeats after
/// 62 * 62 bytes and not before.
enum Pattern {
    /// Bytes after which the pattern starts again.
    static let period = 62 * 62

    /// The pattern, long enough to copy a run of `period` bytes from any start.
    private static let table: [UInt8] = {
        let letters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        return (0..<period * 2).map { index in
            let position = index % period
            return letters[(position + position / 62 * 7) % 62]
        }
    }()

    /// A copy of the pattern from `position` on, in `arena`.
    static func bytes(count: Int, position: Int, in arena: Arena) -> ArenaBytes {
        let target = unsafe arena.allocate(byteCount: count, alignment: 1)
        var done = 0
        unsafe table.withUnsafeBytes { source in
            while done < count {
                let start = (position + done) % period
                let run = min(count - done, period * 2 - start)
                unsafe (target + done).copyMemory(from: source.baseAddress.unsafelyUnwrapped + start, byteCount: run)
                done += run
            }
        }
        return unsafe ArenaBytes(start: target, count: count)
    }
}
