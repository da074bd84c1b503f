internal import Files
internal import Glibc
internal import Measurements

/// Standard output or standard error, written at once: a line is there when it is written,
/// also through a pipe.
struct Output {
    static let standard = Output(descriptor: 1)
    static let error = Output(descriptor: 2)

    private let descriptor: Int32

    /// Takes the numbers of standard streams that were closed when the process began, so that no pipe, socket or
    /// file of ours gets one of them. To be called before anything is opened.
    ///
    /// All three can be read only: a summary that has no place to go is still an error of write.
    static func takeClosedNumbers() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) == -1 {
            _ = unsafe open("/dev/null", O_RDONLY)
        }
    }

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// A run goes on when the reader of this output has gone.
    var isStandardError: Bool { descriptor == 2 }

    /// The output is a terminal on which a line can be written over.
    var isTerminal: Bool {
        guard isatty(descriptor) == 1, let terminal = unsafe getenv("TERM") else { return false }
        let name = unsafe String(cString: terminal)
        return !name.isEmpty && name != "dumb"
    }

    /// The terminal is the process's to write over: a shell's prompt stands there while the process is in the background.
    var isInForeground: Bool { tcgetpgrp(descriptor) == getpgrp() }

    /// Columns of the terminal; 80 where it does not say.
    var columns: Int {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    func line(_ text: String) { _ = write(text + "\n") }

    /// Writes over the line that the cursor is on.
    func overwrite(_ text: String) -> Bool { write(Array(("\r\u{1b}[K" + text.printableText).utf8)) }

    /// Writes what a command was asked for. Errors: the reader has gone, or the disk is full.
    func print(_ text: String) throws(RunError) { try printStyled(text.printableText) }

    /// The same for text of our own, which may have colours and weights for the terminal.
    func printStyled(_ text: String) throws(RunError) {
        guard write(Array(text.utf8)) else { throw RunError("cannot write to \(isStandardError ? "standard error" : "standard output"): \(SystemError.last)") }
    }

    /// Writes text for people. Whatever is in it, from a file or the command line, no terminal obeys it.
    ///
    /// - Returns: false when the reader has gone, or the disk is full.
    func write(_ text: String) -> Bool { write(Array(text.printableText.utf8)) }

    /// The same for bytes, just as they are.
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}

/// The end of the process.
enum Exit {
    static func now(_ code: Int32) -> Never { exit(code) }
}
