/// The meaning of a cell. A theme turns it into a colour; panels never name one.
package enum Role: Hashable, Sendable {
    /// Words and figures; words beside them; faint lines and signs.
    case text, dim, faint
    /// The name of a panel, its number, a key that can be pressed, the program's own name.
    case title, key, logo
    /// A figure that leads its panel.
    case strong
    /// Severities. Never the only sign: a letter or a word always says the same.
    case ok, warn, crit
    /// PAUSED, and other words that must not be missed.
    case banner
    /// The line around a panel, and around the one that has the focus.
    case border(PanelKind), focus(PanelKind)
    /// A place on a scale, from 0 to `Gradient.lastStep`.
    case scale(Gradient, step: Int)

    /// The same in few steps, for many cells beside each other: each change of colour is as long as five cells.
    static func coarse(_ gradient: Gradient, _ fraction: Double) -> Role {
        let bounded = fraction.isNaN ? 0 : min(1, max(0, fraction))
        return .scale(gradient, (bounded * coarseSteps).rounded() / coarseSteps)
    }

    private static let coarseSteps = 7.0

    /// A place on a scale by a fraction from 0 to 1; anything beyond is clamped.
    static func scale(_ gradient: Gradient, _ fraction: Double) -> Role {
        let bounded = fraction.isNaN ? 0 : min(1, max(0, fraction))
        return .scale(gradient, step: Int((bounded * Double(Gradient.lastStep)).rounded()))
    }
}

/// A row of colours from little to much.
package enum Gradient: Int, Hashable, Sendable, CaseIterable {
    /// Requests a second; bytes in; bytes out.
    case throughput, receive, send
    /// How many requests fell into a cell of the latency map.
    case heat
    /// How long a byte has waited.
    case age
    /// How full an arena is.
    case arena
    /// How often a cache had it: little is bad.
    case hit

    /// 24 steps are enough for the eye, and few enough that neighbours share one: fewer bytes to the terminal.
    package static let lastStep = 23
}

/// The ground behind a cell.
package enum Ground: Hashable, Sendable {
    case plain, selected, overlay, banner
}

/// Role and ground: all that a theme must know of a cell.
package struct Style: Hashable, Sendable {
    package var role: Role
    package var ground: Ground

    package init(role: Role, ground: Ground) {
        self.role = role
        self.ground = ground
    }
}
