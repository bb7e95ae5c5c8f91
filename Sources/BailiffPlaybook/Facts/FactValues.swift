import BailiffCEL
import BailiffModel

/// What a condition sees while it is evaluated. Absent values are facts nobody has.
struct FactValues: CELBindings {
    struct Fleet {
        var hits: Int
        var size: Int
        var selected: Int?
        var servers: Int?
    }

    struct Ring {
        var size: Int
        var verified: Int
        var failed: Int
        var runStarted: Timestamp
    }

    var verdict: VerdictFacts
    var now: Timestamp
    var file: FileFacts?
    var signerTrusted: Bool?
    var machine: MachineFacts?
    var role: String?
    var fleet: Fleet?
    var ring: Ring?

    init(verdict: VerdictFacts, now: Timestamp) {
        self.verdict = verdict
        self.now = now
    }

    private static let facts = Fact.allCases

    func value(at slot: Int) -> CELValue? {
        guard Self.facts.indices.contains(slot) else { return nil }
        let fact = Self.facts[slot]
        return ofVerdict(fact) ?? ofFile(fact) ?? ofMachine(fact) ?? ofRun(fact)
    }

    private func ofVerdict(_ fact: Fact) -> CELValue? {
        switch fact {
        case .verdictLevel: .string(verdict.level.rawValue)
        case .verdictScore: .int(Int64(verdict.score))
        case .verdictScored: .bool(verdict.scored)
        case .verdictCategory: .string(verdict.category.rawValue)
        case .verdictTrust: .int(Int64(verdict.trust))
        case .verdictFeed: .string(verdict.feed)
        case .verdictProduct: .string(verdict.product)
        case .verdictRevision: .int(Int64(verdict.revision))
        case .verdictFeeds: .int(Int64(verdict.feeds))
        case .verdictSHA256: text(verdict.hashes.sha256?.hex)
        case .verdictSHA1: text(verdict.hashes.sha1?.hex)
        case .verdictMD5: text(verdict.hashes.md5?.hex)
        case .verdictFamily: text(verdict.family)
        case .verdictThreat: text(verdict.threat)
        case .verdictFileName: text(verdict.fileName)
        case .verdictFileType: text(verdict.fileType)
        case .verdictAnalysedAt: time(verdict.analysedAt)
        default: nil
        }
    }

    private func ofFile(_ fact: Fact) -> CELValue? {
        switch fact {
        case .fileGlobalPrevalence: file?.globalPrevalence.map { .int($0) }
        case .fileSigner: text(file?.signer)
        case .fileCertificateValid: file?.certificateValid.map { .bool($0) }
        case .fileOrgMachines: file?.orgMachines.map { .int($0) }
        case .fileFirstSeenOrg: time(file?.firstSeenOrg)
        case .fileSignerTrusted: signerTrusted.map { .bool($0) }
        default: nil
        }
    }

    private func ofMachine(_ fact: Fact) -> CELValue? {
        guard let facts = machine else { return nil }
        let machine = facts.machine
        let sighting = facts.sighting
        return switch fact {
        case .machineID: .string(machine.id.text)
        case .machineName: .string(machine.name ?? "unknown")
        case .machineKind: .string(machine.kind.rawValue)
        case .machineOS: .string(machine.os)
        case .machineHealth: .string(machine.health)
        case .machineOnboarded: .bool(machine.onboarded)
        case .machineGroup: .string(machine.group)
        case .machineTags: .strings(machine.tags)
        case .machineValue: .string(machine.value)
        case .machineRisk: .string(machine.risk)
        case .machineExposure: .string(machine.exposure)
        // Defender's null: the record is as young, and the last report as old, as it can be.
        case .machineRecordFirstSeen: time(machine.recordFirstSeen ?? now)
        case .machineLastReport: time(machine.lastReport ?? .epoch)
        case .machineRole: text(role)
        case .machineIsolated: .string(facts.isolated.rawValue)
        case .sightingExecuted: .string(sighting.executed.rawValue)
        case .sightingStatus: .string(sighting.status.rawValue)
        case .sightingFirst: time(sighting.first)
        case .sightingLast: time(sighting.last)
        case .sightingPath: text(sighting.path)
        default: nil
        }
    }

    private func ofRun(_ fact: Fact) -> CELValue? {
        switch fact {
        case .now: time(now)
        case .fleetHits: number(fleet?.hits)
        case .fleetSize: number(fleet?.size)
        case .fleetSelected: number(fleet?.selected)
        case .fleetServers: number(fleet?.servers)
        case .ringSize: number(ring?.size)
        case .ringVerified: number(ring?.verified)
        case .ringFailed: number(ring?.failed)
        case .runStarted: time(ring?.runStarted)
        default: nil
        }
    }

    private func text(_ text: String?) -> CELValue? { text.map { .string($0) } }
    private func number(_ number: Int?) -> CELValue? { number.map { .int(Int64($0)) } }
    private func time(_ time: Timestamp?) -> CELValue? {
        time.map { .timestamp(microsecondsSince1970: $0.microseconds) }
    }
}
