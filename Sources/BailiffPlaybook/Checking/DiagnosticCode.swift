package import BailiffDiagnostics

/// Codes of everything that can be wrong with a playbook, policy or approvals file beyond its YAML (`YAML…`) and its
/// expressions (`CEL…`). They never change their meaning; the reference lists them.
package enum DiagnosticCode: String, CaseIterable, Sendable {
    // Files and names
    case documentKind = "PB001"
    case fileName = "PB002"
    case nameTaken = "PB003"
    case badName = "PB004"
    case reservedStepID = "PB005"
    case repeatedID = "PB006"
    case guardShadowed = "PB007"
    case badTime = "PB008"

    // References
    case unknownPolicy = "PB010"
    case unknownApprovalPolicy = "PB011"
    case unknownRole = "PB012"
    case unknownClass = "PB013"
    case classNotForOwner = "PB014"
    case unknownStep = "PB015"
    case cyclicNeeds = "PB016"
    case unknownNotifier = "PB017"
    case askCycle = "PB018"

    // Safety
    case notCovered = "PB020"
    case noBudget = "PB021"
    case nobodyAsked = "PB022"
    case irreversible = "PB023"
    case blockFileWithoutApproval = "PB024"
    case holdWithoutApproval = "PB025"
    case onlyConditionalApprovals = "PB026"
    case constantCondition = "PB027"
    case emptyList = "PB028"
    case missingParameter = "PB029"
    case wrongUndo = "PB030"
    case incompleteLease = "PB031"
    case incompleteOffline = "PB032"
    case badRings = "PB033"
    case badValidity = "PB034"
    case notForThisAction = "PB035"
    case approvalWithoutHold = "PB036"
    case planCost = "PB037"
    case repeatedValue = "PB038"
    case badTest = "PB039"
    case noReason = "PB040"
    case wildcard = "PB041"

    // Warnings
    case noLease = "PB070"
    case shortReportWindow = "PB071"
    case fullIsolationBehindProxy = "PB072"
    case investigateByStartAlone = "PB073"
    case overQuota = "PB074"
    case equalPrecedence = "PB075"
    case needlessIrreversible = "PB076"
    case needlessAuto = "PB077"
    case needlessMissing = "PB078"
    case emptyRole = "PB079"
    case expired = "PB080"
    case needlessKey = "PB081"
    case unlikelyMachine = "PB082"

    // This build
    case actionNotCarriedOut = "PB901"
    case keyNotCarriedOut = "PB902"

    /// One sentence for the reference page.
    package var summary: String {
        switch self {
        case .documentKind: "`bailiff` names no kind of file Bailiff knows."
        case .fileName: "The file's name ends neither in `.yaml` nor in `.yml`."
        case .nameTaken:
            "Playbooks, policies and approvals share one space of names, approval policies another; a name is given twice, or once more in other case."
        case .badName: "A name or id holds characters it may not, or is too long."
        case .reservedStepID: "A step's id is a word that `expect` uses."
        case .repeatedID: "Two steps, guards or tests of one file have the same id or name, or one in other case."
        case .guardShadowed:
            "A local guard, or one of another policy in use, reuses the id of a policy's guard, be it in other case."
        case .badTime: "`valid` needs a date or a time in RFC 3339."
        case .unknownPolicy: "`guards.use` names a policy that does not exist."
        case .unknownApprovalPolicy: "`approve` names an approval policy that does not exist."
        case .unknownRole: "`to` or `ask` names neither a role of operators nor an approval policy."
        case .unknownClass: "`budget.class` names a class that no policy in use has."
        case .classNotForOwner: "The budget class is kept for other owners."
        case .unknownStep: "`needs` or `undo` names a step that does not exist."
        case .cyclicNeeds: "Steps wait for each other."
        case .unknownNotifier:
            "A notifier that is not configured is named; a warning where no configuration is at hand."
        case .askCycle: "Approval policies escalate to each other in a circle."
        case .notCovered:
            "No policy in use has a `deny` guard for a disruptive step, or `indicators_per_day` for a tenant-wide one."
        case .noBudget: "The playbook has no budget, or its budget lacks a key that must be there."
        case .nobodyAsked: "A disruptive step has neither `approve` nor `auto`."
        case .irreversible: "A step that nothing can undo lacks `irreversible: accepted`."
        case .blockFileWithoutApproval: "`block_file` acts on the whole tenant and must always be approved."
        case .holdWithoutApproval: "A guard that holds does not say whose approval lifts it."
        case .onlyConditionalApprovals:
            "All approvals of a disruptive step have `when`, and no `auto` speaks for the rest."
        case .constantCondition: "A condition is always true or always false."
        case .emptyList: "A list that must not be empty is."
        case .missingParameter: "The action lacks a parameter."
        case .wrongUndo: "`undo` is not what takes the action back."
        case .incompleteLease: "A lease does not say who is told or asked at its end."
        case .incompleteOffline: "`offline: ask` does not say who is asked."
        case .badRings: "Rings are not sizes above zero with `rest` as the last one, or a ring never proceeds."
        case .badValidity: "`valid` ends before it begins."
        case .notForThisAction: "A key makes no sense for this action."
        case .approvalWithoutHold: "A guard that never holds names an approval, which could not lift it."
        case .planCost: "Evaluating the playbook over 10,000 machines may cost too much."
        case .repeatedValue: "A list repeats a value."
        case .badTest: "A test gives or expects something that does not exist, or expects nothing."
        case .noReason: "A reason that says nothing, such as `yes` or `none`."
        case .wildcard: "A device group is named with a wildcard, which would match nothing: there are none."
        case .noLease: "A reversible disruptive step has no lease, and no policy in use has a default."
        case .shortReportWindow: "Machines report about once a day; a window under 36 hours leaves healthy ones out."
        case .fullIsolationBehindProxy: "Full isolation cuts machines off that reach Defender through a proxy."
        case .investigateByStartAlone:
            "The vendor has announced the end of starting investigations; another way should stand beside it."
        case .overQuota: "The largest plan needs more calls than Defender allows in an hour."
        case .equalPrecedence: "Two playbooks of equal precedence could own one case."
        case .needlessIrreversible: "`irreversible: accepted` stands at a step that can be undone."
        case .needlessAuto: "`auto` says why nobody is asked, but an approval is always asked for."
        case .needlessMissing:
            "`missing` says what an absent fact means, but the condition touches none that can be absent."
        case .emptyRole: "A role has neither groups nor machines."
        case .expired: "The time in which the playbook is valid is over."
        case .needlessKey: "A key has no effect beside what `then` says, such as `approve` beside `then: release`."
        case .unlikelyMachine:
            "A machine is not named as Defender names them, by 40 hexadecimal digits: it may match none."
        case .actionNotCarriedOut: "The engine of this build does not carry the action out yet."
        case .keyNotCarriedOut: "The engine of this build does not carry the key out yet."
        }
    }

    package var severity: Diagnostic.Severity {
        switch self {
        case .noLease, .shortReportWindow, .fullIsolationBehindProxy, .investigateByStartAlone, .overQuota,
            .equalPrecedence,
            .needlessIrreversible, .needlessAuto, .needlessMissing, .emptyRole, .expired, .needlessKey,
            .unlikelyMachine:
            .warning
        default: .error
        }
    }
}
