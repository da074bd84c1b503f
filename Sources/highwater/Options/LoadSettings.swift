internal import ArgumentParser
internal import Experiment
internal import Load
internal import Workload

/// What a command line says about the load. All values were read before.
struct LoadSettings {
    let length: SaidSettings<Plan>
    let phases: SaidSettings<Plan>
    let clients: SaidSettings<ClientPlan>

    /// Whether the command line says something about this property of the clients.
    private func says<Value>(_ path: WritableKeyPath<ClientPlan, Value>) -> Bool { clients.says(path) }

    var saysPhases: Bool { phases.says(\.phases) }
    var saysRate: Bool { says(\.rate) }
    var saysBody: Bool { says(\.bodyText) || says(\.bodyFile) }

    func check() throws {
        if saysPhases && (says(\.rate) || says(\.requests) || length.says(\.duration)) {
            throw ValidationError("--phase says how much and how long; leave out --rate, --requests and --duration")
        }
        if says(\.bodyText) && says(\.bodyFile) { throw ValidationError("--data and --data-file exclude each other") }
        if says(\.bodyFile), let file = clients.part.bodyFile {
            do { try RequestFile.check(file) } catch { throw ValidationError("--data-file: \(error.description)") }
        }
    }

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
        self.clients.apply(to: &clients)
        if says(\.bodyText), clients.bodyText.hasPrefix("@") {
            do { clients.bodyText = try RequestFile.dataText(String(clients.bodyText.dropFirst())) } catch {
                throw ValidationError("--data: \(error.description)")
            }
        }
        if !says(\.method), saysBody { clients.method = "POST" }
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
        if !clients.isEmpty || saysPhases || phases.says(\.seed) {
            throw ValidationError("options of the load need a target; write --load http://127.0.0.1:9000/")
        }
        var plan = Plan(server: nil, client: nil)
        length.apply(to: &plan)
        return plan
    }

    /// Errors: the answers to these requests cannot be checked.
    private func checkBodyCheck(of clients: ClientPlan) throws {
        guard clients.checksBodies else { return }
        if saysBody { throw ValidationError("--body-check and --data exclude each other") }
        if clients.method != "GET" { throw ValidationError("--body-check needs GET: the answers to \(clients.method) are not predictable") }
        guard clients.kinds.contains(where: \.hasPredictableAnswer) else {
            throw ValidationError("--body-check needs a predictable target; write /bytes/SIZE, /stream-bytes/SIZE or /drip; 'highwater manual predictable-bodies' has the ten lines that a server needs for them")
        }
    }
}
