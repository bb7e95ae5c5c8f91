import BailiffModel

extension World {
    func readMachines(_ exchange: Exchange) throws(APIError) -> Answer {
        switch exchange.route.endpoint {
        case .machines: return try machinePage(exchange, candidates: nil)
        case .machine:
            let index = try machineIndexOrName(exchange)
            return .ready(
                reply(context: "Machines/$entity") { fleet.write(index, to: &$0, now: exchange.now, context: $1) })
        case .machineUsers: return .ready(users(of: try machineIndexOrName(exchange), exchange))
        case .machineAlerts:
            return try alertPage(exchange, candidates: alerts.numbers(machine: try machineIndexOrName(exchange)))
        default: return try machinesByIP(exchange)
        }
    }

    private func machineIndexOrName(_ exchange: Exchange) throws(APIError) -> Int {
        guard let index = fleet.index(idOrName: exchange.route.id, now: exchange.now) else {
            throw .unknownMachine(exchange.route.id)
        }
        return index
    }

    /// - Parameter candidates: Numbers of machines; nil for the whole fleet.
    func machinePage(_ exchange: Exchange, candidates: [Int]?) throws(APIError) -> Answer {
        let query = try ODataQuery(exchange.request, properties: Fleet.properties)
        let (fleet, options, now, link) = (fleet, options, exchange.now, link(exchange))
        let wanted = query.filter?.required(Fleet.idProperty).map { ids in ids.compactMap { fleet.index(id: $0) } }
        return .sized((wanted ?? candidates)?.count) {
            let value = { (index: Int, property: Int) in fleet.value(property, of: index, now: now) }
            let page =
                if let known = wanted ?? candidates {
                    ODataPage(
                        query, candidates: candidates.map { all in known.filter(Set(all).contains) } ?? known,
                        options: options, link: link, value: value)
                } else {
                    ODataPage(query, candidates: 0..<fleet.count, options: options, link: link, value: value)
                }
            let reply = World.reply(page, context: "Machines", style: options.bodies, capacity: 1_300) {
                fleet.write($1, to: &$0, now: now)
            }
            return Answer.Finished(reply: reply)
        }
    }

    private func users(of index: Int, _ exchange: Exchange) -> Reply {
        let machine = fleet[index]
        var writer = WireWriter(options.bodies)
        writer.object { writer in
            writer.context("Users", style: options.bodies)
            writer.field("value") { writer in
                writer.array { writer in
                    for user in machine.loggedOnUsers {
                        writer.object { writer in
                            writer.field("id", "harbour\\\(user)")
                            writer.field("accountName", user)
                            writer.field("accountDomain", "harbour")
                            writer.field("firstSeen", fleet.firstSeen(index))
                            writer.field("lastSeen", fleet.lastSeen(index, now: exchange.now))
                            writer.field("logonTypes", "Interactive")
                            writer.field("isDomainAdmin", false)
                            writer.field("isOnlyNetworkUser", false)
                        }
                    }
                }
            }
        }
        return .json(writer.bytes)
    }

    /// Machines that had the address within a quarter of an hour of the time.
    private func machinesByIP(_ exchange: Exchange) throws(APIError) -> Answer {
        let arguments = exchange.route.arguments
        guard let address = arguments.first(where: { Route.lowercased($0.name) == "ip" })?.value, !address.isEmpty,
            let text = arguments.first(where: { Route.lowercased($0.name) == "timestamp" })?.value,
            let time = WireTime.parse(text)
        else { throw .invalidInput("findbyip takes an address and a time stamp.") }
        guard exchange.now - time <= .seconds(30 * 86_400) else {
            throw APIError(400, "BadRequest", "The time stamp must be within the past 30 days.")
        }
        let (fleet, now) = (fleet, exchange.now)
        let found = (0..<fleet.count).filter { index in
            let machine = fleet[index]
            let has = machine.lastIPAddress == address || machine.ipAddresses.contains { $0.address == address }
            return has && fleet.firstSeen(index) <= time + .seconds(900)
                && time <= fleet.lastSeen(index, now: now) + .seconds(86_400 + 900)
        }
        guard !found.isEmpty else { throw .notFound("No machine with address \(address) was found") }
        return try machinePage(exchange, candidates: found)
    }
}
