internal import ArgumentParser
internal import Workload

/// `highwater load URL ...` with a command line that is as plain as scripts write it: see `PlainArguments`.
///
/// For a few requests the argument parser takes several times as long as the requests. So a command line that is right, and
/// needs nothing of it, goes past it to the same plan. Whatever is wrong with another one, the library says.
struct PlainLoad {
    private let plan: Plan
    private let output: RunOutput

    /// nil: not as plain as that, or wrong.
    init?(_ arguments: [String]) {
        guard arguments.first == LoadCommand.configuration.commandName else { return nil }
        let table = ClientPlan.ownSettings
        let options = Setting.options(table) + Setting.options(Plan.lengthSettings + Plan.endSettings) + Setting.options(RunOutput.settings)
        guard let said = PlainArguments(arguments.dropFirst(), options), !said.words.isEmpty else { return nil }
        let load = LoadSettings(length: said.said(Plan.lengthSettings), phases: SaidSettings(), clients: said.said(table))
        // Standard input can be read only once.
        guard !load.saysBody else { return nil }
        do {
            // `LoadSettings` wants values that are right.
            var clients = ClientPlan(), length = Plan(server: nil, client: nil)
            try load.clients.apply(checkingTo: &clients)
            try load.length.apply(checkingTo: &length)
            try load.check()
            var plan = try load.plan(server: nil, clients: try ClientPlan(targets: said.words), endsByItself: true)
            plan.interval = OutputFlags.interval(isLive: false)
            try said.said(Plan.endSettings).apply(checkingTo: &plan)
            var output = RunOutput()
            try said.said(RunOutput.settings).apply(checkingTo: &output)
            try output.checkForm()
            try output.checkMetrics()
            (self.plan, self.output) = (plan, output)
        } catch { return nil }
    }

    func run() throws { try ScreenChoice.perform(plan, output, ScreenOptions(), onScreen: false) }
}
