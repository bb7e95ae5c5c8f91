import BailiffModel

extension World {
    /// Starts an investigation, with the alert that every one hangs on: 201.
    mutating func investigate(_ exchange: inout Exchange) throws(APIError) -> Reply {
        let machine = try machineIndex(exchange.route.id)
        let body = try RequestBody(exchange.request)
        try body.allow(["Comment"])
        _ = try body.required("Comment")
        guard fleet[machine].onboardingStatus == "Onboarded", !offboarded.contains(machine) else {
            throw APIError(403, "DisallowedOperation", "Machine \(fleet[machine].id) is not onboarded.")
        }
        try PlatformMatrix.checkInvestigation(on: fleet[machine])
        if let active = investigations.active(machine: machine, at: exchange.now) {
            switch options.repeatedAction {
            case .badRequest: throw .alreadyActive
            case .returnsExisting:
                exchange.actionID = active.id
                return investigationReply(active, status: 201, exchange.now)
            case .startsAnother: break
            }
        }
        let investigation = startInvestigation(on: machine, exchange)
        if exchange.fault == .actionDoubled { startInvestigation(on: machine, exchange) }
        exchange.actionID = investigation.id
        exchange.isActionTaken = true
        return investigationReply(investigation, status: 201, exchange.now)
    }

    @discardableResult
    private mutating func startInvestigation(on machine: Int, _ exchange: Exchange) -> Investigation {
        let now = exchange.now
        let alertID = Alert.id(now, salt: UInt64(truncatingIfNeeded: investigations.nextNumber) ^ 0xA1E2)
        let investigation = addInvestigation(on: machine, alertID: alertID, exchange)
        alerts.add(
            Alert(
                id: alertID, incidentID: alerts.nextIncident, investigationID: investigation.number,
                severity: "Informational", investigationState: "Running", detectionSource: "AutomatedInvestigation",
                category: "SuspiciousActivity", title: "Automated investigation started manually",
                description: "\(exchange.applicationName) started an automated investigation on "
                    + "\(investigation.computerName).",
                created: now, firstEvent: now, lastEvent: now, updated: now, machine: machine))
        return investigation
    }

    /// The investigation that an alert sets off by itself; nil where the machine cannot be investigated.
    mutating func investigate(alert id: String, on machine: Int, _ exchange: Exchange) -> Investigation? {
        do { try PlatformMatrix.checkInvestigation(on: fleet[machine]) } catch { return nil }
        guard !offboarded.contains(machine) else { return nil }
        return addInvestigation(on: machine, alertID: id, exchange)
    }

    private mutating func addInvestigation(
        on machine: Int, alertID: String, _ exchange: Exchange
    ) -> Investigation {
        let now = exchange.now
        var ends = now + options.progress.investigation
        var outcome = isInfected(machine) ? "SuccessfullyRemediated" : "Benign"
        switch exchange.fault {
        case .stuckPending: ends = .distantFuture
        case .completesLate: ends = ends + faults.delay
        case .actionFails: outcome = "Failed"
        default: if fleet.isAway(machine) { (ends, outcome) = (now + options.offlineTimeout, "TerminatedBySystem") }
        }
        let investigation = Investigation(
            number: investigations.nextNumber, machine: machine, machineID: fleet[machine].id,
            computerName: fleet[machine].name, started: now,
            listedFrom: exchange.fault == .listedLate ? now + faults.delay : now, ends: ends, outcome: outcome,
            alertID: alertID)
        investigations.add(investigation)
        return investigation
    }

    /// Whether anything malicious was seen on the machine.
    private func isInfected(_ machine: Int) -> Bool {
        sightings.numbers(machine: machine).contains { number in
            let entry = sightings.entries[Int(number)]
            return entry.status != .seen || catalog[Int(entry.file)].determinationType == "Malware"
        }
    }

    private func investigationReply(_ investigation: Investigation, status: Int = 200, _ now: Timestamp) -> Reply {
        reply(status: status, context: "Investigations/$entity") { investigation.write(to: &$0, at: now, context: $1) }
    }

    func investigations(_ exchange: Exchange) throws(APIError) -> Reply {
        if exchange.route.endpoint == .investigation {
            guard let found = investigations.investigation(exchange.route.id) else {
                throw .notFound("Investigation \(exchange.route.id) was not found")
            }
            return investigationReply(found, exchange.now)
        }
        let query = try ODataQuery(exchange.request, properties: Investigation.properties)
        let all = investigations.investigations
        let listed = all.indices.reversed().filter { all[$0].listedFrom <= exchange.now }
        let page = ODataPage(
            query, candidates: listed, options: options, link: link(exchange),
            value: { all[$0].value($1, at: exchange.now) })
        return World.reply(page, context: "Investigations", style: options.bodies) {
            all[$1].write(to: &$0, at: exchange.now)
        }
    }
}
