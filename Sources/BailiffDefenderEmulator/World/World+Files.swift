import BailiffModel

extension World {
    func files(_ exchange: Exchange) throws(APIError) -> Answer {
        let id = exchange.route.id
        switch exchange.route.endpoint {
        case .file: return .ready(try file(id))
        case .fileStats: return .ready(try fileStatistics(id, exchange))
        case .fileMachines:
            let numbers = try sha1(id).map { sightings.machines(file: $0) } ?? []
            return try machinePage(exchange, candidates: numbers)
        default:
            let numbers = try sha1(id).map { alerts.numbers(file: $0) } ?? []
            return try alertPage(exchange, candidates: numbers)
        }
    }

    /// By SHA-1 or SHA-256; MD5 is documented nowhere.
    private func known(_ hash: String) throws(APIError) -> EmulatorTenant.File {
        let index: Int?
        if FileCatalog.isHash(hash, digits: 40) {
            index = catalog.index(sha1: hash)
        } else if FileCatalog.isHash(hash, digits: 64) {
            index = catalog.index(sha256: hash)
        } else {
            throw .invalidHash(hash)
        }
        guard let index, catalog[index].isKnownToFilesAPI else { throw .notFound("File \(hash) was not found") }
        return catalog[index]
    }

    /// Only SHA-1; nil for one nobody has seen.
    private func sha1(_ hash: String) throws(APIError) -> Int? {
        guard FileCatalog.isHash(hash, digits: 40) else { throw .invalidHash(hash) }
        return catalog.index(sha1: hash)
    }

    private func file(_ hash: String) throws(APIError) -> Reply {
        let file = try known(hash)
        return reply(context: "Files/$entity") { catalog.write(file, to: &$0, start: start, context: $1) }
    }

    private func fileStatistics(_ hash: String, _ exchange: Exchange) throws(APIError) -> Reply {
        let file = try known(hash)
        let hours = try lookBack(exchange)
        let since = exchange.now - .seconds(hours * 3_600)
        var statistics = FileCatalog.Statistics()
        var machines: Set<Int32> = []
        for number in catalog.index(sha1: file.sha1).map({ sightings.numbers(file: $0) }) ?? [] {
            let entry = sightings.entries[Int(number)]
            guard entry.last >= since, entry.last <= exchange.now else { continue }
            machines.insert(entry.machine)
            statistics.first = min(statistics.first ?? entry.first, entry.first)
            statistics.last = max(statistics.last ?? entry.last, entry.last)
        }
        statistics.machines = machines.count
        return reply(context: "microsoft.windowsDefenderATP.api.InOrgFileStats") { writer, context in
            catalog.writeStatistics(file, statistics, to: &writer, start: start, context: context)
        }
    }

    /// 1 to 720 hours, 720 without a word.
    private func lookBack(_ exchange: Exchange) throws(APIError) -> Int64 {
        let parameters = exchange.request.parameters() ?? []
        guard let text = parameters.first(where: { Route.lowercased($0.name) == "lookbackhours" })?.value else {
            return 720
        }
        guard let hours = Int64(text), (1...720).contains(hours) else {
            throw .invalidInput("lookBackHours must be between 1 and 720.")
        }
        return hours
    }
}
