package import BailiffModel
import Logging

extension DefenderClient {
    /// Who saw these files: many files, of any kind of hash, in one query (one more per thousand hashes).
    ///
    /// - Parameter lookBack: Nil: the configured one. The service keeps 30 days.
    /// - Throws: `.forbidden` without the permission to hunt: go on with what the file calls tell.
    package func huntSightings(
        of hashes: [FileHash], lookBack: Duration? = nil, lane: DefenderLane = .enrichment
    ) async throws(DefenderError) -> DefenderList<HuntedSighting> {
        var rows: [SightingRow] = []
        var result = DefenderList<HuntedSighting>([])
        for batch in batches(of: Array(Set(hashes)).sorted()) {
            let answer = try await sightingRows(of: batch, lookBack: lookBack ?? configuration.lookBack, lane: lane)
            if answer.count >= HuntingQuery.rowLimit { result.cut = .rowLimit }
            // Rows without a device are evidence that no machine can be derived from.
            rows += answer.compactMap { SightingRow($0) }
        }
        result.elements = SightingRows(rows).sightings()
        return result
    }

    /// What hunting knows of these devices: kind, merged records, tags.
    package func huntDevices(
        _ ids: [MachineID], lane: DefenderLane = .enrichment
    ) async throws(DefenderError) -> DefenderList<HuntedDevice> {
        var result = DefenderList<HuntedDevice>([])
        for batch in batches(of: Array(Set(ids)).sorted()) {
            let rows = try await hunt(HuntingQuery.devices(batch), lane: lane)
            for row in rows {
                if let device = HuntedDevice(row) { result.elements.append(device) } else { result.unreadable += 1 }
            }
        }
        return result
    }

    /// The latest event about any of these files on each of these machines, for alerts made from it. One query per thousand
    /// machines.
    ///
    /// - Parameter hashes: Of one file; at most a thousand.
    /// - Returns: Nothing for a machine whose events name none of the hashes.
    package func events(
        of hashes: [FileHash], on machines: [MachineID], lane: DefenderLane = .containment
    ) async throws(DefenderError) -> DefenderList<EventReference> {
        guard hashes.count <= HuntingQuery.batch else {
            throw DefenderError(.invalidInput, acceptance: .surelyNot, api: .hunting)
        }
        var result = DefenderList<EventReference>([])
        guard !hashes.isEmpty else { return result }
        for batch in batches(of: Array(Set(machines)).sorted()) {
            let query = HuntingQuery.latestEvents(of: Array(Set(hashes)).sorted(), on: batch)
            for row in try await hunt(query, lane: lane) {
                if let event = EventReference(row) { result.elements.append(event) } else { result.unreadable += 1 }
            }
        }
        return result
    }

    /// The rich query, and the plain one where the tenant lacks a table or column that the rich one names.
    private func sightingRows(
        of hashes: [FileHash], lookBack: Duration, lane: DefenderLane
    ) async throws(DefenderError) -> [JSONValue] {
        if huntingForm.withLock({ $0.isRich }) {
            do throws(DefenderError) {
                return try await hunt(
                    HuntingQuery.sightings(of: hashes, lookBack: lookBack, isRich: true), lane: lane)
            } catch {
                guard error.code == .badRequest, error.status == 400 else { throw error }
                logger.notice(
                    "this tenant refuses the full hunting query; going on with the plain one",
                    metadata: ["cause": "\(error)"])
            }
            let rows = try await hunt(
                HuntingQuery.sightings(of: hashes, lookBack: lookBack, isRich: false), lane: lane)
            huntingForm.withLock { $0.isRich = false }
            return rows
        }
        return try await hunt(HuntingQuery.sightings(of: hashes, lookBack: lookBack, isRich: false), lane: lane)
    }

    /// Runs one query by the first configured service that permits it.
    private func hunt(_ query: String, lane: DefenderLane) async throws(DefenderError) -> [JSONValue] {
        var refusal: DefenderError?
        for service in configuration.hunting {
            do throws(DefenderError) {
                return try await hunt(query, by: service, lane: lane)
            } catch {
                switch error.code {
                case .forbidden, .disabledFeature, .notFound, .tokenRefused: refusal = refusal ?? error
                default: throw error
                }
            }
        }
        throw refusal ?? DefenderError(.forbidden, acceptance: .surelyNot, api: .hunting)
    }

    private func hunt(
        _ query: String, by service: DefenderConfiguration.Hunting, lane: DefenderLane
    ) async throws(DefenderError) -> [JSONValue] {
        let api = service.api
        let path =
            switch service {
            case .graph: "/v1.0/security/runHuntingQuery"
            case .defenderXDR: "/advancedhunting/run"
            case .defender: "/advancedqueries/run"
            }
        let answer = try await read(
            DefenderCall(
                api, path: path, body: ["Query": .string(query)], lane: lane, limits: configuration.huntingLimits))
        guard let rows = answer.field("results")?.array else {
            throw DefenderError(.malformedReply, acceptance: .possibly, api: api)
        }
        return rows
    }

    private func batches<Element>(of elements: [Element]) -> [[Element]] {
        stride(from: 0, to: elements.count, by: HuntingQuery.batch).map {
            Array(elements[$0..<min($0 + HuntingQuery.batch, elements.count)])
        }
    }
}
