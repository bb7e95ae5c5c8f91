package import BailiffModel

extension DefenderClient {
    /// What the service knows of a file. One call.
    ///
    /// - Parameter hash: SHA-1 or SHA-256; the service documents no way from an MD5.
    /// - Returns: Nil where the service does not know the file, and for an answer about another file: machines would be found
    ///   by its hashes.
    package func file(_ hash: FileHash, lane: DefenderLane = .enrichment) async throws(DefenderError) -> DefenderFile? {
        guard hash.algorithm != .md5 else {
            throw DefenderError(.invalidInput, acceptance: .surelyNot, api: .file)
        }
        let call = DefenderCall(.file, path: DefenderCall.path("files", hash.hex), lane: lane)
        guard let file = try await readIfThere(call).map({ DefenderFile($0) }) else { return nil }
        return file.hashes.all.contains { $0.algorithm == hash.algorithm && $0 != hash } ? nil : file
    }

    /// How common a file is in the organisation. One call.
    ///
    /// - Parameter lookBackHours: 1 to 720.
    /// - Returns: Nil where the service does not know the file.
    package func fileStatistics(
        sha1: FileHash, lookBackHours: Int = 720, lane: DefenderLane = .enrichment
    ) async throws(DefenderError) -> DefenderFileStatistics? {
        guard sha1.algorithm == .sha1 else {
            throw DefenderError(.invalidInput, acceptance: .surelyNot, api: .fileStatistics)
        }
        let call = DefenderCall(
            .fileStatistics, path: DefenderCall.path("files", sha1.hex, "stats"),
            query: "lookBackHours=\(min(max(1, lookBackHours), 720))", lane: lane)
        return try await readIfThere(call).map { DefenderFileStatistics($0) }
    }

    /// The machines that the service lists for a file. Empty for an unknown file: the service tells the two cases apart no
    /// better.
    ///
    /// - Parameter sha1: The service takes no other hash here.
    package func machines(
        withFile sha1: FileHash, lane: DefenderLane = .enrichment
    ) async throws(DefenderError) -> DefenderList<Machine> {
        guard sha1.algorithm == .sha1 else {
            throw DefenderError(.invalidInput, acceptance: .surelyNot, api: .fileMachines)
        }
        let call = DefenderCall(.fileMachines, path: DefenderCall.path("files", sha1.hex, "machines"), lane: lane)
        return try await emptyIfNotThere(call, read: { Machine(defender: $0) }, id: \.id.text)
    }

    /// The alerts that name a file. Empty for an unknown file.
    package func alerts(
        withFile sha1: FileHash, lane: DefenderLane = .enrichment
    ) async throws(DefenderError) -> DefenderList<DefenderAlert> {
        guard sha1.algorithm == .sha1 else {
            throw DefenderError(.invalidInput, acceptance: .surelyNot, api: .fileAlerts)
        }
        let call = DefenderCall(.fileAlerts, path: DefenderCall.path("files", sha1.hex, "alerts"), lane: lane)
        return try await emptyIfNotThere(call, read: { DefenderAlert($0) }, id: \.id)
    }

    /// Collections are documented to answer 404 at times where 200 with nothing in it would do.
    func emptyIfNotThere<Element: Sendable>(
        _ call: DefenderCall, read element: (JSONValue) -> Element?, id: (Element) -> String
    ) async throws(DefenderError) -> DefenderList<Element> {
        do throws(DefenderError) {
            return try await list(call, read: element, id: id)
        } catch {
            guard error.code == .notFound else { throw error }
            return DefenderList([])
        }
    }
}
