import BailiffModel

/// How questions look to the people who answer them.
enum ApprovalView {
    /// Characters of a digest in commands that are shown: 64 bits, safe against a look-alike.
    static let digestLength = 16

    static let list = Table([
        .member("APPROVAL", "id"),
        Table.Column("STATE") { row in
            CellText.value(row["state"], Words.style(ofApproval: row["state"]?.string ?? ""))
        },
        Table.Column("WOULD", isFlexible: true) { row in
            let count = Int(row["machines"]?.int ?? 0)
            let group = row["group"]?.string.map { ", group \($0)" } ?? ""
            return CellText("\(Words.verb(row["action"]?.string ?? "")) on \(Words.count(count, "machine"))\(group)")
        },
        Table.Column("CASE") { CellText(Words.short($0["case"]?.string, 16)) }, .member("RUN", "run"),
        .member("POLICY", "policy", isFlexible: true),
        Table.Column("EXPIRES") { row in
            guard let expires = row["expires_at"]?.string else { return .none }
            return row["told"]?.bool == false ? CellText("not told yet", .warning) : CellText(LocalTime.text(expires))
        },
        Table.Column("MISSING", isFlexible: true) { row in
            let missing = (row["missing"]?.array ?? []).map { "\($0["count"]?.int ?? 0) \($0["role"]?.string ?? "")" }
            return missing.isEmpty ? .none : CellText(missing.joined(separator: ", "))
        },
    ])

    /// Everything an approver needs, on one page.
    static func sheet(_ value: JSONValue, now: Timestamp) -> Sheet {
        let isWaiting = value["state"]?.string == "waiting"
        let id = value["id"]?.string ?? ""
        let digest = String((value["digest"]?.string ?? "").prefix(digestLength))
        var fields = [Sheet.Field("because", because(value))]
        if let about = about(value) { fields.append(.init("about", about)) }
        fields += [
            .init("will", will(value)), .init("asked by", reasons(value)), .init("guards", guards(value)),
            .init("cost", cost(value)), .init("undo", undo(value)), .init("needs", needs(value)),
            .init("digest", value["digest"]), .init("question", place(value)),
        ]
        for decision in value["decisions"]?.array ?? [] { fields.append(.init("answered", answer(decision, value))) }
        var sheet = Sheet([.line(title(value, now: now)), .fields(fields)])
        let rows = machines(value)
        if !rows.isEmpty { sheet.parts += [.line(CellText("")), .table(table(of: rows), rows)] }
        if isWaiting {
            let only = rows.count > 1 ? " [--only MACHINE-ID…]" : ""
            sheet.parts += [
                .line(CellText("")),
                .fields([
                    .init(
                        "approve:", CellText("bailiff approval approve \(id) --digest \(digest)\(only) --reason \"…\"")),
                    .init("refuse:", CellText("bailiff approval deny \(id) --digest \(digest) --reason \"…\"")),
                ]),
            ]
        }
        return sheet
    }

    /// Nothing of it may be cut: who answers decides about each of them. `--only` takes the ids.
    private static func table(of rows: [JSONValue]) -> Table {
        var columns: [Table.Column] = [Table.Column("MACHINE") { CellText(Words.machine($0)) }]
        if rows.count > namedMachines {
            if commonGroup(rows) == nil { columns.append(.member("GROUP", "group")) }
            if rows.contains(where: { role(of: $0) != nil }) { columns.append(.member("ROLE", "role")) }
        }
        columns.append(.member("MACHINE ID", "machine_id"))
        if rows.contains(where: { $0["approved_by"]?.array?.isEmpty == false }) {
            columns += [
                .member("APPROVED BY", "approved_by"),
                Table.Column("GRANTED") { row in
                    row["granted"]?.bool == true ? CellText("yes", .good) : CellText("not yet", .warning)
                },
            ]
        }
        return Table(columns)
    }

    /// More than these are named in the table alone.
    private static let namedMachines = 10

    private static func role(of machine: JSONValue) -> String? {
        machine["role"]?.string.flatMap { $0 == "none" || $0.isEmpty ? nil : $0 }
    }

