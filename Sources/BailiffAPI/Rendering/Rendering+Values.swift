import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// How the API writes things down: one place for the names of members, so that one thing looks the same everywhere.
///
/// Names are in snake case; times RFC 3339 in UTC; what is not known is null, never left out.
enum Rendering {
    static func list(_ texts: some Sequence<String>) -> JSONValue { .array(texts.map { .string($0) }) }

    static func optional(_ number: Int64?) -> JSONValue { number.map { .int($0) } ?? .null }

    static func optional(_ flag: Bool?) -> JSONValue { flag.map { .bool($0) } ?? .null }

    /// Whole numbers without a fraction.
    static func optional(_ number: Double?) -> JSONValue {
        guard let number, number.isFinite else { return .null }
        return Int64(exactly: number).map { .int($0) } ?? .double(number)
    }

    static func hashes(_ hashes: FileHashes) -> [(String, JSONValue)] {
        [
            ("sha256", .optional(hashes.sha256?.hex)), ("sha1", .optional(hashes.sha1?.hex)),
            ("md5", .optional(hashes.md5?.hex)),
        ]
    }

    static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(JSONObject(members.map { JSONObject.Member($0.0, $0.1) }))
    }

    // MARK: Verdicts

    static func json(_ stored: StoredVerdict, caseName: JSONValue) -> JSONValue {
        let verdict = stored.verdict
        return object(
            [
                ("id", .int(stored.id.value)), ("case", caseName), ("feed", .string(stored.feed)),
                ("trust", .int(Int64(stored.trust))), ("received_at", .optional(stored.receivedAt)),
                ("product", .string(verdict.product)), ("level", .string(verdict.level.rawValue)),
                ("category", .string(verdict.category.rawValue)), ("score", .int(Int64(verdict.score.value))),
                ("scored", .bool(verdict.score.scored)), ("product_score", optional(verdict.productScore)),
                ("product_scale", .optional(verdict.productScale)), ("family", .optional(verdict.family)),
                ("threat", .optional(verdict.threat)), ("file_name", .optional(verdict.fileName)),
                ("file_type", .optional(verdict.fileType)), ("analysed_at", .optional(verdict.analysedAt)),
                ("event", .optional(verdict.eventID)), ("note", .optional(verdict.note)),
                ("actionable", .bool(verdict.isActionable)),
            ] + hashes(verdict.hashes))
    }

    static func json(_ facts: VerdictFacts) -> JSONValue {
        object(
            [
                ("level", .string(facts.level.rawValue)), ("score", .int(Int64(facts.score))),
                ("scored", .bool(facts.scored)), ("category", .string(facts.category.rawValue)),
                ("trust", .int(Int64(facts.trust))), ("feed", .string(facts.feed)), ("product", .string(facts.product)),
                ("revision", .int(Int64(facts.revision))), ("feeds", .int(Int64(facts.feeds))),
                ("family", .optional(facts.family)), ("threat", .optional(facts.threat)),
                ("file_name", .optional(facts.fileName)), ("file_type", .optional(facts.fileType)),
                ("analysed_at", .optional(facts.analysedAt)),
            ] + hashes(facts.hashes))
    }

    static func json(_ file: FileFacts) -> JSONValue {
        [
            "global_prevalence": optional(file.globalPrevalence), "signer": .optional(file.signer),
            "certificate_valid": optional(file.certificateValid), "org_machines": optional(file.orgMachines),
            "first_seen_org": .optional(file.firstSeenOrg),
        ]
    }

    static func json(_ coverage: Coverage) -> JSONValue {
        [
            "asked_at": .optional(coverage.askedAt), "look_back_seconds": .int(coverage.lookBackSeconds),
            "sources": list(coverage.sources.map(name)),
            "gaps": .array(
                coverage.gaps.map { ["code": .string($0.code.rawValue), "text": .string($0.text)] }),
        ]
    }

    static func name(_ source: Sighting.Source) -> String {
        switch source {
        case .fileMachines: "file_machines"
        case .hunting: "hunting"
        }
    }

    // MARK: Machines

    /// A machine that saw the file, with what was done there because of it.
    ///
    /// - Parameter actions: Of the case.
    static func json(_ stored: StoredSighting, isolation: JSONValue, _ actions: [Action], now: Timestamp) -> JSONValue {
        let own = actions.filter { $0.machine == stored.machine.id }
        let done = own.map { "\($0.kind.rawValue): \($0.shownOutcome(at: now)?.rawValue ?? state(of: $0.phase))" }
        guard case .object(var object) = json(stored) else { return .null }
        object["isolation"] = isolation
        object["done"] = list(done)
        object["last_confirmed_at"] = .optional(own.compactMap(\.lastConfirmedAt).max())
        return .object(object)
    }

    static func json(_ stored: StoredSighting) -> JSONValue {
        let sighting = stored.sighting
        let machine = stored.machine
        return [
            "machine_id": .string(machine.id.text), "machine_name": .optional(machine.name),
            "kind": .string(machine.kind.rawValue), "os": .string(machine.os),
            "os_version": .optional(machine.osVersion), "internal_address": .optional(machine.internalAddress),
            "external_address": .optional(machine.externalAddress), "health": .string(machine.health),
            "onboarded": .bool(machine.onboarded), "group": .string(machine.group), "tags": list(machine.tags),
            "value": .string(machine.value), "risk": .string(machine.risk), "exposure": .string(machine.exposure),
            "record_first_seen": .optional(machine.recordFirstSeen), "last_report": .optional(machine.lastReport),
            "first_seen": .optional(sighting.first), "last_seen": .optional(sighting.last),
            "path": .optional(sighting.path), "executed": .string(sighting.executed.rawValue),
            "status": .string(sighting.status.rawValue), "sources": list(sighting.sources.map(name)),
            "collapsed_from": list(sighting.collapsedFrom.map(\.text)), "isolated": .string(stored.isolated.rawValue),
            "shown_only": .optional(stored.shownOnly), "seen_at": .optional(stored.seenAt),
        ]
    }

    static func json(_ machine: NotSelectedMachine) -> JSONValue {
        [
            "machine_id": .string(machine.id.text), "machine_name": .optional(machine.name),
            "reason": .string(machine.reason),
        ]
    }

    static func json(_ reference: PlaybookReference) -> JSONValue {
        [
            "name": .string(reference.name), "version": .optional(reference.version),
            "digest": .string(reference.digest.hex),
        ]
    }
}
