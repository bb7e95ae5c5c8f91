import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffPlaybook

/// How plans that nobody carries out look to people.
enum PlanView {
    // MARK: Document

    static func json(_ outcome: PlanPreview.Outcome, of playbook: Playbook, for verdict: VerdictFacts) -> JSONValue {
        var document: JSONObject = ["triggered": true, "reason": .null, "coverage": .null]
        switch outcome {
        case .notTriggered(let reason):
            document["triggered"] = false
            document["reason"] = .string(reason)
        case .noMachines(let coverage):
            document["reason"] = "no machine is known to have seen the file"
            document["coverage"] = json(coverage)
        case .planned(let plan, let coverage):
            document["coverage"] = json(coverage)
            for member in PlanReport(plan).json.object?.members ?? [] { document[member.key] = member.value }
            return .object(document)
        }
        document["playbook"] = [
            "name": .string(playbook.name), "version": .int(Int64(playbook.version)),
            "digest": .string(playbook.digest.hex),
        ]
        document["verdict"] = PlanReport.verdict(verdict)
        return .object(document)
    }

    /// A server's answer, its actions under their steps.
    static func document(ofServer answer: JSONValue) -> JSONValue {
        var document = answer["plan"]?.object ?? JSONObject()
        document["triggered"] = answer["triggered"] ?? .null
        document["reason"] = answer["why_not"] ?? .null
        document["facts_at"] = answer["facts_at"] ?? .null
        document["digest"] = answer["digest"] ?? .null
        let machines = Dictionary(
            (document["machines"]?.array ?? []).map { ($0["machine_id"]?.string, $0) },
            uniquingKeysWith: { first, _ in first })
        let actions = document["actions"]?.array ?? []
        document["steps"] = .array(
            (document["steps"]?.array ?? []).map { step in
                var step = step.object ?? JSONObject()
                step["machines"] = .array(
                    actions.filter { $0["step"] == step["id"] }.map { action in
                        var row = action.object ?? JSONObject()
                        for member in machines[action["machine_id"]?.string]?.object?.members ?? [] {
                            row[member.key] = member.value
                        }
                        row["standing"] = .string(standing(ofServer: action))
                        return .object(row)
                    })
                return .object(step)
            })
        document["actions"] = nil
        document["machines"] = nil
        return .object(document)
    }

    private static func standing(ofServer action: JSONValue) -> String {
        if let outcome = action["outcome"]?.string { return outcome }
        if action["approvals"]?.array?.isEmpty == false { return "asks" }
        return action["budget"]?.string == "waits_for_room" ? "waits_for_room" : "now"
    }

    private static func json(_ coverage: Coverage) -> JSONValue {
        [
            "asked_at": .string(coverage.askedAt.rfc3339), "look_back_seconds": .int(coverage.lookBackSeconds),
            "sources": .array(
                coverage.sources.map { .string($0 == .fileMachines ? "file_machines" : $0.rawValue) }),
            "gaps": .array(
                coverage.gaps.map { ["code": .string($0.code.rawValue), "text": .string($0.text)] }),
        ]
    }

    // MARK: Page

    static func sheet(_ value: JSONValue) -> Sheet {
        var fields = [
            Sheet.Field("verdict", Words.summary(ofVerdict: value["verdict"] ?? .null)),
            .init("file", file(value["verdict"] ?? .null)),
        ]
        guard value["digest"]?.string != nil, value["triggered"]?.bool == true else {
            fields.append(.init("would", CellText("do nothing: \(value["reason"]?.string ?? "-")", .bold)))
            var sheet = Sheet([.line(CellText(Words.playbook(value["playbook"]), .bold)), .fields(fields)])
            if value["triggered"]?.bool == true { sheet.parts += CaseView.coverage(value) }
            return sheet
        }
        fields += [
            .init("would", CellText(summary(value), .bold)), .init("cost", cost(value["cost"] ?? .null)),
            .init("digest", value["digest"]),
        ]
        if let budget = value["budget"] { fields.append(.init("budget", Self.budget(budget))) }
        if let time = value["facts_at"]?.string { fields.append(.init("facts of", CellText(LocalTime.text(time)))) }
        var sheet = Sheet([.line(title(value)), .fields(fields)])
        for step in value["steps"]?.array ?? [] {
            sheet.add(heading(step), machines(of: step), step["machines"]?.array ?? [])
        }
        sheet.add("Rings", rings, numbered(value["rings"]?.array ?? []))
        sheet.add("Not selected", left, value["not_selected"]?.array ?? [])
        if value["coverage"] != nil { sheet.parts += CaseView.coverage(value) }
        return sheet
    }

    private static func title(_ value: JSONValue) -> CellText {
        let digest = Words.short(value["playbook"]?["digest"]?.string, 8)
        let policies = (value["policies"]?.array ?? []).map { Words.short($0["digest"]?.string, 8) }
        return CellText(
            "\(Words.playbook(value["playbook"]))  (playbook \(digest), policies \(policies.joined(separator: " ")))"
                + "  in mode \(value["mode"]?.string ?? "-")", .bold)
    }

