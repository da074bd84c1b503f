internal import Load

/// The time of a scenario's phases, all together.
package struct ScenarioLength: SettingPart {
    /// nil: as long as the phases are.
    package var duration: Duration?

    package init() {}

    package static let settings: [Setting<ScenarioLength>] = [
        .init(
            "duration", \.duration, .time(.milliseconds(10)...Phase.longestDuration),
            "The time of all phases together, which are stretched or shrunk to it.", letters: "d", standard: "the file's"),
    ]
}
