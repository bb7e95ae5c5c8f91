import BailiffModel

/// Bailiff's own words in sentences for people.
enum Words {
    /// `isolate`, `stop and quarantine the file`: what an action does to a machine.
    static func verb(_ action: String) -> String {
        switch action {
        case "isolate": "isolate"
        case "release": "release"
        case "investigate": "investigate"
        case "stop_and_quarantine": "stop and quarantine the file"
        case "restrict_apps": "restrict apps"
        case "unrestrict_apps": "lift the restriction of apps"
        case "antivirus_scan": "scan for viruses"
        case "collect_package": "collect an investigation package"
        case "tag": "tag"
        case "untag": "untag"
        case "block_file": "block the file everywhere"
        case "unblock_file": "unblock the file"
        default: action
        }
    }

    /// Why a question is asked or a machine waits, of the plan's short words.
    static func reason(_ word: String) -> String {
        switch word {
        case "mode hold", "mode: hold": return "the playbook is in mode hold"
        case "breaker": return "the breaker is open"
        case "rings.approve": return "this ring asks before it starts"
        case "rings.proceed_when": return "the ring before it did not come out as its proceed_when demands"
        default:
            return word.hasPrefix("step ") ? "\(word) asks first" : word
        }
    }

    static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(number) \(number == 1 ? singular : plural ?? singular + "s")"
    }

    /// The outcome of an action where there is one, else how far it is.
    static func standing(of action: JSONValue) -> CellText {
        if let outcome = action["outcome"]?.string { return CellText(outcome, style(ofOutcome: outcome)) }
        return CellText.value(action["state"], .dim)
    }

    /// `in force until 27 Nov 10:00`, `taken back 27 Nov 09:00`
    static func effect(of action: JSONValue) -> CellText {
        switch action["effect"]?.string {
        case "in_force"?:
            let until = action["lease_until"]?.string.map { " until \(LocalTime.text($0))" } ?? ""
            return CellText("in force" + until, .warning)
        case "taken_back"?:
            return CellText(
                "taken back" + (action["taken_back_at"]?.string.map { " \(LocalTime.text($0))" } ?? ""), .dim)
        default: return .none
        }
    }

    static func style(ofOutcome outcome: String) -> CellText.Style {
        switch outcome {
        case "done": .good
        case "failed", "unknown", "denied": .bad
        case "held", "waiting_for_device", "expired", "dropped": .warning
        default: .dim
        }
    }

    static func style(ofLevel level: String) -> CellText.Style {
        switch level {
        case "malicious": .bad
        case "suspicious": .warning
        default: .plain
        }
    }

    static func style(ofApproval state: String) -> CellText.Style {
        switch state {
        case "waiting": .warning
        case "granted": .good
        case "denied", "expired": .bad
        default: .dim
        }
    }

    /// `malicious 97, lab/generic, ransomware`
    static func summary(ofVerdict verdict: JSONValue) -> CellText {
        let level = verdict["level"]?.string ?? "unknown"
        var parts = [level + (verdict["score"]?.int.map { " \($0)" } ?? "")]
        let feed = verdict["feed"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let product = verdict["product"]?.string
        if let origin = feed ?? product {
            parts.append(product.map { $0 == origin ? origin : "\(origin) (\($0))" } ?? origin)
        }
        if let category = verdict["category"]?.string, category != "unknown" { parts.append(category) }
        if let threat = verdict["threat"]?.string ?? verdict["family"]?.string { parts.append(threat) }
        return CellText(parts.joined(separator: ", "), style(ofLevel: level))
    }

    /// A machine as people call it: its name, else its id.
    static func machine(_ value: JSONValue) -> String {
        value["machine_name"]?.string ?? value["machine_id"]?.string ?? "the tenant"
    }

    /// `name v3`
    static func playbook(_ value: JSONValue?) -> String {
        guard let name = value?["name"]?.string else { return "-" }
        return name + (value?["version"]?.int.map { " v\($0)" } ?? "")
    }

    static func short(_ digest: String?, _ count: Int = 12) -> String {
        guard let digest else { return "-" }
        return digest.utf8.count > count ? String(digest.prefix(count)) + "…" : digest
    }
}
