internal import ArgumentParser
internal import Load
internal import Workload

/// The load, as every command that makes one takes it: the everyday options first. The names are the field's: h2load,
/// wrk and oha.
struct LoadFlags: ParsableArguments {
    @OptionGroup(title: "Load") private var length: SettingFlags<LengthTable>
    @OptionGroup(title: "Load") private var amount: SettingFlags<AmountTable>
    @OptionGroup(title: "Load") private var phases: SettingFlags<PhaseTable>
    @OptionGroup(title: "Requests") private var requests: SettingFlags<RequestTable>
    @OptionGroup(title: "Checks") private var checks: SettingFlags<CheckTable>
    @OptionGroup(title: "HTTP and TLS") private var protocols: SettingFlags<ProtocolTable>
    @OptionGroup(title: "Time limits and retries") private var failures: SettingFlags<FailureTable>
    @OptionGroup(title: "Clients that trouble a server") private var manners: SettingFlags<MannerTable>

    enum LengthTable: FlagTable { static var settings: [Setting<Plan>] { Plan.lengthSettings } }
    enum PhaseTable: FlagTable { static var settings: [Setting<Plan>] { Plan.phaseSettings } }
    enum AmountTable: FlagTable { static var settings: [Setting<ClientPlan>] { ClientPlan.amountSettings } }
    enum RequestTable: FlagTable { static var settings: [Setting<ClientPlan>] { ClientPlan.requestSettings } }
    enum CheckTable: FlagTable { static var settings: [Setting<ClientPlan>] { ClientPlan.checkSettings } }
    enum ProtocolTable: FlagTable { static var settings: [Setting<ClientPlan>] { ClientPlan.protocolSettings } }
    enum FailureTable: FlagTable { static var settings: [Setting<ClientPlan>] { ClientPlan.failureSettings } }
    enum MannerTable: FlagTable { static var settings: [Setting<ClientPlan>] { ClientPlan.mannerSettings } }

    /// What the command line says, of all groups.
    var said: LoadSettings {
        LoadSettings(
            length: length.said, phases: phases.said,
            clients: amount.said + requests.said + checks.said + protocols.said + failures.said + manners.said)
    }

    func validate() throws { try said.check() }
}

/// The targets of clients that have a server of their own.
struct TargetFlags: ParsableArguments {
    @OptionGroup private var targets: SettingFlags<Table>

    enum Table: FlagTable { static var settings: [Setting<ClientPlan>] { ClientPlan.targetSettings } }

    var areSaid: Bool { targets.said.says(\.paths) }

    /// Puts the targets in.
    ///
    /// - Parameter usual: those when the command line does not say.
    func apply(to plan: inout ClientPlan, usual: [String]) {
        plan.paths = usual
        targets.said.apply(to: &plan)
    }
}

extension ServerPlan: FlagTable {
    typealias Part = ServerPlan
}
