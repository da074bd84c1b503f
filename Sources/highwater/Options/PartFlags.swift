internal import ArgumentParser
internal import Workload

/// The part of a run on several machines that this process is, and the start of all parts.
struct PartFlags: ParsableArguments {
    @OptionGroup private var part: SettingFlags<Table>

    enum Table: FlagTable { static var settings: [Setting<Plan>] { Plan.partSettings } }

    /// The command line says something about parts, or when they begin.
    var areSaid: Bool { part.said.says(\.share) || part.said.says(\.startTime) }

    /// Errors: the part cannot be found out, or the plan has too little for so many parts.
    func apply(to plan: inout Plan) throws {
        part.said.apply(to: &plan)
        do throws(SettingError) { plan.share = try plan.share?.resolved(in: Environment.variables(noColor: false)) } catch {
            throw ValidationError(SettingError("--share", error.words).description)
        }
        if let clash = plan.clash { throw ValidationError(clash.flagText) }
    }
}
