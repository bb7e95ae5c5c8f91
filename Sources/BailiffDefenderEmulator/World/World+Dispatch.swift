import BailiffModel

extension World {
    /// The call itself, its caller known and allowed.
    mutating func handle(_ exchange: inout Exchange) throws(APIError) -> Answer {
        switch exchange.route.endpoint {
        case .file, .fileStats, .fileMachines, .fileAlerts: try files(exchange)
        case .machines, .machine, .machineUsers, .machineAlerts, .machinesByIP: try readMachines(exchange)
        case .tags, .tagsOfMany, .deviceValue, .updateMachine: .ready(try changeMachines(&exchange))
        case .isolate, .unisolate, .restrictCodeExecution, .unrestrictCodeExecution, .runAntiVirusScan,
            .collectInvestigationPackage, .stopAndQuarantineFile, .runLiveResponse, .offboard:
            .ready(try order(&exchange))
        case .startInvestigation: .ready(try investigate(&exchange))
        case .machineActions, .machineAction, .cancelMachineAction, .packageLink, .liveResponseLink:
            try machineActions(&exchange)
        case .investigations, .investigation: .ready(try investigations(exchange))
        case .alerts, .alertCount, .alert, .alertFiles, .alertMachine, .alertUser, .alertIPs, .alertDomains:
            try readAlerts(exchange)
        case .updateAlert, .updateAlerts, .createAlert: .ready(try changeAlerts(&exchange))
        case .indicators, .createIndicator, .importIndicators, .deleteIndicator, .deleteIndicators:
            .ready(try indicators(&exchange))
        case .advancedQuery, .advancedHunting, .graphHunting: try hunt(exchange)
        }
    }

    /// One entity as the whole body.
    func reply(status: Int = 200, context: String, _ write: (inout WireWriter, String?) -> Void) -> Reply {
        var writer = WireWriter(options.bodies)
        write(&writer, ODataContext.text(context, style: options.bodies))
        return .json(status: status, writer.bytes)
    }

    /// A page of a collection.
    static func reply(
        _ page: ODataPage, context: String, style: EmulatorOptions.BodyStyle, capacity: Int = 1024,
        _ write: (inout WireWriter, Int) -> Void
    ) -> Reply {
        var writer = WireWriter(style, capacity: min(64 * 1024 * 1024, 256 + page.numbers.count * capacity))
        writer.object { writer in
            writer.context(context, style: style)
            if let count = page.count { writer.field("@odata.count", count) }
            writer.field("value") { writer in
                writer.array { writer in
                    for number in page.numbers { write(&writer, number) }
                }
            }
            if let link = page.nextLink { writer.field("@odata.nextLink", link) }
        }
        return .json(writer.bytes)
    }

    /// Where a link to a further page of this call points.
    func link(_ exchange: Exchange) -> @Sendable (String) -> String {
        let (kind, url, path) = (options.nextLinks, url, exchange.request.path)
        return { query in
            switch kind {
            case .same, .looping: "\(url)\(path)?\(query)"
            case .regional: "https://api-eu3.securitycenter.windows.com\(World.regionalPath(path))?\(query)"
            case .malformed: "/api?\(query)/$metadata#"
            }
        }
    }

    /// Recorded links leave the version out, or put it in.
    private static func regionalPath(_ path: String) -> String {
        path.hasPrefix("/api/v1.0/") ? path : path.hasPrefix("/api/") ? "/api/v1.0/" + path.dropFirst(5) : path
    }

    func machineIndex(_ id: String) throws(APIError) -> Int {
        guard let index = fleet.index(id: id) else { throw .unknownMachine(id) }
        return index
    }
}
