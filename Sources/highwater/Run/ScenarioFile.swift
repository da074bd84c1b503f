internal import ArgumentParser
internal import Experiment
internal import Files
internal import Glibc
internal import Measurements
internal import Workload

/// Where a scenario comes from: a file, or this program.
struct ScenarioFile {
    /// As errors call it.
    let name: String
    let text: String
    /// The folder of the files that it names: "tests/", or empty.
    private let folder: String

    /// - Parameter word: a path, `-` for standard input, or the name of a shipped scenario. A file of that name comes
    ///   first.
    init(_ word: String) throws {
        if word == "-" {
            text = try ScenarioFile.contents(of: word)
            name = "standard input"
            folder = ""
            return
        }
        if unsafe access(word, F_OK) != 0, ScenarioFile.isName(word) {
            self = try ScenarioFile.shipped(word, otherwise: ", and no file")
            return
        }
        text = try ScenarioFile.contents(of: word)
        name = word
        folder = word.lastIndex(of: "/").map { String(word[...$0]) } ?? ""
    }

    /// Errors: there is none of that name.
    ///
    /// - Parameter otherwise: what else there is none of, for the error.
    static func shipped(_ name: String, otherwise: String = "") throws -> ScenarioFile {
        guard let scenario = ShippedScenario.all.first(where: { $0.name == name }) else {
            let names = ShippedScenario.all.map(\.name)
            let advice = Spelling.nearest(to: name, of: names).map { "did you mean \($0)?" } ?? "there are \(names.joined(separator: ", "))"
            throw ValidationError("there is no scenario '\(name)'\(otherwise); \(advice)")
        }
        return ScenarioFile(name: scenario.name + ".yaml", text: scenario.text)
    }

    private init(name: String, text: String) {
        self.name = name
        self.text = text
        folder = ""
    }

    /// The scenario that the file describes. Errors: exit code 2, after all faults of the file have been printed.
    func read(overrides: [String]) throws -> Scenario {
        do throws(ScenarioError) {
            return try Scenario(
                parsing: text, file: name, overrides: overrides, environment: Environment.variables(noColor: false)
            ) { (path) throws(BodyFileError) in
                let path = path.hasPrefix("/") ? path : folder + path
                try RequestFile.check(path)
                return path
            }
        } catch {
            Output.error.line(error.description)
            throw ExitCode(2)
        }
    }

    /// A word that is no path.
    private static func isName(_ word: String) -> Bool {
        !word.contains("/") && !word.hasSuffix(".yaml") && !word.hasSuffix(".yml")
    }

    private static func contents(of path: String) throws -> String {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try InputFile.bytes(of: path, byteLimit: Scenario.byteLimit) } catch {
            let path = path == "-" ? "standard input" : path
            guard case .tooLarge = error else { throw RunError("\(path): \(error)") }
            // An error of the scenario, and not of the system.
            Output.error.line("\(path):1:1: \(error)")
            throw ExitCode(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw RunError("\(path): not UTF-8; a scenario is YAML in UTF-8") }
        return text
    }
}
