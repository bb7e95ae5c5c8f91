import BailiffModel

/// Turns a case, looked at again and again, into what happened in between.
struct CaseTimeline: Sendable {
    struct Event: Sendable {
        var at: Timestamp?
        /// `verdict`, `sighting`, `gap`, `action`, `approval`, `run`, `ring`.
        var kind: String
        var text: CellText
        /// The id of what it is about.
        var subject: String

        func line(isColoured: Bool) -> String {
            let time = at.map(LocalTime.timeOfDay) ?? "        "
            return "\(time)  \(text.rendered(isColoured: isColoured))"
        }

        var json: JSONValue {
            [
                "at": .optional(at), "kind": .string(kind), "text": .string(text.text), "subject": .string(subject),
            ]
        }
    }

    private var verdicts: Set<Int64> = []
    private var sightings: Set<String> = []
    private var gaps: Set<String> = []
    private var actions: [String: String] = [:]
    private var approvals: [String: String] = [:]
    private var runs: [String: String] = [:]
    /// `RUN 2`: rings that have begun.
    private var rings: Set<String> = []
    /// Whether the case has been assessed and nothing of it is under way.
    private(set) var isIdle = false

    /// What is new since the last look, in the order in which it usually happens.
    ///
    /// - Parameter now: Of what has no time of its own.
    mutating func advance(_ value: JSONValue, now: Timestamp) -> [Event] {
        var events: [Event] = []
        for verdict in (value["verdicts"]?.array ?? []).reversed() { events += see(verdict: verdict) }
        for sighting in value["sightings"]?.array ?? [] { events += see(sighting: sighting, value) }
        for gap in value["coverage"]?["gaps"]?.array ?? [] { events += see(gap: gap, value) }
        for run in value["runs"]?.array ?? [] { events += begin(run: run) }
        var steps: [Event] = []
        for action in value["actions"]?.array ?? [] { steps += see(action: action) }
        for approval in value["approvals"]?.array ?? [] { steps += see(approval: approval) }
        for run in value["runs"]?.array ?? [] { steps += rings(of: run) + end(run: run) }
        events += steps.enumerated().sorted { left, right in
            let (first, second) = (left.element.at ?? now, right.element.at ?? now)
            return first != second ? first < second : left.offset < right.offset
        }.map(\.element)
        let open = (value["runs"]?.array ?? []).contains { $0["state"]?.string != "ended" }
        isIdle = value["assessed"]?.bool == true && !open
        return events.map { event in
            var event = event
            event.at = event.at ?? now
            return event
        }
    }

    private func time(_ value: JSONValue?) -> Timestamp? { value?.string.flatMap { Timestamp(rfc3339: $0) } }

    private mutating func see(verdict: JSONValue) -> [Event] {
        guard let id = verdict["id"]?.int, verdicts.insert(id).inserted else { return [] }
        let name = verdict["file_name"]?.string.map { " (\($0))" } ?? ""
        let text = "verdict \(id): \(Words.summary(ofVerdict: verdict).text)\(name)"
        let style = Words.style(ofLevel: verdict["level"]?.string ?? "")
        return [
            Event(at: time(verdict["received_at"]), kind: "verdict", text: CellText(text, style), subject: String(id))
        ]
    }

    private mutating func see(sighting: JSONValue, _ value: JSONValue) -> [Event] {
        guard let id = sighting["machine_id"]?.string, sightings.insert(id).inserted else { return [] }
        let kind = sighting["kind"]?.string ?? "machine"
        let path = sighting["path"]?.string.map { " at \($0)" } ?? ""
        let executed = sighting["executed"]?.string == "yes" ? ", it ran" : ""
        let sources = (sighting["sources"]?.array ?? []).compactMap(\.string)
        let found = sources == ["hunting"] ? ", found by hunting" : ""
        let remark = sighting["shown_only"]?.string.map { "; shown only: \($0)" } ?? ""
        let text = "seen on \(Words.machine(sighting)), a \(kind)\(path)\(executed)\(found)\(remark)"
        return [Event(at: time(value["coverage"]?["asked_at"]), kind: "sighting", text: CellText(text), subject: id)]
    }

    private mutating func see(gap: JSONValue, _ value: JSONValue) -> [Event] {
        guard let text = gap["text"]?.string, gaps.insert(text).inserted else { return [] }
        return [
            Event(
                at: time(value["coverage"]?["asked_at"]), kind: "gap", text: CellText("not seen: \(text)", .warning),
                subject: gap["code"]?.string ?? "")
        ]
    }

