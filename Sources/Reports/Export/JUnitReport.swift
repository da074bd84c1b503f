internal import Measurements

/// Results as JUnit's XML, which every CI service shows: a case for each requirement.
///
/// The form is the one that Jenkins, GitLab and the others agree on; XML 1.0, UTF-8.
package struct JUnitReport: Sendable {
    /// One requirement, and its result.
    package struct Case: Sendable {
        /// The phase or the recording that it belongs to.
        var group: String
        var name: String
        var outcome: Outcome

        package init(group: String, name: String, outcome: Outcome) {
            self.group = group
            self.name = name
            self.outcome = outcome
        }
    }

    /// The result of a requirement.
    package enum Outcome: Sendable, Equatable {
        case passed
        /// Not met, and why.
        case failed(String)
        /// Not known, and why.
        case errored(String)
    }

    var name: String
    var cases: [Case] = []
    /// Of the run, seconds.
    var duration: Double?
    /// Facts for the reader of the report: names and values.
    var properties: [(name: String, value: String)] = []

    package init(name: String, cases: [Case] = []) {
        self.name = name
        self.cases = cases
    }

    /// The document.
    package var text: String {
        var failures = 0, errors = 0
        for test in cases {
            switch test.outcome {
            case .passed: continue
            case .failed: failures += 1
            case .errored: errors += 1
            }
        }
        let time = Figure.fixed(duration ?? 0, decimals: 3)
        let counts: Markup = "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\" time=\"\(time)\""
        let facts = properties.map { "  <property name=\"\($0.name)\" value=\"\($0.value)\"/>\n" as Markup }
        let page: Markup = """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="highwater" \(counts)>
            <testsuite name="\(name)" \(counts) skipped="0">
            \(facts.isEmpty ? .empty : " <properties>\n\(.joined(facts)) </properties>\n" as Markup)\(.joined(cases.map { JUnitReport.markup($0, time) }))</testsuite>
            </testsuites>

            """
        return page.text
    }

    private static func markup(_ test: Case, _ time: String) -> Markup {
        let head: Markup = " <testcase classname=\"highwater.\(test.group)\" name=\"\(test.name)\" time=\"\(time)\""
        switch test.outcome {
        case .passed: return "\(head)/>\n"
        case .failed(let words): return "\(head)>\n  <failure type=\"threshold\" message=\"\(words)\">\(words)</failure>\n </testcase>\n"
        case .errored(let words): return "\(head)>\n  <error type=\"unknown\" message=\"\(words)\">\(words)</error>\n </testcase>\n"
        }
    }
}
