internal import Measurements

/// An error in a scenario, and its place.
package struct ScenarioIssue: Sendable, Equatable {
    package var place: ScenarioPlace
    /// What is wrong, and what would be right.
    package var text: String
}

/// All errors in a scenario.
package struct ScenarioError: Error, CustomStringConvertible {
    /// In the order of the file.
    package let issues: [ScenarioIssue]
    private let name: String
    private let lines: [Substring]
    private let overrides: [String]

    /// More errors than a reader goes through at once.
    package static let issueLimit = 50
    /// Of a line that is shown.
    private static let columnLimit = 100

    /// - Parameters:
    ///   - name: the file's.
    ///   - overrides: as the command line has them.
    init(_ issues: [ScenarioIssue], name: String, text: String, overrides: [String]) {
        self.issues = issues.sorted {
            ($0.place.override ?? -1, $0.place.line, $0.place.column) < ($1.place.override ?? -1, $1.place.line, $1.place.column)
        }
        self.name = name
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        self.overrides = overrides
    }

    /// `file:line:column: what is wrong`, the line, and a caret below the place; one after the other.
    package var description: String {
        var parts = issues.prefix(ScenarioError.issueLimit).map(text(of:))
        if issues.count > ScenarioError.issueLimit { parts.append("and \(issues.count - ScenarioError.issueLimit) more mistakes") }
        return parts.joined(separator: "\n")
    }

    private func text(of issue: ScenarioIssue) -> String {
        if let override = issue.place.override {
            return "--set \(overrides[override].printableLine): \(issue.text)"
        }
        let head = "\(name.printableLine):\(issue.place.line):\(issue.place.column): \(issue.text)"
        guard lines.indices.contains(issue.place.line - 1) else { return head }
        // Tabs become one column, so that the caret stands where the eye looks.
        let scalars = lines[issue.place.line - 1].unicodeScalars
        let before = String(String.UnicodeScalarView(scalars.prefix(issue.place.column - 1))).printableLine
        let after = String(String.UnicodeScalarView(scalars.dropFirst(issue.place.column - 1))).printableLine
        let start = before.suffix(columns: ScenarioError.columnLimit * 3 / 4)
        let shown = start + after.prefix(columns: ScenarioError.columnLimit - start.columns)
        return "\(head)\n    \(shown)\n    \(String(repeating: " ", count: start.columns))^"
    }
}
