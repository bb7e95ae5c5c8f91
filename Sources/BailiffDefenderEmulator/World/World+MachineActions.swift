import BailiffModel

extension World {
    mutating func machineActions(_ exchange: inout Exchange) throws(APIError) -> Answer {
        switch exchange.route.endpoint {
        case .machineActions: try actionPage(exchange)
        case .machineAction: .ready(actionReply(try action(exchange), exchange))
        case .cancelMachineAction: .ready(try cancel(&exchange))
        case .packageLink: .ready(try packageLink(exchange))
        default: .ready(try liveResponseLink(exchange))
        }
    }

    private func action(_ exchange: Exchange) throws(APIError) -> MachineAction {
        guard let action = actions[id: exchange.route.id] else {
            throw .notFound("Machine action \(exchange.route.id) was not found")
        }
        return action
    }

    private func actionReply(_ action: MachineAction, _ exchange: Exchange) -> Reply {
        reply(context: "MachineActions/$entity") { action.write(to: &$0, at: exchange.now, context: $1) }
    }

    /// Newest first.
    private func actionPage(_ exchange: Exchange) throws(APIError) -> Answer {
        let query = try ODataQuery(exchange.request, properties: MachineAction.properties)
        let (actions, fleet, options, now, link) = (actions, fleet, options, exchange.now, link(exchange))
        let known: [Int]? =
            if let ids = query.filter?.required(MachineAction.idProperty) {
                ids.compactMap { actions.number(id: $0) }
            } else if let machines = query.filter?.required(MachineAction.machineProperty) {
                Set(machines.compactMap { fleet.index(id: $0) }).flatMap { actions.numbers(machine: $0) }.sorted()
            } else {
                nil
            }
        return .sized(known?.count) {
            let numbers = known ?? Array(actions.actions.indices)
            let listed = numbers.reversed().filter { actions.actions[$0].listedFrom <= now }
            let page = ODataPage(
                query, candidates: listed, options: options, link: link,
                value: { actions.actions[$0].value($1, at: now) })
            let reply = World.reply(page, context: "MachineActions", style: options.bodies, capacity: 800) {
                actions.actions[$1].write(to: &$0, at: now)
            }
            return Answer.Finished(reply: reply)
        }
    }

    /// Only what has not ended can be cancelled.
    private mutating func cancel(_ exchange: inout Exchange) throws(APIError) -> Reply {
        let found = try action(exchange)
        exchange.machineID = found.machineID
        exchange.actionID = found.id
        let body = try RequestBody(exchange.request)
        try body.allow(["Comment"])
        let comment = try body.text("Comment") ?? ""
        guard !found.status(at: exchange.now).isFinal, let number = actions.number(id: found.id) else {
            throw APIError(400, "BadRequest", "Machine action \(found.id) has ended and cannot be cancelled.")
        }
        actions.cancel(
            number,
            MachineAction.Cancellation(requestor: exchange.applicationName, comment: comment, time: exchange.now))
        exchange.isActionTaken = true
        return actionReply(actions.actions[number], exchange)
    }

    /// The value holds quotation marks of its own.
    private func packageLink(_ exchange: Exchange) throws(APIError) -> Reply {
        let action = try action(exchange)
        guard action.kind == .collectInvestigationPackage, action.status(at: exchange.now) == .succeeded else {
            throw .notFound("The package of machine action \(action.id) was not found")
        }
        let target = "\(url)/emulator/packages/\(action.id).zip?token=\(SplitMix64.hash(action.id))"
        return text("\"\(target)\"")
    }

    private func liveResponseLink(_ exchange: Exchange) throws(APIError) -> Reply {
        let action = try action(exchange)
        guard let text = exchange.route.arguments.first(where: { Route.lowercased($0.name) == "index" })?.value,
            let index = Int(text)
        else { throw .invalidInput("The index of a command is needed.") }
        guard action.kind == .liveResponse, action.commands.indices.contains(index),
            action.status(at: exchange.now) == .succeeded
        else { throw .notFound("The result \(index) of machine action \(action.id) was not found") }
        let expires = WireTime.text(exchange.now + .seconds(1_800), digits: 0)
        return self.text("\(url)/emulator/results/\(action.id)/\(index)?se=\(expires)&sp=r&sig=\(exchange.correlation)")
    }

    private func text(_ value: String) -> Reply {
        var writer = WireWriter(options.bodies)
        writer.object { writer in
            writer.context("Edm.String", style: options.bodies)
            writer.field("value", value)
        }
        return .json(writer.bytes)
    }
}
