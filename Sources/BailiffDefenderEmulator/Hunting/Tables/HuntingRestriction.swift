import BailiffModel

/// What the conditions of a query leave of a table at most: numbers of machines, sightings or alerts, from the indexes
/// over hashes and device ids. Nil means everything. The conditions themselves are checked row by row all the same.
struct HuntingRestriction {
    private(set) var machines: [Int]?
    private(set) var sightings: [Int]?
    private(set) var alerts: [Int]?

    init(_ hints: [KQLExpression], schema: [KQLColumn], data: HuntingData, table: HuntingTable) {
        let finder = Finder(schema: schema, data: data, table: table)
        var best: Set<Int>?
        for hint in hints {
            guard let found = finder.numbers(hint), found.count < best?.count ?? .max else { continue }
            best = found
        }
        let numbers = best.map { $0.sorted() }
        switch table {
        case .deviceInfo: machines = numbers
        case .alertEvidence, .alertInfo: alerts = numbers
        default: sightings = numbers
        }
    }

    private struct Finder {
        let schema: [KQLColumn]
        let data: HuntingData
        let table: HuntingTable

        /// Rows that can fulfil the condition; nil where no index tells.
        func numbers(_ condition: KQLExpression) -> Set<Int>? {
            switch condition {
            case .literal(let value): return value.isTrue ? nil : []
            case .binary(.and, let left, let right):
                guard let one = numbers(left) else { return numbers(right) }
                guard let two = numbers(right) else { return one }
                return one.count < two.count ? one : two
            case .binary(.or, let left, let right):
                guard let one = numbers(left), let two = numbers(right) else { return nil }
                return one.union(two)
            case .binary(let verb, let left, let right) where verb == .equal || verb == .equalAnyCase:
                guard case .string(let text)? = left.comparedLiteral(with: right), !text.isEmpty else { return nil }
                return numbers(column(left) ?? column(right), [text])
            case .among(.column(let place), let set, _, isNegated: false):
                guard schema.indices.contains(place), !set.contains("") else { return nil }
                return numbers(schema[place].name, set)
            default: return nil
            }
        }

        private func column(_ expression: KQLExpression) -> String? {
            if case .column(let place) = expression, schema.indices.contains(place) { schema[place].name } else { nil }
        }

        private func numbers(_ column: String?, _ texts: Set<String>) -> Set<Int>? {
            switch column {
            case "SHA1": return of(files: texts.compactMap { data.catalog.index(sha1: $0) })
            case "SHA256": return of(files: texts.compactMap { data.catalog.index(sha256: $0) })
            case "MD5": return of(files: texts.flatMap { data.catalog.indexes(md5: $0) })
            case "DeviceId":
                return of(
                    machines: texts.compactMap {
                        data.fleet.index(id: Route.lowercased($0)) ?? data.fleet.index(id: $0)
                    })
            default: return nil
            }
        }

        private func of(files: [Int]) -> Set<Int>? {
            switch table {
            case .deviceInfo, .alertInfo: nil
            case .alertEvidence: Set(files.flatMap { data.alertsByFile[$0] ?? [] })
            default: Set(files.flatMap { data.sightings.numbers(file: $0).map { Int($0) } })
            }
        }

        private func of(machines: [Int]) -> Set<Int>? {
            switch table {
            case .deviceInfo: Set(machines)
            case .alertInfo, .alertEvidence: nil
            default: Set(machines.flatMap { data.sightings.numbers(machine: $0).map { Int($0) } })
            }
        }
    }
}
