internal import Glibc

/// Gives the terminal back when the process dies of a fault: a trap, an abort, a bad address.
///
/// A signal handler may use only what is async-signal-safe: here write and poll for constant
/// bytes, one tcsetattr and one fcntl. It finds them through a global, the only one of this module,
/// since a handler has no other way to its owner. Faults are re-raised with their default
/// action, so that the exit status and the core file say what happened.
enum EmergencyRestore {
    /// Leaves synchronized output, mouse, paste and focus modes; shows the cursor; plain
    /// colours, normal keypad; back to the main screen.
    static let bytes: StaticString =
        "\u{1B}[?2026l\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l\u{1B}[?2004l\u{1B}[?1004l\u{1B}[?25h\u{1B}[?1l\u{1B}>\u{1B}[0m\u{1B}[?1049l"

    /// A terminal that has stopped for longer is left as it is: a second at most.
    private static let attemptLimit = 10
    private static let attemptMilliseconds: Int32 = 100

    /// Traps of Swift are SIGILL or SIGTRAP.
    static let signals = [SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE]

    @unsafe struct Armed {
        var descriptor: Int32 = -1
        var modes = termios()
        /// Of the open file, which others may share.
        var flags: Int32 = 0
    }

    /// Written before the handlers are installed, by the one thread that owns the terminal.
    nonisolated(unsafe) static var armed = unsafe Armed()
    /// As `armed`: by that thread only, and never by a handler.
    nonisolated(unsafe) private static var previous: [sigaction] = []

    /// The owner's thread may fault for want of stack: handlers have another one. Once, for the
    /// life of the process; larger than any handler of ours needs.
    nonisolated(unsafe) private static var signalStack: UnsafeMutableRawPointer?
    private static let signalStackByteCount = 64 * 1024

    private static func provideStack() {
        var now = unsafe stack_t()
        guard unsafe sigaltstack(nil, &now) == 0, unsafe now.ss_flags & Int32(SS_DISABLE) != 0 else { return }
        let memory = unsafe signalStack ?? UnsafeMutableRawPointer.allocate(byteCount: signalStackByteCount, alignment: 16)
        unsafe signalStack = unsafe memory
        var stack = unsafe stack_t(ss_sp: memory, ss_flags: 0, ss_size: signalStackByteCount)
        unsafe sigaltstack(&stack, nil)
    }

    @unsafe static func arm(descriptor: Int32, modes: termios, flags: Int32) {
        disarm()
        provideStack()
        unsafe armed = Armed(descriptor: descriptor, modes: modes, flags: flags)
        for signal in signals {
            var action = sigaction(), old = sigaction()
            unsafe action.__sigaction_handler.sa_handler = restoreAndDie
            // The default action is back before the handler runs: a fault within it, or the raise, ends the process.
            action.sa_flags = SA_NODEFER | SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND))
            unsafe sigaction(signal, &action, &old)
            unsafe previous.append(old)
        }
    }

    static func disarm() {
        guard unsafe armed.descriptor >= 0 else { return }
        for (index, signal) in signals.enumerated() where unsafe index < previous.count {
            var old = unsafe previous[index]
            unsafe sigaction(signal, &old, nil)
        }
        unsafe previous = []
        unsafe armed.descriptor = -1
    }

    /// For a signal handler: only write, poll, tcsetattr, pthread_sigmask and fcntl.
    static func restore() {
        guard unsafe armed.descriptor >= 0 else { return }
        var sent = 0, attempts = 0
        // A frame may be on its way to a slow terminal, which then takes nothing for a while.
        while sent < bytes.utf8CodeUnitCount && attempts < attemptLimit {
            let count = unsafe write(armed.descriptor, bytes.utf8Start + sent, bytes.utf8CodeUnitCount - sent)
            if count > 0 { sent += count }
            attempts += 1
            guard sent < bytes.utf8CodeUnitCount else { break }
            var wait = unsafe pollfd(fd: armed.descriptor, events: Int16(POLLOUT), revents: 0)
            _ = unsafe poll(&wait, 1, attemptMilliseconds)
        }
        BackgroundStop.blocked { _ = unsafe tcsetattr(armed.descriptor, TCSANOW, &armed.modes) }
        _ = unsafe fcntl(armed.descriptor, F_SETFL, armed.flags)
    }
}

private func restoreAndDie(_ signal: Int32) {
    EmergencyRestore.restore()
    raise(signal)
}
