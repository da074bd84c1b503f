/// How many colours a terminal shows.
package enum ColourDepth: Int, Sendable, Comparable, CaseIterable {
    case mono, ansi16, indexed256, direct

    package static func < (left: ColourDepth, right: ColourDepth) -> Bool { left.rawValue < right.rawValue }

    /// The user's choice, or the environment's, before terminfo is asked: nil where neither says anything.
    ///
    /// NO_COLOR by no-color.org: set to anything but nothing. COLORTERM as terminals set it.
    package init?(environment: [String: String], choice: ColourChoice = .auto) {
        switch choice {
        case .never: self = .mono
        case .depth(let depth): self = depth
        case .auto where environment["NO_COLOR"].map { !$0.isEmpty } == true: self = .mono
        case .auto, .always:
            if ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "") {
                self = .direct
            } else if environment["TERM"]?.hasSuffix("-direct") == true {
                self = .direct
            } else if environment["TERM_PROGRAM"] == "Apple_Terminal" {
                self = .indexed256
            } else {
                return nil
            }
        }
    }

    /// The depth for a number of colours in terminfo.
    package init(colours: Int) {
        self = colours >= 1 << 24 ? .direct : colours >= 256 ? .indexed256 : colours >= 8 ? .ansi16 : .mono
    }
}

/// Whether to use colours, by the user's choice.
package enum ColourChoice: Equatable, Sendable {
    /// As the environment has it: NO_COLOR, then COLORTERM, TERM and terminfo.
    case auto
    /// The same without NO_COLOR.
    case always
    case never
    /// No more than that; and 24 bits also where the terminal, over ssh, says less of itself.
    case depth(ColourDepth)

    /// As it is written in a flag or a file; nil for anything else.
    package init?(_ text: String) {
        switch text {
        case "auto": self = .auto
        case "always": self = .always
        case "never": self = .never
        case "16": self = .depth(.ansi16)
        case "256": self = .depth(.indexed256)
        case "true": self = .depth(.direct)
        default: return nil
        }
    }

    /// As it is written.
    package var name: String {
        switch self {
        case .auto: "auto"
        case .always: "always"
        case .never, .depth(.mono): "never"
        case .depth(.ansi16): "16"
        case .depth(.indexed256): "256"
        case .depth(.direct): "true"
        }
    }

    /// All that `init` understands.
    package static let names = ["auto", "always", "never", "16", "256", "true"]
}
