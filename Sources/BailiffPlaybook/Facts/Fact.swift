package import BailiffCEL
import BailiffModel

/// Everything a condition can refer to. The position among all cases is the fact's slot in every compiled condition.
package enum Fact: String, Hashable, Sendable, CaseIterable {
    case verdictLevel = "verdict.level"
    case verdictScore = "verdict.score"
    case verdictScored = "verdict.scored"
    case verdictCategory = "verdict.category"
    case verdictTrust = "verdict.trust"
    case verdictFeed = "verdict.feed"
    case verdictProduct = "verdict.product"
    case verdictRevision = "verdict.revision"
    case verdictFeeds = "verdict.feeds"
    case verdictSHA256 = "verdict.sha256"
    case verdictSHA1 = "verdict.sha1"
    case verdictMD5 = "verdict.md5"
    case verdictFamily = "verdict.family"
    case verdictThreat = "verdict.threat"
    case verdictFileName = "verdict.file_name"
    case verdictFileType = "verdict.file_type"
    case verdictAnalysedAt = "verdict.analysed_at"

    case fileGlobalPrevalence = "file.global_prevalence"
    case fileSigner = "file.signer"
    case fileCertificateValid = "file.certificate_valid"
    case fileOrgMachines = "file.org_machines"
    case fileFirstSeenOrg = "file.first_seen_org"
    case fileSignerTrusted = "file.signer_trusted"

    case machineID = "machine.id"
    case machineName = "machine.name"
    case machineKind = "machine.kind"
    case machineOS = "machine.os"
    case machineHealth = "machine.health"
    case machineOnboarded = "machine.onboarded"
    case machineGroup = "machine.group"
    case machineTags = "machine.tags"
    case machineValue = "machine.value"
    case machineRisk = "machine.risk"
    case machineExposure = "machine.exposure"
    case machineRecordFirstSeen = "machine.record_first_seen"
    case machineLastReport = "machine.last_report"
    case machineRole = "machine.role"
    case machineIsolated = "machine.isolated"
    case sightingExecuted = "machine.sighting.executed"
    case sightingStatus = "machine.sighting.status"
    case sightingFirst = "machine.sighting.first"
    case sightingLast = "machine.sighting.last"
    case sightingPath = "machine.sighting.path"

    case fleetHits = "fleet.hits"
    case fleetSize = "fleet.size"
    case fleetSelected = "fleet.selected"
    case fleetServers = "fleet.servers"

    case ringSize = "ring.size"
    case ringVerified = "ring.verified"
    case ringFailed = "ring.failed"
    case runStarted = "run.started"
    case now
}

extension Fact {
    package var type: CELType {
        switch self {
        case .verdictScored, .fileCertificateValid, .fileSignerTrusted, .machineOnboarded: .bool
        case .verdictScore, .verdictTrust, .verdictRevision, .verdictFeeds, .fileGlobalPrevalence, .fileOrgMachines,
            .fleetHits, .fleetSize, .fleetSelected, .fleetServers, .ringSize, .ringVerified, .ringFailed:
            .int
        case .verdictAnalysedAt, .fileFirstSeenOrg, .machineRecordFirstSeen, .machineLastReport, .sightingFirst,
            .sightingLast, .runStarted, .now:
            .timestamp
        case .machineTags: .list(.string)
        default: .string
        }
    }

    /// Whether the fact may be absent.
    package var isOptional: Bool {
        switch self {
        case .verdictSHA256, .verdictSHA1, .verdictMD5, .verdictFamily, .verdictThreat, .verdictFileName,
            .verdictFileType, .verdictAnalysedAt, .fileGlobalPrevalence, .fileSigner, .fileCertificateValid,
            .fileOrgMachines, .fileFirstSeenOrg, .fileSignerTrusted, .sightingFirst, .sightingLast, .sightingPath:
            true
        default: false
        }
    }

    /// The only words it can be. ``machineRole`` has those of the policies in use.
    package var vocabulary: [String]? {
        switch self {
        case .verdictLevel: VerdictLevel.allCases.map(\.rawValue)
        case .verdictCategory: VerdictCategory.allCases.map(\.rawValue)
        case .machineKind: Machine.Kind.allCases.map(\.rawValue)
        case .machineHealth:
            [
                "active", "inactive", "impairedcommunication", "nosensordata", "nosensordataimpairedcommunication",
                "unknown",
            ]
        case .machineValue: ["normal", "low", "high", "unknown"]
        case .machineRisk: ["none", "informational", "low", "medium", "high", "unknown"]
        case .machineExposure: ["none", "low", "medium", "high", "unknown"]
        case .machineIsolated: IsolationState.allCases.map(\.rawValue)
        case .sightingExecuted: Sighting.Executed.allCases.map(\.rawValue)
        case .sightingStatus: Sighting.Status.allCases.map(\.rawValue)
        default: nil
        }
    }

    /// The only numbers it can be.
    package var range: ClosedRange<Int64>? {
        switch self {
        case .verdictScore: 0...100
        case .verdictTrust: 0...3
        case .verdictRevision: 1...Int64.max
        case .verdictFeeds, .fileGlobalPrevalence, .fileOrgMachines, .fleetHits, .fleetSize, .fleetSelected,
            .fleetServers, .ringSize, .ringVerified, .ringFailed:
            0...Int64.max
        default: nil
        }
    }

    /// The largest value the static cost assumes: 100 tags of 200 code points, other strings of 1,024.
    var size: CELDeclarations.SizeHint? {
        switch self {
        case .machineTags: CELDeclarations.SizeHint(count: 100, elementLength: 200)
        default: type == .string ? CELDeclarations.SizeHint(count: 1_024) : nil
        }
    }

    package var isOfMachine: Bool { rawValue.hasPrefix("machine.") }
    package var isOfFile: Bool { rawValue.hasPrefix("file.") }

    /// Where the value comes from, what Defender permission it needs and what it costs; for the reference and for checks
    /// of an installation.
    package var origin: (source: String, permission: String?, cost: String) {
        switch self {
        case .fileGlobalPrevalence, .fileSigner, .fileCertificateValid:
            ("files/{hash}", "File.Read.All", "one call a file")
        case .fileOrgMachines, .fileFirstSeenOrg:
            ("files/{sha1}/stats, 30 days back", "File.Read.All", "one call a file")
        case .fileSignerTrusted: ("the certificate and the policies' trusted_signers", "File.Read.All", "none extra")
        case .machineKind:
            ("device type by hunting, else the operating system", "ThreatHunting.Read.All", "one batched query")
        case .machineRole: ("the policies' roles, by machine id or group", nil, "none")
        case .machineIsolated: ("history of machine actions", "Machine.Read.All", "one list a plan")
        case .sightingExecuted, .sightingStatus, .sightingFirst, .sightingLast, .sightingPath:
            ("hunting", "ThreatHunting.Read.All", "one batched query")
        case .fleetHits: ("this case", nil, "none")
        case .fleetSize: ("cached count of machines", "Machine.Read.All", "one call an hour")
        case .fleetSelected, .fleetServers: ("the plan", nil, "none")
        case .ringSize, .ringVerified, .ringFailed, .runStarted, .now: ("Bailiff", nil, "none")
        default:
            isOfMachine
                ? ("files/{sha1}/machines, machines/{id}", "Machine.Read.All", "none extra") : ("the feed", nil, "none")
        }
    }
}
