/// Every call the emulator answers, apart from its own control surface.
enum Endpoint: String, Sendable, CaseIterable {
    case file, fileStats, fileMachines, fileAlerts
    case machines, machine, machineUsers, machineAlerts, machinesByIP
    case tags, tagsOfMany, deviceValue, updateMachine
    case isolate, unisolate, restrictCodeExecution, unrestrictCodeExecution, runAntiVirusScan
    case collectInvestigationPackage, stopAndQuarantineFile, startInvestigation, runLiveResponse, offboard
    case machineActions, machineAction, cancelMachineAction, packageLink, liveResponseLink
    case investigations, investigation
    case alerts, alertCount, alert, alertFiles, alertMachine, alertUser, alertIPs, alertDomains
    case updateAlert, updateAlerts, createAlert
    case indicators, createIndicator, importIndicators, deleteIndicator, deleteIndicators
    case advancedQuery, advancedHunting, graphHunting

    var surface: APISurface {
        switch self {
        case .graphHunting: .graph
        case .advancedHunting: .xdr
        default: .defender
        }
    }

    /// Whether it places an order with a machine.
    var isMachineAction: Bool { action != nil || self == .startInvestigation }

    /// The kind of machine action it places.
    var action: MachineAction.Kind? {
        switch self {
        case .isolate: .isolate
        case .unisolate: .unisolate
        case .restrictCodeExecution: .restrictCodeExecution
        case .unrestrictCodeExecution: .unrestrictCodeExecution
        case .runAntiVirusScan: .runAntiVirusScan
        case .collectInvestigationPackage: .collectInvestigationPackage
        case .stopAndQuarantineFile: .stopAndQuarantineFile
        case .runLiveResponse: .liveResponse
        case .offboard: .offboard
        default: nil
        }
    }
}

extension Endpoint {
    private static let machineRead = ["Machine.Read.All", "Machine.ReadWrite.All"]
    private static let alertRead = ["Alert.Read.All", "Alert.ReadWrite.All"]
    private static let indicatorWrite = ["Ti.ReadWrite", "Ti.ReadWrite.All"]
    private static let anyAction = [
        "Machine.CollectForensics", "Machine.Isolate", "Machine.RestrictExecution", "Machine.Scan", "Machine.Offboard",
        "Machine.StopAndQuarantine", "Machine.LiveResponse",
    ]

    /// Application roles: of every list, one is needed.
    var roles: [[String]] {
        switch self {
        case .file, .fileStats, .alertFiles: [["File.Read.All"]]
        case .machines, .machine, .machinesByIP, .fileMachines, .machineActions, .machineAction, .packageLink,
            .liveResponseLink, .alertMachine:
            [Endpoint.machineRead]
        case .machineUsers, .alertUser: [["User.Read.All"]]
        case .fileAlerts, .machineAlerts, .alerts, .alertCount, .alert, .investigations, .investigation:
            [Endpoint.alertRead]
        case .alertIPs: [["Ip.Read.All"]]
        case .alertDomains: [["URL.Read.All"]]
        case .tags, .tagsOfMany, .deviceValue, .updateMachine: [["Machine.ReadWrite.All"]]
        case .isolate, .unisolate: [["Machine.Isolate"]]
        case .restrictCodeExecution, .unrestrictCodeExecution: [["Machine.RestrictExecution"]]
        case .runAntiVirusScan: [["Machine.Scan"]]
        case .collectInvestigationPackage: [["Machine.CollectForensics"]]
        // The page names any of the three; in practice the read role alone is not enough, nor is the first alone.
        case .stopAndQuarantineFile: [["Machine.StopAndQuarantine"], Endpoint.machineRead]
        case .startInvestigation, .updateAlert, .updateAlerts, .createAlert: [["Alert.ReadWrite.All"]]
        case .runLiveResponse: [["Machine.LiveResponse"]]
        case .offboard: [["Machine.Offboard"]]
        case .cancelMachineAction: [Endpoint.anyAction]
        case .indicators, .createIndicator, .importIndicators, .deleteIndicator, .deleteIndicators:
            [Endpoint.indicatorWrite]
        case .advancedQuery: [["AdvancedQuery.Read.All"]]
        case .advancedHunting: [["AdvancedHunting.Read.All"]]
        case .graphHunting: [["ThreatHunting.Read.All"]]
        }
    }

    /// Documented calls a minute and an hour; nil where no limit is documented.
    var quota: (minute: Int?, hour: Int?) {
        switch self {
        case .advancedQuery, .advancedHunting, .graphHunting: (45, 1500)
        case .startInvestigation: (nil, 50)
        case .runLiveResponse: (10, nil)
        case .packageLink: (2, 120)
        case .updateAlerts: (10, 500)
        case .createAlert: (15, nil)
        case .importIndicators, .deleteIndicators: (30, 1500)
        default: (100, 1500)
        }
    }
}
