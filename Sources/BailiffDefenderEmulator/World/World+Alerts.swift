import BailiffModel

extension World {
    func readAlerts(_ exchange: Exchange) throws(APIError) -> Answer {
        switch exchange.route.endpoint {
        case .alerts: return try alertPage(exchange, candidates: nil)
        case .alertCount:
            let query = try ODataQuery(exchange.request, properties: Alert.properties)
            let all = alerts.alerts
            let count = all.count { alert in query.filter?.matches { alert.value($0) } ?? true }
            return .ready(.text(String(count)))
        default: break
        }
        guard let alert = alerts[id: exchange.route.id] else {
            throw .notFound("Alert \(exchange.route.id) was not found")
        }
        switch exchange.route.endpoint {
        case .alert: return .ready(alertReply(alert))
        case .alertMachine:
            return .ready(
                reply(context: "Machines/$entity") {
                    fleet.write(alert.machine, to: &$0, now: exchange.now, context: $1)
                })
        case .alertFiles: return .ready(evidenceFiles(of: alert))
        case .alertUser:
            guard let account = alert.account else { throw .notFound("User of alert \(alert.id) was not found") }
            return .ready(.json(["id": .string("harbour\\\(account)"), "accountName": .string(account)]))
        default: return .ready(empty(exchange.route.endpoint == .alertIPs ? "Ips" : "Domains"))
        }
    }

    private func empty(_ context: String) -> Reply {
        World.reply(ODataPage.empty, context: context, style: options.bodies) { _, _ in }
    }

    private func evidenceFiles(of alert: Alert) -> Reply {
        guard let file = alert.file else { return empty("Files") }
        var page = ODataPage.empty
        page.numbers = [file]
        return World.reply(page, context: "Files", style: options.bodies) {
            catalog.write(catalog[$1], to: &$0, start: start)
        }
    }

    private func alertReply(_ alert: Alert) -> Reply {
        reply(context: "Alerts/$entity") {
            alert.write(to: &$0, World.around(alert, fleet, catalog, directory.tenantID, evidence: true), context: $1)
        }
    }

    private static func around(
        _ alert: Alert, _ fleet: Fleet, _ catalog: FileCatalog, _ tenantID: String, evidence: Bool
    ) -> Alert.Surroundings {
        Alert.Surroundings(
            machine: fleet[alert.machine], file: alert.file.map { catalog[$0] }, tenantID: tenantID,
            showsEvidence: evidence)
    }

    /// Newest first. Evidence is shown only where it is asked for.
    func alertPage(_ exchange: Exchange, candidates: [Int]?) throws(APIError) -> Answer {
        let query = try ODataQuery(exchange.request, properties: Alert.properties, expandable: ["evidence"])
        let (alerts, fleet, catalog, options) = (alerts.alerts, fleet, catalog, options)
        let (tenantID, link) = (directory.tenantID, link(exchange))
        return .later {
            let numbers = candidates ?? Array(alerts.indices)
            let page = ODataPage(
                query, candidates: numbers.reversed(), options: options, link: link, value: { alerts[$0].value($1) })
            let reply = World.reply(page, context: "Alerts", style: options.bodies, capacity: 1_500) { writer, number in
                let around = World.around(
                    alerts[number], fleet, catalog, tenantID, evidence: query.expand.contains("evidence"))
                alerts[number].write(to: &writer, around)
            }
            return Answer.Finished(reply: reply)
        }
    }

    // MARK: Changes

    mutating func changeAlerts(_ exchange: inout Exchange) throws(APIError) -> Reply {
        switch exchange.route.endpoint {
        case .updateAlert:
            guard alerts[id: exchange.route.id] != nil else {
                throw .notFound("Alert \(exchange.route.id) was not found")
            }
            let change = try AlertChange(RequestBody(exchange.request), isBatch: false)
            let alert = alerts.change(exchange.route.id) {
                change.apply(to: &$0, by: exchange.applicationName, at: exchange.now)
            }
            guard let alert else { throw .notFound("Alert \(exchange.route.id) was not found") }
            exchange.isActionTaken = true
            return alertReply(alert)
        case .updateAlerts:
            let body = try RequestBody(exchange.request)
            let change = try AlertChange(body, isBatch: true)
            guard let ids = try body.texts("alertIds"), !ids.isEmpty else { throw .missing("alertIds") }
            for id in ids where alerts[id: id] == nil { throw .notFound("Alert \(id) was not found") }
            for id in ids {
                _ = alerts.change(id) { change.apply(to: &$0, by: exchange.applicationName, at: exchange.now) }
            }
            exchange.isActionTaken = true
            return Reply(status: 200)
        default: return try createAlert(&exchange)
        }
    }

    private static let newAlertNames: Set<String> = [
        "machineId", "severity", "title", "description", "recommendedAction", "eventTime", "reportId", "category",
    ]

    /// Makes an alert of an event that hunting shows, or joins an open one of the same title.
    ///
    /// A new one sets off an automated investigation, as every alert does on a platform that has them.
    private mutating func createAlert(_ exchange: inout Exchange) throws(APIError) -> Reply {
        let body = try RequestBody(exchange.request)
        try body.allow(World.newAlertNames)
        let machine = try machineIndex(try body.required("machineId"))
        let severity = try body.required("severity")
        guard ["Informational", "Low", "Medium", "High"].contains(severity) else {
            throw .invalidInput("The severity '\(severity)' is not valid.")
        }
        let title = try body.required("title")
        let description = try body.required("description")
        let category = try body.required("category")
        _ = try body.required("recommendedAction")
        let reportID = try body.required("reportId")
        guard let time = Timestamp(rfc3339: try body.required("eventTime"), assumingUTC: true) else {
            throw .invalidInput("The eventTime is not valid.")
        }
        guard
            let event = EventTable.event(
                reportID: reportID, machine: machine, time: time, in: huntingData(now: exchange.now))
        else {
            throw .notFound("Event \(reportID) was not found on machine \(fleet[machine].id)")
        }
        exchange.machineID = fleet[machine].id
        exchange.isActionTaken = true
        if let open = alerts.open(title: title, machine: machine) {
            let joined = alerts.change(open.id) { alert in
                alert.lastEvent = max(alert.lastEvent, time)
                alert.updated = exchange.now
            }
            return alertReply(joined ?? open)
        }
        let entry = sightings.entries[event]
        let id = Alert.id(exchange.now, salt: UInt64(truncatingIfNeeded: alerts.nextIncident) ^ 0xC0DE)
        let investigation = investigate(alert: id, on: machine, exchange)
        let alert = Alert(
            id: id, incidentID: alerts.nextIncident, investigationID: investigation?.number, severity: severity,
            investigationState: investigation == nil ? "UnsupportedOs" : "Running", detectionSource: "CustomerTI",
            category: category, title: title, description: description,
            created: exchange.now, firstEvent: time, lastEvent: time, updated: exchange.now, machine: machine,
            file: Int(entry.file), path: entry.path, account: entry.account)
        alerts.add(alert)
        return alertReply(alert)
    }
}

extension ODataPage {
    static let empty = ODataPage(numbers: [])

    init(numbers: [Int]) {
        self.numbers = numbers
        count = nil
        nextLink = nil
    }
}
