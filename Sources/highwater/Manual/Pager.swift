internal import Glibc

/// The program that shows a long text on a terminal, a screenful at a time.
enum Pager {
    /// Shows the text with `$PAGER`, or less.
    ///
    /// - Returns: false where that program could not be run; the text was not shown.
    static func show(_ text: String, _ environment: [String: String]) -> Bool {
        let program = environment["PAGER"].flatMap { $0.isEmpty ? nil : $0 } ?? "less"
        // As git does: what fits on the screen is printed at once, and bold stays bold.
        unsafe setenv("LESS", "FRX", 0)
        // A reader who has seen enough ends the pager while we write.
        signal(SIGPIPE, SIG_IGN)
        guard let pipe = unsafe popen(program, "w") else { return false }
        unsafe fputs(text, pipe)
        // The shell's code for a program that is not there.
        let notFound: Int32 = 127
        return unsafe pclose(pipe) >> 8 & 0xFF != notFound
    }
}
