/// What the service is wanted for, in the words of playbooks, and the calls it takes: the whole of it, from looking first to
/// following it to its end.
package enum DefenderUse: String, Sendable, Hashable, CaseIterable {
    // Facts.
    case file, prevalence, machines, fleet, isolation, hunting
    // Actions.
    case isolate, release
    case restrictApps = "restrict_apps"
    case unrestrictApps = "unrestrict_apps"
    case stopAndQuarantine = "stop_and_quarantine"
    case antivirusScan = "antivirus_scan"
    case collectPackage = "collect_package"
    case investigate
    /// `investigate` by way of an alert about an event.
    case investigateByAlert = "investigate: alert_by_reference"
    case tag, untag
    case blockFile = "block_file"
    case unblockFile = "unblock_file"
    /// Cancelling an action that has not ended, as a release does with an isolation that still waits.
    case cancel

    package var calls: [DefenderAPI] {
        let following: [DefenderAPI] = [.machineActions, .machineAction]
        return switch self {
        case .file: [.file]
        case .prevalence: [.fileStatistics]
        case .machines: [.fileMachines, .machine]
        case .fleet: [.machines]
        case .isolation: [.machineActions]
        case .hunting: [.hunting]
        case .isolate: [.isolate] + following
        case .release: [.release] + following
        case .restrictApps: [.restrictApps] + following
        case .unrestrictApps: [.unrestrictApps] + following
        case .stopAndQuarantine: [.stopAndQuarantine] + following
        case .antivirusScan: [.antivirusScan] + following
        case .collectPackage: [.collectPackage] + following + [.packageLink]
        case .investigate: [.startInvestigation, .investigations, .investigation]
        case .investigateByAlert: [.hunting, .createAlertByReference, .investigations, .investigation]
        case .tag, .untag: [.tag, .machine]
        case .blockFile, .unblockFile: [.indicators, .putIndicator, .deleteIndicator]
        case .cancel: [.cancelAction, .machineAction]
        }
    }
}

/// Who defines a permission: what it is listed under where an administrator grants it.
extension DefenderAudience {
    package var resourceName: String {
        switch self {
        case .defender: "WindowsDefenderATP"
        case .defenderXDR: "Microsoft Threat Protection"
        case .graph: "Microsoft Graph"
        }
    }

    /// The resource's application id, the same in every tenant.
    package var resourceID: String {
        switch self {
        case .defender: "fc780465-2017-40d4-a0c5-307022471b92"
        case .defenderXDR: "8ee8fdad-f234-4243-8f3b-15c294843740"
        case .graph: "00000003-0000-0000-c000-000000000000"
        }
    }
}

extension DefenderUse {
    /// The calls, hunting replaced by the ways the configuration names: any of them will do.
    func calls(hunting: [DefenderConfiguration.Hunting]) -> [DefenderAPI] {
        calls.flatMap { $0 == .hunting ? hunting.map(\.api) : [$0] }
    }
}

extension DefenderConfiguration.Hunting {
    var api: DefenderAPI {
        switch self {
        case .graph: .hunting
        case .defenderXDR: .huntingInDefenderXDR
        case .defender: .huntingInDefender
        }
    }
}