    private static func group(of machine: JSONValue) -> String? {
        machine["group"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func commonGroup(_ machines: [JSONValue]) -> String? {
        guard let first = machines.first.flatMap(group(of:)) else { return nil }
        return machines.allSatisfy { group(of: $0) == first } ? first : nil
    }

    /// The machines of the question, each with the people who said yes to it.
    private static func machines(_ value: JSONValue) -> [JSONValue] {
        let yes = (value["decisions"]?.array ?? []).filter { $0["answer"]?.string == "approve" }
        return (value["machines"]?.array ?? []).compactMap { machine in
            guard let id = machine["machine_id"]?.string, var row = machine.object else { return nil }
            let people = yes.filter { $0["only"]?.array?.contains(.string(id)) ?? true }.compactMap { $0["person"] }
            row["approved_by"] = .array(people)
            return .object(row)
        }
    }

    /// Where the question belongs.
    private static func place(_ value: JSONValue) -> CellText {
        let file = value["case"]?.string.map { ", case \(Words.short($0))" } ?? ""
        return CellText("\(value["id"]?.string ?? "-") of run \(value["run"]?.string ?? "-")\(file)")
    }

    /// What sets the question apart from its sisters.
    private static func about(_ value: JSONValue) -> CellText? {
        var parts: [String] = []
        if let group = value["group"]?.string { parts.append("group \(group)") }
        if let action = value["renews"]?.string { parts.append("renews the lease of action \(action)") }
        if value["told"]?.bool == false, value["state"]?.string == "waiting" {
            parts.append("nobody could be told yet: the time to answer begins when they are")
        }
        if value["because"]?.array?.contains("rings.proceed_when") == true, let run = value["run"]?.string {
            parts.append("'bailiff run show \(run)' tells how the ring before it came out")
        }
        if let policy = value["escalated_from"]?.string { parts.append("nobody answered \(policy) in time") }
        if let policy = value["escalates_to"]?.string { parts.append("asks \(policy) where nobody answers in time") }
        return parts.isEmpty ? nil : CellText(parts.joined(separator: "; "))
    }

    private static func title(_ value: JSONValue, now: Timestamp) -> CellText {
        let playbook = Words.playbook(value["playbook"])
        let digest = Words.short(value["playbook"]?["digest"]?.string, 8)
        let policies = (value["policies"]?.array ?? []).map { Words.short($0["digest"]?.string, 8) }
        let files = "(playbook \(digest), policies \(policies.isEmpty ? "-" : policies.joined(separator: " ")))"
        return CellText("\(playbook)  \(files)     \(standing(value, now: now))", .bold)
    }

    private static func standing(_ value: JSONValue, now: Timestamp) -> String {
        let state = value["state"]?.string ?? "unknown"
        guard state == "waiting" else {
            let at = value["ended_at"]?.string.map { " \(LocalTime.text($0))" } ?? ""
            return state + at + (value["denied_by"]?.string.map { " by \($0)" } ?? "")
        }
        guard value["told"]?.bool != false else { return state }
        guard let expires = value["expires_at"]?.string.flatMap({ Timestamp(rfc3339: $0) }) else { return state }
        return "expires \(LocalTime.timeOfDay(expires).prefix(5)) (\(LocalTime.span(expires - now)))"
    }

    private static func because(_ value: JSONValue) -> CellText {
        let verdict = value["verdict"] ?? .null
        let level = verdict["level"]?.string ?? "unknown"
        let hash = ["sha1", "sha256", "md5"].first { verdict[$0]?.string != nil }
        var parts = ["\(level) \(CellText.value(verdict["score"]).text)", verdict["product"]?.string ?? "-"]
        if let hash { parts.append("\(hash) \(Words.short(verdict[hash]?.string))") }
        if let name = verdict["file_name"]?.string { parts.append(name) }
        var text = parts.joined(separator: ", ")
        if let seen = value["seen_on"]?.int { text += "   seen on \(Words.count(Int(seen), "machine"))" }
        let left = value["not_selected"]?.array ?? []
        if !left.isEmpty {
            var reasons: [String] = []
            for reason in left.compactMap({ $0["reason"]?.string }) where !reasons.contains(reason) {
                reasons.append(reason)
            }
            text += ", \(left.count) not selected (\(reasons.joined(separator: "; ")))"
        }
        if let shown = value["shown_only"]?.int, shown > 0 { text += ", \(shown) shown only" }
        return CellText(text, Words.style(ofLevel: level))
    }

    private static func will(_ value: JSONValue) -> CellText {
        let machines = value["machines"]?.array ?? []
        let verb = Words.verb(value["action"]?.string ?? "")
        let names = machines.map { machine in
            Words.machine(machine) + ((role(of: machine) ?? group(of: machine)).map { " (\($0))" } ?? "")
        }
        var who = names.joined(separator: ", ")
        if names.count > namedMachines {
            who = "those below" + (commonGroup(machines).map { ", all of the group \($0)" } ?? "")
        }
        return CellText(
            "\(verb) on \(Words.count(machines.count, "machine")): \(who)", .bold, limit: wholeTextLimit)
    }

    /// For what must be seen whole.
    private static let wholeTextLimit = 100_000

    private static func reasons(_ value: JSONValue) -> CellText {
        let because = (value["because"]?.array ?? []).compactMap(\.string).map(Words.reason).joined(separator: "; ")
        return CellText("\(value["policy"]?.string ?? "-") (\(because))", limit: wholeTextLimit)
    }

    private static func guards(_ value: JSONValue) -> CellText {
        let guards = value["guards"]?.array ?? []
        let denied = value["denied"]?.array ?? []
        var parts = guards.map { finding in
            "\(finding["machines"]?.int ?? 0) \(finding["enforce"]?.string ?? "") (\(finding["id"]?.string ?? ""))"
        }
        if !denied.isEmpty {
            let names = denied.map { "\(Words.machine($0)) (\($0["guard"]?.string ?? ""))" }
            parts.append("\(denied.count) denied: \(names.joined(separator: ", "))")
        }
        return parts.isEmpty
            ? CellText("none matched") : CellText(parts.joined(separator: "   "), limit: wholeTextLimit)
    }

    /// What a yes costs at Defender; of the whole plan where the server tells no more.
    private static func cost(_ value: JSONValue) -> CellText {
        if let now = value["cost_now"], let calls = now["calls"]?.int {
            let seconds = now["seconds"]?.int ?? 0
            let time = seconds > 0 ? "about \(LocalTime.span(.seconds(seconds)))" : "at once"
            return CellText(
                "\(Words.count(Int(clamping: calls), "call")) now; quota \(now["quota_percent"]?.int ?? 0)% of the hour; \(time)"
            )
        }
        guard let cost = value["cost"], let calls = cost["calls"]?.object?.members else { return .none }
        let count = calls.reduce(Int64(0)) { sum, call in sum &+ (call.value.int ?? 0) }
        return CellText(
            "\(Words.count(Int(clamping: count), "call")) for the whole plan; about \(cost["seconds"]?.int ?? 0) s")
    }

    private static func undo(_ value: JSONValue) -> CellText {
        guard let undo = value["undo"]?.string else { return CellText("no: this cannot be taken back", .warning) }
        guard let lease = value["lease"], let seconds = lease["seconds"]?.int else {
            return CellText("yes, by \(Words.verb(undo)); it holds until somebody takes it back")
        }
        let to = (lease["to"] ?? lease["approve"])?.string.map { " to \($0)" } ?? ""
        return CellText(
            "yes, by \(Words.verb(undo)); held for \(LocalTime.span(.seconds(seconds))), then \(lease["then"]?.string ?? "-")\(to)"
        )
    }

    private static func needs(_ value: JSONValue) -> CellText {
        let needs = (value["needs"]?.array ?? []).map { need in
            "\(need["role"]?.string ?? "") \(need["given"]?.int ?? 0)/\(need["count"]?.int ?? 0)"
        }
        let you = value["you"] ?? .null
        let roles = (you["as"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
        let remark =
            you["may_answer"]?.bool == true
            ? "you may answer as \(roles)" : "you may not answer: \(you["why_not"]?.string ?? "-")"
        return CellText("\(needs.joined(separator: "  AND  "))   (\(remark))")
    }

    private static func answer(_ decision: JSONValue, _ value: JSONValue) -> CellText {
        let roles = (decision["roles"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
        let count = value["machines"]?.array?.count ?? 0
        let only = decision["only"]?.array.map { " for \($0.count) of \(Words.count(count, "machine"))" } ?? ""
        let answer = decision["answer"]?.string ?? ""
        let at = decision["at"]?.string.map { ", \(LocalTime.text($0))" } ?? ""
        return CellText(
            "\(answer == "approve" ? "approved" : "denied")\(only) by \(decision["person"]?.string ?? "-") (\(roles)): \(decision["reason"]?.string ?? "")\(at)",
            answer == "approve" ? .good : .bad, limit: wholeTextLimit)
    }
}
