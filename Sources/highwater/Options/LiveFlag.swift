internal import ArgumentParser

/// The choice of the dashboard, for commands that have plain lines without it.
struct LiveFlag: ParsableArguments {
    @Flag(name: .customLong("live"), help: "On the dashboard, where there is a terminal.")
    var isOn = false
}
