/// The server of a scenario: the embedded one, or another that is watched.
struct ServerDraft: SettingPart {
    var plan = ServerPlan()
    var watch = WatchPlan()

    static let settings: [Setting<ServerDraft>] =
        ServerPlan.settings.map { $0.lifted(\.plan) } + WatchPlan.settings.filter { $0.places.contains(.key) }.map { $0.lifted(\.watch) }

    var isWatched: Bool { !watch.command.isEmpty }

    /// The server that is watched, with the options that it shares with the embedded one.
    var watched: WatchPlan? {
        guard isWatched else { return nil }
        var watch = watch
        watch.sendBufferByteCount = plan.sendBufferByteCount
        return watch
    }

    /// Notes keys that belong to the other kind of server.
    func check(_ reader: inout ScenarioReader, _ place: ScenarioPlace, hasTarget: Bool) {
        guard isWatched else {
            if watch != WatchPlan() { reader.note(place, "keys of a watched server need 'watch': the program, and its arguments") }
            if hasTarget { reader.note(place, "'server' and 'target' exclude each other; write one of them") }
            return
        }
        if !hasTarget { reader.note(place, "a watched server needs 'target': where the clients send their requests") }
        var rest = plan
        rest.sendBufferByteCount = nil
        if rest != ServerPlan() { reader.note(place, "only 'send_buffer' of the embedded server's keys can be beside 'watch'") }
    }
}