    private static func file(_ verdict: JSONValue) -> CellText {
        let hash = ["sha1", "sha256", "md5"].first { verdict[$0]?.string != nil }
        let parts = [hash.map { "\($0) \(verdict[$0]?.string ?? "")" }, verdict["file_name"]?.string]
        return CellText(parts.compactMap { $0 }.joined(separator: ", "))
    }

    /// `contain: 2 now, 1 asks, 1 denied; remove: 3 ask`
    private static func summary(_ value: JSONValue) -> String {
        let steps = (value["steps"]?.array ?? []).map { step in
            let standings = (step["machines"]?.array ?? []).compactMap { $0["standing"]?.string }
            var order: [String] = []
            for standing in standings where !order.contains(standing) { order.append(standing) }
            let counts = order.map { standing in
                "\(standings.count { $0 == standing }) \(words(ofStanding: standing))"
            }
            return "\(step["id"]?.string ?? ""): \(counts.isEmpty ? "nobody" : counts.joined(separator: ", "))"
        }
        return steps.joined(separator: "; ")
    }

    private static func budget(_ value: JSONValue) -> CellText {
        let reserved = value["reserved"]?.array?.count ?? 0
        return CellText("\(Words.count(reserved, "machine")) of class \(value["class"]?.string ?? "-")")
    }

    private static func cost(_ value: JSONValue) -> CellText {
        let calls = (value["calls"]?.object?.members ?? []).map { "\($0.value.int ?? 0) \($0.key)" }
        let time = LocalTime.span(.seconds(value["seconds"]?.int ?? 0))
        return CellText(
            calls.isEmpty
                ? "no calls" : "calls by quota: \(calls.joined(separator: ", ")); the last leaves after \(time)")
    }

    // MARK: Parts

    private static func heading(_ step: JSONValue) -> String {
        let needs = (step["needs"]?.object?.members ?? []).map { "\($0.key) is \($0.value.string ?? "")" }
        let after = needs.isEmpty ? "" : ", once \(needs.joined(separator: " and "))"
        return "\(step["id"]?.string ?? ""): \(Words.verb(step["action"]?.string ?? ""))\(after)"
    }

    private static func machines(of step: JSONValue) -> Table {
        let auto = step["auto"]?.string
        return Table([
            Table.Column("MACHINE", isFlexible: true) { CellText(Words.machine($0)) },
            .member("GROUP", "group", isFlexible: true), .member("ROLE", "role"),
            Table.Column("WHAT") { row in
                let standing = row["standing"]?.string ?? ""
                return CellText(words(ofStanding: standing), style(ofStanding: standing))
            },
            Table.Column("WHO IS ASKED", isFlexible: true) { row in
                let policies = (row["approvals"]?.array ?? []).compactMap { $0["policy"]?.string }
                return policies.isEmpty ? .none : CellText(policies.joined(separator: " and "))
            },
            Table.Column("WHY", isFlexible: true, narrowest: 20) { row in CellText(why(row, auto: auto)) },
        ])
    }

    static func why(_ row: JSONValue, auto: String?) -> String {
        let reasons = (row["reasons"]?.array ?? []).compactMap(\.string)
        if !reasons.isEmpty { return reasons.map(Words.reason).joined(separator: "; ") }
        let because = (row["approvals"]?.array ?? []).flatMap { $0["because"]?.array ?? [] }.compactMap(\.string)
        if !because.isEmpty { return because.map(Words.reason).joined(separator: "; ") }
        return auto ?? "-"
    }

    /// What would become of one action of a server's plan.
    static func standing(ofAction action: JSONValue) -> CellText {
        let standing = standing(ofServer: action)
        return CellText(words(ofStanding: standing), style(ofStanding: standing))
    }

    private static func words(ofStanding standing: String) -> String {
        switch standing {
        case "now": "by itself"
        case "asks": "asks"
        case "waits_for_room": "waits for room"
        case "not_possible": "not possible"
        default: standing
        }
    }

    private static func style(ofStanding standing: String) -> CellText.Style {
        switch standing {
        case "now": .good
        case "asks", "waits_for_room", "held": .warning
        case "denied": .bad
        default: .dim
        }
    }

    private static func numbered(_ rings: [JSONValue]) -> [JSONValue] {
        rings.enumerated().map { index, ring in
            var object = ring.object ?? JSONObject()
            object["number"] = .int(Int64(index + 1))
            return .object(object)
        }
    }

    private static let rings = Table([
        .number("RING", "number"),
        Table.Column("MACHINES", isRightAligned: true) { CellText("\($0["machines"]?.array?.count ?? 0)") },
        Table.Column("THEN WAITS") { row in
            .optional(row["wait_seconds"]?.int.map { LocalTime.span(.seconds($0)) })
        },
        .member("GOES ON WHEN", "proceed_when", isFlexible: true), .member("ASKS BEFORE", "approve", isFlexible: true),
    ])

    private static let left = Table([
        Table.Column("MACHINE", isFlexible: true) { CellText(Words.machine($0)) },
        .member("WHY NOT", "reason", isFlexible: true),
    ])
}
