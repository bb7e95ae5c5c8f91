/// The closed catalogue of what a step may do, in playbook words.
package enum ActionKind: String, Hashable, Sendable, Codable, CaseIterable {
    case isolate, release, investigate
    case stopAndQuarantine = "stop_and_quarantine"
    case restrictApps = "restrict_apps"
    case unrestrictApps = "unrestrict_apps"
    case antivirusScan = "antivirus_scan"
    case collectPackage = "collect_package"
    case tag, untag
    case blockFile = "block_file"
    case unblockFile = "unblock_file"

    /// Guards, budgets and rings count these.
    package var isDisruptive: Bool {
        switch self {
        case .isolate, .stopAndQuarantine, .restrictApps, .blockFile: true
        default: false
        }
    }

    /// Acts on the tenant, not on a machine.
    package var isTenantWide: Bool { self == .blockFile || self == .unblockFile }

    /// At most one action of a family is in flight per machine.
    package var family: ActionFamily {
        switch self {
        case .isolate, .release: .isolation
        case .restrictApps, .unrestrictApps: .restriction
        case .investigate: .investigation
        case .stopAndQuarantine: .quarantine
        case .antivirusScan: .scan
        case .collectPackage: .package
        case .tag, .untag: .tag
        case .blockFile, .unblockFile: .indicator
        }
    }

    /// Its effect stays until something takes it back: it has holders, and may have a lease.
    package var holds: Bool {
        switch self {
        case .isolate, .restrictApps, .tag, .blockFile: true
        default: false
        }
    }

    /// Takes the effect of the family's other action back.
    package var takesBack: Bool {
        switch self {
        case .release, .unrestrictApps, .untag, .unblockFile: true
        default: false
        }
    }

    /// What takes the effect back; nil where nothing does.
    package var undo: ActionKind? {
        switch self {
        case .isolate: .release
        case .restrictApps: .unrestrictApps
        case .unrestrictApps: .restrictApps
        case .tag: .untag
        case .untag: .tag
        case .blockFile: .unblockFile
        case .unblockFile: .blockFile
        default: nil
        }
    }
}

package enum ActionFamily: String, Hashable, Sendable, Codable, CaseIterable {
    case isolation, restriction, investigation, quarantine, scan, package, tag, indicator
}

/// The parameters of an action, checked by the catalogue.
package struct ActionParameters: Hashable, Sendable, Codable {
    package enum IsolationType: String, Hashable, Sendable, Codable, CaseIterable { case auto, selective, full }
    package enum ScanType: String, Hashable, Sendable, Codable, CaseIterable { case quick, full }
    package enum InvestigationWay: String, Hashable, Sendable, Codable, CaseIterable {
        case start
        case alertByReference = "alert_by_reference"
        case antivirusScan = "antivirus_scan"
    }

    package var isolationType: IsolationType?
    package var scanType: ScanType?
    package var via: [InvestigationWay]?
    /// `tag`, `untag`.
    package var value: String?
    /// `block_file`.
    package var expiresSeconds: Int64?

    package init(
        isolationType: IsolationType? = nil, scanType: ScanType? = nil, via: [InvestigationWay]? = nil,
        value: String? = nil, expiresSeconds: Int64? = nil
    ) {
        self.isolationType = isolationType
        self.scanType = scanType
        self.via = via
        self.value = value
        self.expiresSeconds = expiresSeconds
    }
}

/// How an action ended. Null (no value) while it is under way.
package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
    case done, failed
    case notPossible = "not_possible"
    case waitingForDevice = "waiting_for_device"
    case unknown, denied, skipped, held, expired, dropped, cancelled, superseded
}
