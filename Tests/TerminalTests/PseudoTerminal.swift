import Glibc

/// Both ends of a terminal of our own: `follower` is what a program gets, `leader` what its user holds.
final class PseudoTerminal {
    let leader: Int32
    let follower: Int32

    init(width: Int = 80, height: Int = 24) throws {
        leader = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        guard leader >= 0 else { throw Failure(errno) }
        // grantpt and unlockpt are not imported; these are what they do on Linux.
        var unlocked: Int32 = 0, number: Int32 = 0
        guard ioctl(leader, 0x4004_5431, &unlocked) == 0, ioctl(leader, 0x8004_5430, &number) == 0 else { throw Failure(errno) }
        follower = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard follower >= 0 else { throw Failure(errno) }
        resize(width, height)
    }

    deinit {
        close(leader)
        close(follower)
    }

    func resize(_ width: Int, _ height: Int) {
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(follower, UInt(TIOCSWINSZ), &size)
    }

    /// What the program has written so far.
    func output() -> [UInt8] {
        var all: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(leader, &bytes, bytes.count), count > 0 { all += bytes.prefix(count) }
        return all
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(leader, bytes, bytes.count)
    }

    /// The modes, to be compared.
    var modes: [UInt32] {
        var modes = termios()
        tcgetattr(follower, &modes)
        return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
    }

    struct Failure: Error {
        let code: Int32
        init(_ code: Int32) { self.code = code }
    }
}
