/// Which panels are on the screen, where there is room for them.
package struct PanelChoice: Equatable, Sendable {
    package private(set) var hidden: Set<PanelKind> = []

    /// Choices that have a name, in the order of the key that goes through them.
    package static let presets: [(name: String, choice: PanelChoice)] = [
        ("all", PanelChoice(shown: PanelKind.allCases)),
        ("load", PanelChoice(shown: [.throughput, .latency, .events])),
        ("memory", PanelChoice(shown: [.connections, .pending, .arena, .caches])),
        ("lists", PanelChoice(shown: [.connections, .events])),
    ]

    package init() {}

    private init(shown: [PanelKind]) { hidden = Set(PanelKind.allCases).subtracting(shown) }

    /// A preset, or the numbers of panels: "memory", "1347". nil: neither, or no panel.
    package init?(_ text: String) {
        if let preset = PanelChoice.presets.first(where: { $0.name == text }) {
            self = preset.choice
            return
        }
        let kinds = text.map { $0.wholeNumberValue.flatMap(PanelKind.init(rawValue:)) }
        guard !kinds.isEmpty, !kinds.contains(nil) else { return nil }
        self.init(shown: kinds.compactMap { $0 })
    }

    /// The panels of a run whose user has chosen none: all; of a server that is not ours without the caches, since they are
    /// those of our clients, in which no such run has a fault to look for.
    package static func usual(_ run: RunDescription) -> PanelChoice {
        run.hasServer && !run.isWatched ? PanelChoice() : PanelChoice(shown: PanelKind.allCases.filter { $0 != .caches })
    }

    /// As a file of settings has it.
    package var name: String {
        PanelChoice.presets.first { $0.choice == self }?.name
            ?? PanelKind.allCases.filter { !hidden.contains($0) }.map { "\($0.rawValue)" }.joined()
    }

    func shows(_ kind: PanelKind) -> Bool { !hidden.contains(kind) }

    /// The preset so many further; the first or the last one where this has no name.
    func preset(_ step: Int) -> PanelChoice {
        let all = PanelChoice.presets
        guard let place = all.firstIndex(where: { $0.choice == self }) else { return all[step > 0 ? 0 : all.count - 1].choice }
        return all[(place + step + all.count) % all.count].choice
    }

    /// Shows a panel or hides it. - Returns: false for the last one, which stays.
    mutating func toggle(_ kind: PanelKind) -> Bool {
        if hidden.remove(kind) != nil { return true }
        guard hidden.count < PanelKind.allCases.count - 1 else { return false }
        hidden.insert(kind)
        return true
    }
}
