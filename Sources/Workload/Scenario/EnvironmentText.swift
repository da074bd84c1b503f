internal import Measurements

/// A text of a scenario with variables of the environment in it.
///
///     ${NAME}          the variable; an error where it is not set
///     ${NAME:-text}    the text where it is not set, or empty
///     $${              the two characters ${
enum EnvironmentText {
    /// The text with the values of its variables. They are not looked through again.
    static func substituting(_ environment: [String: String], in text: String, _ place: ScenarioPlace) throws(YAMLProblem) -> String {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            if rest[..<start.lowerBound].last == "$" {
                result += rest[..<start.lowerBound].dropLast() + "${"
                rest = rest[start.upperBound...]
                continue
            }
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw YAMLProblem(place: place, text: "'\(rest[start.lowerBound...].quotable)' has no end; write ${NAME} or ${NAME:-default}, or $${ for the characters")
            }
            result += try value(of: rest[start.upperBound..<end], environment, place)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func value(of words: Substring, _ environment: [String: String], _ place: ScenarioPlace) throws(YAMLProblem) -> String {
        let separator = words.firstRange(of: ":-")
        let name = String(words[..<(separator?.lowerBound ?? words.endIndex)])
        guard isName(name) else {
            throw YAMLProblem(place: place, text: "'\(name.quotable)' is not the name of a variable; write ${NAME} or ${NAME:-default}, or $${ for the characters")
        }
        let value = environment[name]
        if let separator { return value.flatMap { $0.isEmpty ? nil : $0 } ?? String(words[separator.upperBound...]) }
        guard let value else { throw YAMLProblem(place: place, text: "\(name) is not set in the environment; set it, or write ${\(name):-default}") }
        return value
    }

    private static func isName(_ name: String) -> Bool {
        name.first.map { $0.isASCII && ($0.isLetter || $0 == "_") } == true && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
