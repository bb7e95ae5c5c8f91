/// The calls of Defender for Endpoint and Graph that the client makes: what each needs and how often it may be made.
package enum DefenderAPI: String, Sendable, Hashable, CaseIterable, Codable {
    case file, fileStatistics, fileMachines, fileAlerts
    case hunting, huntingInDefenderXDR, huntingInDefender
    case machine, machines
    case isolate, release, restrictApps, unrestrictApps, antivirusScan, collectPackage, stopAndQuarantine
    case startInvestigation, cancelAction
    case machineAction, machineActions, packageLink
    case investigation, investigations
    case createAlertByReference
    case tag, tagMany
    case indicators, putIndicator, importIndicators, deleteIndicator, deleteIndicators

    /// Application permissions: all lists must be met, one entry of a list suffices.
    ///
    /// Source: the "Permissions" tables of the API reference. StopAndQuarantineFile is documented with one of three, but
    /// refused without a machine-reading one beside its own.
    package var permissions: [[String]] {
        switch self {
        case .file, .fileStatistics: [["File.Read.All"]]
        case .fileMachines, .machine, .machines, .machineAction, .machineActions, .packageLink:
            [["Machine.Read.All", "Machine.ReadWrite.All"]]
        case .fileAlerts, .investigation, .investigations: [["Alert.Read.All", "Alert.ReadWrite.All"]]
        case .hunting: [["ThreatHunting.Read.All"]]
        case .huntingInDefenderXDR: [["AdvancedHunting.Read.All"]]
        case .huntingInDefender: [["AdvancedQuery.Read.All"]]
        case .isolate, .release: [["Machine.Isolate"]]
        case .restrictApps, .unrestrictApps: [["Machine.RestrictExecution"]]
        case .antivirusScan: [["Machine.Scan"]]
        case .collectPackage: [["Machine.CollectForensics"]]
        case .stopAndQuarantine: [["Machine.StopAndQuarantine"], ["Machine.Read.All", "Machine.ReadWrite.All"]]
        case .startInvestigation, .createAlertByReference: [["Alert.ReadWrite.All"]]
        case .cancelAction:
            [
                [
                    "Machine.CollectForensics", "Machine.Isolate", "Machine.RestrictExecution", "Machine.Scan",
                    "Machine.Offboard", "Machine.StopAndQuarantine", "Machine.LiveResponse",
                ]
            ]
        case .tag, .tagMany: [["Machine.ReadWrite.All"]]
        case .indicators, .putIndicator, .importIndicators, .deleteIndicator, .deleteIndicators:
            [["Ti.ReadWrite.All", "Ti.ReadWrite"]]
        }
    }

    /// Documented limits. Source: the "Limitations" section of each API's page.
    package var limits: QuotaLimits {
        switch self {
        case .hunting, .huntingInDefender, .huntingInDefenderXDR: QuotaLimits(perMinute: 45, perHour: 1_500)
        case .startInvestigation: QuotaLimits(perMinute: nil, perHour: 50)
        case .packageLink: QuotaLimits(perMinute: 2, perHour: 120)
        case .createAlertByReference: QuotaLimits(perMinute: 15, perHour: nil)
        case .importIndicators, .deleteIndicators: QuotaLimits(perMinute: 30, perHour: 1_500)
        default: QuotaLimits(perMinute: 100, perHour: 1_500)
        }
    }

    /// Whether the call changes anything. Such a call is never repeated by the client.
    package var isAction: Bool {
        switch self {
        case .isolate, .release, .restrictApps, .unrestrictApps, .antivirusScan, .collectPackage, .stopAndQuarantine,
            .startInvestigation, .cancelAction, .createAlertByReference, .tag, .tagMany, .putIndicator,
            .importIndicators, .deleteIndicator, .deleteIndicators:
            true
        default: false
        }
    }

    /// Whether repeating the call could order something twice. All other calls that change something come to the same when
    /// repeated, so those are made once more with a fresh token after a 401.
    package var isOrder: Bool {
        switch self {
        case .isolate, .release, .restrictApps, .unrestrictApps, .antivirusScan, .collectPackage, .stopAndQuarantine,
            .startInvestigation, .createAlertByReference:
            true
        default: false
        }
    }

    /// Which app registration signs the call. Indicators belong to the application that made them, so they are listed
    /// with the one that acts.
    package var registration: DefenderRegistration { isAction || self == .indicators ? .act : .read }

    /// Which service a call is addressed to, and so which audience its token names.
    var audience: DefenderAudience {
        switch self {
        case .hunting: .graph
        case .huntingInDefenderXDR: .defenderXDR
        default: .defender
        }
    }
}

/// The services that tokens are issued for.
package enum DefenderAudience: String, Sendable, Hashable, CaseIterable { case defender, defenderXDR, graph }

/// Which of the two app registrations signs a call.
package enum DefenderRegistration: String, Sendable, Hashable, CaseIterable { case read, act }
