internal import ArgumentParser
internal import Experiment
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

    /// The groups of the clients' options, in the order of the help.
    private var clientParts: [any SettingGroup<ClientPlan>] { [amount, requests, checks, protocols, failures, manners] }

    /// Whether the command line says something about this property of the clients.
    private func says(_ path: PartialKeyPath<ClientPlan>) -> Bool { clientParts.contains { $0.says(path) } }

    func validate() throws {
        if saysPhases && (says(\.rate) || says(\.requests) || saysDuration) {
            throw ValidationError("--phase says how much and how long; leave out --rate, --requests and --duration")
        }
        if says(\.bodyText) && says(\.bodyFile) { throw ValidationError("--data and --data-file exclude each other") }
        if let file = requests.part.bodyFile {
            do { try RequestFile.check(file) } catch { throw ValidationError("--data-file: \(error.description)") }
        }
    }

    var saysPhases: Bool { phases.says(\.phases) }
    var saysRate: Bool { says(\.rate) }
    var saysDuration: Bool { length.says(\.duration) }

    /// Errors: the clients of an embedded server cannot connect to another.
    func checkOwnServer() throws {
        for (flag, isSaid) in [("--connect-to", says(\.connectTo)), ("--unix-socket", says(\.unixSocket)), ("--proxy", says(\.proxy))]
        where isSaid {
            throw ValidationError("\(flag) is for 'highwater load URL'; these clients have a server of their own")
        }
    }

    /// The plan with this load.
    ///
    /// - Parameters:
    ///   - clients: as they are when the command line does not say.
    ///   - methods: of the requests that have one of their own, whatever the command line says; nil: it may say.
    ///   - endsByItself: the run ends after 10 s unless the command line has another end.
    /// - Throws: options that exclude each other.
    func plan(server: ServerPlan?, clients: ClientPlan, methods: [String?] = [], endsByItself: Bool) throws -> Plan {
        var clients = clients
        for part in clientParts { part.apply(to: &clients) }
        if says(\.bodyText), clients.bodyText.hasPrefix("@") {
            do { clients.bodyText = try RequestFile.dataText(String(clients.bodyText.dropFirst())) } catch {
                throw ValidationError("--data: \(error.description)")
            }
        }
        if !says(\.method), says(\.bodyText) || says(\.bodyFile) { clients.method = "POST" }
        for (index, method) in methods.enumerated() { if let method { clients.kinds[index].setOwnMethod(method) } }
        clients.tls.keyLogPath = Environment.variables(noColor: false)["SSLKEYLOGFILE"].flatMap { $0.isEmpty ? nil : $0 }
        var plan = Plan(server: server, client: clients)
        if endsByItself, clients.requests == nil, !saysPhases { plan.duration = .seconds(10) }
        length.apply(to: &plan)
        phases.apply(to: &plan)
        plan.settle()
        if let clash = plan.clash { throw ValidationError(clash.flagText) }
        try checkBodyCheck(of: clients)
        return plan
    }

    /// The plan without clients: only how long it takes can be said.
    ///
    /// - Throws: options of the load, which needs a target.
    func planWithoutClients() throws -> Plan {
        if clientParts.contains(where: \.areSaid) || saysPhases || phases.says(\.seed) {
            throw ValidationError("options of the load need a target; write --load http://127.0.0.1:9000/")
        }
        var plan = Plan(server: nil, client: nil)
        length.apply(to: &plan)
        return plan
    }

    /// Errors: the answers to these requests cannot be checked.
    private func checkBodyCheck(of clients: ClientPlan) throws {
        guard clients.checksBodies else { return }
        if says(\.bodyText) || says(\.bodyFile) { throw ValidationError("--body-check and --data exclude each other") }
        if clients.method != "GET" { throw ValidationError("--body-check needs GET: the answers to \(clients.method) are not predictable") }
        guard clients.kinds.contains(where: \.hasPredictableAnswer) else {
            throw ValidationError("--body-check needs a predictable target; write /bytes/SIZE, /stream-bytes/SIZE or /drip; 'highwater manual predictable-bodies' has the ten lines that a server needs for them")
        }
    }
}

/// The targets of clients that have a server of their own.
struct TargetFlags: ParsableArguments {
    @OptionGroup private var targets: SettingFlags<Table>

    enum Table: FlagTable { static var settings: [Setting<ClientPlan>] { ClientPlan.targetSettings } }

    var areSaid: Bool { targets.says(\.paths) }

    /// Puts the targets in.
    ///
    /// - Parameter usual: those when the command line does not say.
    func apply(to plan: inout ClientPlan, usual: [String]) {
        plan.paths = usual
        targets.apply(to: &plan)
    }
}

extension ServerPlan: FlagTable {
    typealias Part = ServerPlan
}
