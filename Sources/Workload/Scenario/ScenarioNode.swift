internal import Measurements

/// A value of a scenario file with the place where it stands.
struct ScenarioNode: Sendable {
    var content: Content
    var place: ScenarioPlace

    /// What YAML knows.
    enum Content: Sendable {
        /// - quoted: text, whatever it looks like.
        case scalar(String, isQuoted: Bool)
        case list([ScenarioNode])
        /// In the order of the file. A key may be there twice; reading says so.
        case map([Entry])
    }

    /// A key and its value.
    struct Entry: Sendable {
        var key: String
        var keyPlace: ScenarioPlace
        var value: ScenarioNode
    }

    /// `null`, `~` or nothing at all.
    var isNull: Bool {
        if case .scalar(let text, isQuoted: false) = content { ["", "~", "null", "Null", "NULL"].contains(text) } else { false }
    }

    /// What it is, for people.
    var noun: String {
        switch content {
        case .scalar where isNull: "nothing"
        case .scalar(let text, _): "'\(text.quotable)'"
        case .list: "a list"
        case .map: "a mapping"
        }
    }
}

/// A place in a scenario's text, or in an override of the command line.
package struct ScenarioPlace: Sendable, Equatable {
    /// nil: the file. Else which `--set`, from 0.
    package var override: Int?
    /// From 1; columns count Unicode scalars.
    package var line: Int
    package var column: Int

    package init(override: Int? = nil, line: Int = 1, column: Int = 1) {
        self.override = override
        self.line = line
        self.column = column
    }
}
