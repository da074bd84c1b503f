internal import ArgumentParser
internal import Workload

/// What a command line says about the options of one part of a run.
struct SaidSettings<Part: SettingPart> {
    /// In the order of their tables.
    private var said: [(setting: Setting<Part>, texts: [String])] = []

    /// - Parameter texts: a value for each time that the flag is there.
    mutating func add(_ setting: Setting<Part>, _ texts: [String]) { said.append((setting, texts)) }

    /// The options of two tables.
    static func + (left: SaidSettings, right: SaidSettings) -> SaidSettings {
        var both = left
        both.said += right.said
        return both
    }

    /// Whether the command line has any of them.
    var isEmpty: Bool { said.isEmpty }

    /// Whether the command line says something about this property.
    func says<Value>(_ path: WritableKeyPath<Part, Value>) -> Bool { said.contains { $0.setting.isAbout(path) } }

    /// Whether the command line has this option.
    func says(_ setting: Setting<Part>) -> Bool { said.contains { $0.setting.name == setting.name } }

    /// Puts in what the command line says, and leaves the rest as it is. Errors: a value that an option cannot have.
    func apply(checkingTo part: inout Part) throws(SettingError) {
        for (setting, texts) in said { try setting.read(texts, into: &part) }
    }

    /// The same for values that were read before.
    func apply(to part: inout Part) {
        do throws(SettingError) { try apply(checkingTo: &part) } catch { preconditionFailure(error.description) }
    }

    /// The part with what the command line says, and defaults elsewhere. The values were read before.
    var part: Part {
        var part = Part()
        apply(to: &part)
        return part
    }
}
