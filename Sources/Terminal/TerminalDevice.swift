internal import CNcurses
internal import Glibc

/// The terminal's descriptor and its modes, apart from what is drawn on it.
///
/// Usually an open file of our own: O_NONBLOCK belongs to the open file, and the one on descriptor 0
/// is shared with the shell that started us. Closing it gives the modes back.
final class TerminalDevice {
    let descriptor: Int32
    private let original: termios
    /// Of the open file, before it was told not to wait.
    private let originalFlags: Int32
    private var isRaw = false

    init(input: Int32, output: Int32) throws(TerminalError) {
        for standard in [input, output] where isatty(standard) == 0 {
            throw .notATerminal(descriptor: standard)
        }
        if TerminalDevice.isOfAnotherGroup(input) { throw .inBackground }
        descriptor = try TerminalDevice.open(terminalOf: input)
        originalFlags = fcntl(descriptor, F_GETFL)
        var modes = termios()
        guard unsafe tcgetattr(descriptor, &modes) == 0 else {
            let code = errno
            close(descriptor)
            throw .system(call: "tcgetattr", code: code)
        }
        original = modes
    }

    /// Opens the terminal that `input` is once more, in three ways of which usually the first works:
    ///
    /// 1. through /proc, which leads there without a name: in a container, under nspawn and in a chroot the terminal
    ///    may belong to another devpts than the one on /dev/pts, where it has none;
    /// 2. as /dev/tty: after `su` the terminal's file belongs to another user, but the controlling terminal may be opened;
    /// 3. not at all: `su -c` leaves no controlling terminal either. Then the open file is shared, and does not wait
    ///    for as long as the terminal is raw.
    private static func open(terminalOf input: Int32) throws(TerminalError) -> Int32 {
        let flags = O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK
        var descriptor = unsafe Glibc.open("/proc/self/fd/\(input)", flags)
        // It has a foreground process group for us: it is the controlling terminal.
        if descriptor < 0 && tcgetpgrp(input) >= 0 { descriptor = unsafe Glibc.open("/dev/tty", flags) }
        if descriptor < 0 { descriptor = fcntl(input, F_DUPFD_CLOEXEC, 0) }
        guard descriptor >= 0 else { throw .system(call: "fcntl", code: errno) }
        return descriptor
    }

    /// Another process group has the terminal. The kernel stops a process that reads from it then, or changes its
    /// modes. A terminal that does not control this process has no such group.
    static func isOfAnotherGroup(_ descriptor: Int32) -> Bool {
        let group = tcgetpgrp(descriptor)
        return group > 0 && group != getpgrp()
    }

    /// As `isOfAnotherGroup`, now: a shell moves its jobs.
    var isOfAnotherGroup: Bool { TerminalDevice.isOfAnotherGroup(descriptor) }

    deinit {
        leaveRaw()
        EmergencyRestore.disarm()
        close(descriptor)
    }

    /// Columns and rows that are drawn on. Curses counts both in 16 bits and ends the process beyond them
    /// (`stty cols 40000`); a wall of screens has fewer than these.
    static let sizeLimit = (width: 2_048, height: 1_024)

    /// Columns and rows, up to `sizeLimit`; 80x24 where the terminal does not say.
    var size: (width: Int, height: Int) {
        var columns: Int32 = 0, rows: Int32 = 0
        guard unsafe hw_terminal_size(descriptor, &columns, &rows) == 0, columns > 0, rows > 0 else { return (80, 24) }
        return (min(Int(columns), TerminalDevice.sizeLimit.width), min(Int(rows), TerminalDevice.sizeLimit.height))
    }

    /// Keys one by one, unechoed, and none of them a signal: ^C and ^Z come as keys.
    func enterRaw() {
        guard !isRaw else { return }
        var modes = original
        modes.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON)
        modes.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | IEXTEN | ISIG)
        modes.c_cflag = (modes.c_cflag & ~tcflag_t(CSIZE | PARENB)) | tcflag_t(CS8)
        // Output stays cooked: curses sends \n where it means a line down, and a log line from elsewhere stays readable.
        // Armed first: from here on a crash must find the way back.
        unsafe EmergencyRestore.arm(descriptor: descriptor, modes: original, flags: originalFlags)
        BackgroundStop.blocked { _ = unsafe tcsetattr(descriptor, TCSANOW, &modes) }
        _ = fcntl(descriptor, F_SETFL, originalFlags | O_NONBLOCK)
        isRaw = true
    }

    func leaveRaw() {
        guard isRaw else { return }
        var modes = original
        // Keys that were meant for us must not end up in the shell. Not TCSAFLUSH: that waits
        // for output to drain, on a terminal stopped by ^S for ever.
        BackgroundStop.blocked {
            tcflush(descriptor, TCIFLUSH)
            _ = unsafe tcsetattr(descriptor, TCSANOW, &modes)
        }
        _ = fcntl(descriptor, F_SETFL, originalFlags)
        EmergencyRestore.disarm()
        isRaw = false
    }

    /// What can be read without waiting; nothing while another process group has the terminal. Ended: the terminal
    /// hung up, or is gone.
    func read() -> (bytes: [UInt8], hasEnded: Bool) {
        if isOfAnotherGroup { return ([], false) }
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        if count > 0 { return (Array(bytes.prefix(count)), false) }
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return ([], false) }
        return ([], true)
    }

    /// Sleeps until there is something to read; false when the time is over first.
    func waitToRead(milliseconds: Int32) -> Bool {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&wait, 1, milliseconds) > 0
    }

    /// One write; how many bytes the terminal took. Full: 0. Gone: all, since nobody will read them.
    func write(_ bytes: ArraySlice<UInt8>) -> Int {
        guard !bytes.isEmpty else { return 0 }
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : bytes.count
    }

    /// Writes all of it; gives up where the terminal takes nothing for `milliseconds`.
    func writeAll(_ bytes: ArraySlice<UInt8>, milliseconds: Int32) {
        var rest = bytes
        while !rest.isEmpty {
            rest = rest.dropFirst(write(rest))
            guard !rest.isEmpty else { return }
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&wait, 1, milliseconds) > 0 else { return }
        }
    }
}
