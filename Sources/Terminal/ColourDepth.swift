/// How many colours a terminal shows.
package enum ColourDepth: Int, Sendable, Comparable, CaseIterable {
    case mono, ansi16, indexed256, direct

    package static func < (left: ColourDepth, right: ColourDepth) -> Bool { left.rawValue < right.rawValue }

    /// What the environment says, before terminfo is asked: nil where it says nothing.
    ///
    /// NO_COLOR by no-color.org: set to anything but nothing. COLORTERM as terminals set it.
    package init?(environment: [String: String]) {
        if let value = environment["NO_COLOR"], !value.isEmpty {
            self = .mono
        } else if ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "") {
            self = .direct
        } else if environment["TERM"]?.hasSuffix("-direct") == true {
            self = .direct
        } else if environment["TERM_PROGRAM"] == "Apple_Terminal" {
            self = .indexed256
        } else {
            return nil
        }
    }

    /// The depth for a number of colours in terminfo.
    package init(colours: Int) {
        self = colours >= 1 << 24 ? .direct : colours >= 256 ? .indexed256 : colours >= 8 ? .ansi16 : .mono
    }
}