    private mutating func begin(run: JSONValue) -> [Event] {
        guard let id = run["id"]?.string, runs[id] == nil else { return [] }
        runs[id] = "begun"
        let text = "run \(id): \(Words.playbook(run["playbook"])), \(run["mode"]?.string ?? "")"
        return [Event(at: time(run["started_at"]), kind: "run", text: CellText(text, .bold), subject: id)]
    }

    /// Rings that began; a run in a list does not tell of them.
    private mutating func rings(of run: JSONValue) -> [Event] {
        guard let id = run["id"]?.string, let all = run["rings"]?.array else { return [] }
        var events: [Event] = []
        for (index, ring) in all.enumerated() where ring["opened_at"]?.string != nil {
            guard rings.insert("\(id) \(index)").inserted else { continue }
            var text =
                "run \(id): ring \(index + 1) of \(all.count): \(Words.count(Int(ring["size"]?.int ?? 0), "machine"))"
            var style = CellText.Style.plain
            if index > 0, all[index - 1]["proceeded"]?.bool == false {
                let condition = all[index - 1]["proceed_when"]?.string ?? ""
                text += "; people are asked, as this was not met: \(condition)"
                style = .warning
            }
            events.append(Event(at: time(ring["opened_at"]), kind: "ring", text: CellText(text, style), subject: id))
        }
        return events
    }

    private mutating func end(run: JSONValue) -> [Event] {
        guard let id = run["id"]?.string, run["state"]?.string == "ended", runs[id] != "ended" else { return [] }
        runs[id] = "ended"
        let text = "run \(id) ended: \(RunView.outcomes(run["outcomes"]).text)"
        return [Event(at: time(run["ended_at"]), kind: "run", text: CellText(text, .bold), subject: id)]
    }

    private mutating func see(action: JSONValue) -> [Event] {
        guard let id = action["id"]?.string else { return [] }
        let standing = action["outcome"]?.string ?? action["state"]?.string ?? ""
        let before = actions[id]
        guard before != standing else { return [] }
        actions[id] = standing
        let what = "\(Words.machine(action)): \(Words.verb(action["action"]?.string ?? ""))"
        let order = action["defender_action_id"]?.string.map { " (Defender action \($0))" } ?? ""
        func event(_ text: String, _ style: CellText.Style, _ at: JSONValue?) -> [Event] {
            [Event(at: time(at), kind: "action", text: CellText(text, style), subject: id)]
        }
        let accepted = event("\(what): accepted\(order)", .plain, action["accepted_at"])
        guard let outcome = action["outcome"]?.string else {
            switch action["state"]?.string {
            case "pending": return accepted
            case "unknown":
                return event("\(what): no clear answer, being settled by reading", .warning, action["sent_at"])
            default: return []
            }
        }
        let reasons = (action["reasons"]?.array ?? []).compactMap(\.string)
        let why = reasons.isEmpty || outcome == "done" ? "" : ": \(reasons.joined(separator: "; "))"
        let confirmed = outcome == "done" ? ", confirmed" : ""
        let ended = event(
            "\(what): \(outcome)\(confirmed)\(order)\(why)", Words.style(ofOutcome: outcome), action["ended_at"])
        // What was over between two looks had been accepted all the same.
        let wasMissed = before != "pending" && action["accepted_at"]?.string != nil
        return (wasMissed ? accepted : []) + ended
    }

    private mutating func see(approval: JSONValue) -> [Event] {
        guard let id = approval["id"]?.string, let state = approval["state"]?.string, approvals[id] != state else {
            return []
        }
        let isNew = approvals[id] == nil
        approvals[id] = state
        let count = Int(approval["machines"]?.int ?? 0)
        let what = "\(Words.verb(approval["action"]?.string ?? "")) on \(Words.count(count, "machine"))"
        let people = (approval["answered_by"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
        let by = people.isEmpty || !["granted", "denied"].contains(state) ? "" : " by \(people)"
        let text: String
        if state == "waiting" {
            text = "question \(id) waits for people: \(what)"
        } else if isNew {
            text = "question \(id): \(what): \(state)\(by)"
        } else {
            text = "question \(id): \(state)\(by)"
        }
        return [
            Event(
                at: time(approval[state == "waiting" ? "asked_at" : "ended_at"]), kind: "approval",
                text: CellText(text, Words.style(ofApproval: state)), subject: id)
        ]
    }
}
