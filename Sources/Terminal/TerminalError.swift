/// Why a dashboard cannot be shown here.
package enum TerminalError: Error, Equatable {
    /// Standard input or output is a file, a pipe or closed.
    case notATerminal(descriptor: Int32)
    /// The terminal belongs to another process group: this process is in the background.
    case inBackground
    /// TERM is unset or empty.
    case termUnset
    /// TERM names a terminal that cannot place its cursor: "dumb".
    case termCannotDraw(String)
    /// Neither TERM nor xterm-256color is in terminfo.
    case termUnknown(String)
    /// A system call failed: its name and errno.
    case system(call: String, code: Int32)
}
