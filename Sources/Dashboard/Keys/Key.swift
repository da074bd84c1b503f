package import Load

/// A key as it was pressed, whichever bytes the terminal sent for it.
package enum Key: Hashable, Sendable {
    /// A key that has a character, shift included.
    case character(Unicode.Scalar)
    /// Control with a letter, given in lower case.
    case control(Unicode.Scalar)
    case enter, escape, tab, backTab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    /// F1 is 1.
    case function(Int)
    /// A button or the wheel of the mouse.
    case mouse(Mouse)
    /// A text that was pasted as a whole: text where text is typed, and no command.
    case paste(String)
    /// The terminal is gone: no more keys will come.
    case hangup
}

/// An act of the mouse, and its cell.
package struct Mouse: Hashable, Sendable {
    /// Only the first button means something here.
    package enum Kind: Sendable {
        case press, wheelUp, wheelDown
    }

    package let kind: Kind
    /// Counted from the top left, from 0.
    package let x: Int
    package let y: Int

    package init(_ kind: Kind, x: Int, y: Int) {
        self.kind = kind
        self.x = x
        self.y = y
    }
}

/// A part of a command that only the program can do. Everything else the dashboard does by itself.
package enum Action: Equatable, Sendable {
    case quit
    /// Quit, and leave the last frame on the screen.
    case quitAndLeaveScreen
    /// Tell the run a change.
    case change(RunChange)
    /// Words to the terminal's clipboard.
    case copy(String)
    /// Panels and the time of graphs are to be the same next time.
    case keepScreen
    /// The configuration file has changed.
    case reload
    /// Run the same again: this run has lost its process.
    case runAgain
    /// Samples more often, or less, by this many steps.
    case changeInterval(steps: Int)
    /// Draw with the theme of this name; it may be looked at only.
    case showTheme(String)
    /// The same, and it is meant to stay.
    case keepTheme(String)
    /// Other glyphs are in use.
    case keepGlyphs(GlyphSet)
    /// Let go of the mouse, or take it.
    case toggleMouse
    /// Write the screen to files.
    case export
    /// Stop as ^Z does, until the shell continues us.
    case suspend
    /// Draw every cell again: another program wrote on the screen.
    case redraw
}
