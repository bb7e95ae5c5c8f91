import BailiffModel

extension World {
    /// What an order's body says, checked.
    private struct Order {
        var kind: MachineAction.Kind
        var comment: String
        var scope: String?
        var sha1: String?
        var commands: [LiveResponseCommand] = []
    }

    /// Places a machine action: 201 with it.
    mutating func order(_ exchange: inout Exchange) throws(APIError) -> Reply {
        guard let kind = exchange.route.endpoint.action else { throw .unknownURL }
        let machine = try machineIndex(exchange.route.id)
        let order = try readOrder(kind, exchange.request)
        try check(order, on: machine, at: exchange.now)
        if let active = actions.active(kind, machine: machine, sha1: order.sha1, at: exchange.now) {
            switch (kind, options.repeatedAction) {
            case (.collectInvestigationPackage, _), (.liveResponse, _), (_, .badRequest): throw .alreadyActive
            case (_, .returnsExisting):
                exchange.actionID = active.id
                return reply(status: 201, context: "MachineActions/$entity") {
                    active.write(to: &$0, at: exchange.now, context: $1)
                }
            case (_, .startsAnother): break
            }
        }
        let action = place(order, on: machine, exchange)
        if exchange.fault == .actionDoubled { place(order, on: machine, exchange) }
        exchange.actionID = action.id
        exchange.isActionTaken = true
        return reply(status: 201, context: "MachineActions/$entity") {
            action.write(to: &$0, at: exchange.now, shown: .pending, context: $1)
        }
    }

    private static let scopes: Set<String> = ["Full", "Selective", "UnManagedDevice"]

    private func readOrder(_ kind: MachineAction.Kind, _ request: IncomingRequest) throws(APIError) -> Order {
        let body = try RequestBody(request)
        switch kind {
        case .isolate: try body.allow(["Comment", "IsolationType"])
        case .runAntiVirusScan: try body.allow(["Comment", "ScanType"])
        case .stopAndQuarantineFile: try body.allow(["Comment", "Sha1"])
        case .liveResponse: try body.allow(["Comment", "Commands"])
        default: try body.allow(["Comment"])
        }
        var order = Order(kind: kind, comment: try body.required("Comment"))
        switch kind {
        case .isolate:
            let scope = try body.text("IsolationType") ?? "Full"
            guard World.scopes.contains(scope) else {
                throw .invalidInput("The isolation type '\(scope)' is not valid.")
            }
            order.scope = scope
        case .runAntiVirusScan:
            let scope = try body.required("ScanType")
            guard scope == "Quick" || scope == "Full" else {
                throw .invalidInput("The scan type '\(scope)' is not valid.")
            }
            order.scope = scope
        case .stopAndQuarantineFile:
            let hash = try body.required("Sha1")
            guard FileCatalog.isHash(hash, digits: 40) else { throw .invalidHash(hash) }
            order.sha1 = Route.lowercased(hash)
        case .liveResponse: order.commands = try LiveResponseCommand.read(body)
        default: break
        }
        return order
    }

    private func check(_ order: Order, on index: Int, at now: Timestamp) throws(APIError) {
        let machine = fleet[index]
        let isManaged = machine.onboardingStatus == "Onboarded" && !offboarded.contains(index)
        if order.scope == "UnManagedDevice" {
            guard !isManaged else { throw .invalidInput("Machine \(machine.id) is managed: it cannot be contained.") }
            return
        }
        guard isManaged else {
            throw APIError(403, "DisallowedOperation", "Machine \(machine.id) is not onboarded.")
        }
        try PlatformMatrix.check(order.kind, scope: order.scope, on: machine)
        if order.kind == .liveResponse, actions.activeSessions(at: now) >= 25 {
            throw APIError(429, "TooManyRequests", "The number of live response sessions exceeds the limit of 25.")
        }
        guard let sha1 = order.sha1 else { return }
        let file = catalog.index(sha1: sha1)
        let entry = file.flatMap { sightings.entry(machine: index, file: $0) }
        // Only what was seen within the last 30 days can be quarantined.
        guard let entry, now - sightings.entries[entry].last <= .seconds(30 * 86_400) else {
            throw .notFound("Sha1 \(sha1) was not found in machine \(machine.id)")
        }
    }

    @discardableResult
    private mutating func place(_ order: Order, on index: Int, _ exchange: Exchange) -> MachineAction {
        let (now, progress, machine) = (exchange.now, options.progress, fleet[index])
        let late = exchange.fault == .completesLate ? faults.delay : .zero
        let isStuck = exchange.fault == .stuckPending
        let isTaken = !isStuck && !fleet.isAway(index)
        let starts = now + progress.pending
        let action = MachineAction(
            id: random.guid(), kind: order.kind, machine: index, machineID: machine.id, computerName: machine.name,
            requestor: exchange.applicationName, comment: order.comment, created: now, scope: order.scope,
            sha1: order.sha1, commands: order.commands,
            listedFrom: exchange.fault == .listedLate ? now + faults.delay : now, starts: isTaken ? starts : nil,
            ends: isTaken ? starts + progress.inProgress + late : now + options.offlineTimeout,
            outcome: isTaken ? outcome(of: order, exchange.fault) : (.timeOut, MachineAction.timeOutResult),
            isStuck: isStuck)
        actions.add(action)
        return action
    }

    /// Agents refuse to quarantine what Microsoft or a trusted publisher has signed.
    private func outcome(
        of order: Order, _ fault: EmulatorFault?
    ) -> (status: MachineAction.Status, result: Int) {
        if fault == .actionFails { return (.failed, MachineAction.failedResult) }
        if let sha1 = order.sha1, let file = catalog.index(sha1: sha1), catalog[file].isTrusted {
            return (.failed, MachineAction.deniedResult)
        }
        return (.succeeded, 0)
    }
}

extension LiveResponseCommand {
    /// The commands of a session: PutFile, then RunScript, then GetFile.
    static func read(_ body: RequestBody) throws(APIError) -> [LiveResponseCommand] {
        guard let objects = try body.objects("Commands"), !objects.isEmpty else { throw .missing("Commands") }
        guard objects.count <= 10 else { throw .batch(objects.count, 10) }
        var commands: [LiveResponseCommand] = []
        for object in objects {
            let command = RequestBody(object)
            try command.allow(["type", "params"])
            let name = try command.required("type")
            guard let kind = Kind(rawValue: name) else { throw .invalidInput("The command '\(name)' is not valid.") }
            var parameters: [(key: String, value: String)] = []
            for parameter in try command.objects("params") ?? [] {
                let pair = RequestBody(parameter)
                try pair.allow(["key", "value"])
                parameters.append((try pair.required("key"), try pair.text("value") ?? ""))
            }
            commands.append(LiveResponseCommand(kind: kind, parameters: parameters))
        }
        let places = commands.compactMap { Kind.allCases.firstIndex(of: $0.kind) }
        guard places == places.sorted() else {
            throw .invalidInput("Commands must be in the order PutFile, RunScript, GetFile.")
        }
        return commands
    }
}
