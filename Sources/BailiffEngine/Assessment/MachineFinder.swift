import BailiffCore
package import BailiffModel

/// Finds the machines that saw a file: hashes to SHA-1, then the file's machines and hunting, then records collapsed.
///
/// What a source can't tell becomes a gap in the coverage, never a silence. Only an outage of every source is an error.
package struct MachineFinder: Sendable {
    private let threat: any ThreatService
    private let readsConcurrently: Bool

    package init(threat: any ThreatService, readsConcurrently: Bool) {
        self.threat = threat
        self.readsConcurrently = readsConcurrently
    }

    /// - Parameter hashes: All known hashes of one file, none of them trivial.
    package func find(_ hashes: [FileHash], lookBack: Duration, at now: Timestamp) async throws(ThreatError) -> Findings
    {
        var search = Search(hashes: hashes, lookBack: lookBack)
        if readsConcurrently {
            async let profile = profile(of: hashes)
            async let hunted = answer { () async throws(ThreatError) in
                try await threat.huntSightings(of: hashes, lookBack: lookBack)
            }
            // Where the SHA-1 is known already, nothing has to wait for its translation.
            let sha1 = hashes.only(.sha1)
            async let machines = machines(withFile: sha1)
            async let statistics = statistics(of: sha1)
            search.take(profile: await profile)
            search.take(hunted: await hunted)
            if let machines = await machines, let statistics = await statistics {
                search.take(machines: machines)
                search.take(statistics: statistics)
                if let outage = search.outage { throw outage }
                await completeRecords(&search)
                return search.findings(at: now)
            }
        } else {
            search.take(profile: await profile(of: hashes))
            search.take(
                hunted: await answer { () async throws(ThreatError) in
                    try await threat.huntSightings(of: hashes, lookBack: lookBack)
                })
        }
        await askForFile(&search)
        if let outage = search.outage { throw outage }
        await completeRecords(&search)
        return search.findings(at: now)
    }

    private func profile(of hashes: [FileHash]) async -> Result<FileProfile?, ThreatError> {
        // SHA-1 and SHA-256 are what the service takes; the strongest known is asked first.
        var last: Result<FileProfile?, ThreatError> = .success(nil)
        for hash in hashes where hash.algorithm != .md5 {
            last = await answer { () async throws(ThreatError) in try await threat.file(hash) }
            switch last {
            case .success(nil): continue
            default: return last
            }
        }
        return last
    }

    private func askForFile(_ search: inout Search) async {
        guard let sha1 = search.sha1 else { return search.noteUntranslatable() }
        if readsConcurrently {
            async let machines = machines(withFile: sha1)
            async let statistics = statistics(of: sha1)
            if let machines = await machines { search.take(machines: machines) }
            if let statistics = await statistics { search.take(statistics: statistics) }
        } else {
            if let machines = await machines(withFile: sha1) { search.take(machines: machines) }
            if let statistics = await statistics(of: sha1) { search.take(statistics: statistics) }
        }
    }

    /// Nil without a hash to ask for; the same below.
    private func machines(withFile sha1: FileHash?) async -> Result<[Machine], ThreatError>? {
        guard let sha1 else { return nil }
        return await answer { () async throws(ThreatError) in try await threat.machines(withFile: sha1) }
    }

    private func statistics(of sha1: FileHash?) async -> Result<FileStatistics?, ThreatError>? {
        guard let sha1 else { return nil }
        return await answer { () async throws(ThreatError) in try await threat.statistics(sha1: sha1) }
    }

    /// Records of machines that only hunting or a link named, and the kinds of all.
    private func completeRecords(_ search: inout Search) async {
        if search.huntingAnswers, !search.machineIDs.isEmpty {
            search.take(
                devices: await answer { () async throws(ThreatError) in try await threat.huntDevices(search.machineIDs)
                })
        }
        // A link may lead to a record that links on; a few rounds reach the live one.
        for _ in 0..<4 {
            let missing = search.missingRecords
            if missing.isEmpty { return }
            for id in missing {
                search.take(
                    record: await answer { () async throws(ThreatError) in try await threat.machine(id) }, of: id)
            }
        }
    }

    private func answer<Value: Sendable>(
        _ call: () async throws(ThreatError) -> Value
    ) async -> Result<Value, ThreatError> {
        do throws(ThreatError) { return .success(try await call()) } catch { return .failure(error) }
    }
}
