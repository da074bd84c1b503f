/// A key as it was pressed, whatever bytes the terminal sent for it.
package enum Key: Hashable, Sendable {
    /// A key that has a character, shift included.
    case character(Unicode.Scalar)
    /// Control with a letter, given in lower case.
    case control(Unicode.Scalar)
    case enter, escape, tab, backTab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    /// F1 is 1.
    case function(Int)
    /// The terminal is gone: nobody will press a key again.
    case hangup
}

/// What the dashboard asks of the program. Everything else it does by itself.
package enum Action: Equatable, Sendable {
    case quit
    /// Quit, and leave the last frame on the screen.
    case quitAndLeaveScreen
    /// Load up or down by this many steps.
    case changeLoad(steps: Int)
    /// Load to nothing, or back to what it was.
    case togglePauseLoad
    /// Run the same again: this run has lost its process.
    case runAgain
    /// A client joins that reads at a trickle, and goes after a while.
    case startSlowReader
    /// Stop as ^Z does, until the shell continues us.
    case suspend
    /// Draw every cell anew: something else wrote on the screen.
    case redraw
}
