package import BailiffModel

extension DefenderClient {
    /// One machine by its id. One call.
    ///
    /// The service takes a computer name in the same place; an answer about another id than the one asked for is
    /// therefore no answer.
    package func machine(_ id: MachineID, lane: DefenderLane = .enrichment) async throws(DefenderError) -> Machine? {
        let call = DefenderCall(.machine, path: DefenderCall.path("machines", id.text), lane: lane)
        guard let machine = try await readIfThere(call).flatMap({ Machine(defender: $0) }),
            ASCII.equal(machine.id.text, id.text)
        else { return nil }
        return machine
    }

    /// All machines, or those that fulfil `filter`, page by page.
    package func machines(
        filter: ODataFilter? = nil, lane: DefenderLane = .enrichment
    ) async throws(DefenderError) -> DefenderList<Machine> {
        if filter?.canMatch == false { return DefenderList([]) }
        let call = DefenderCall(.machines, path: "/machines", query: filter?.query, lane: lane)
        return try await emptyIfNotThere(call, read: { Machine(defender: $0) }, id: \.id.text)
    }

    /// How many machines there are. One call that brings a single machine along.
    ///
    /// - Returns: Nil where the service does not say.
    package func machineCount(
        filter: ODataFilter? = nil, lane: DefenderLane = .enrichment
    ) async throws(DefenderError) -> Int? {
        if filter?.canMatch == false { return 0 }
        let query = "$count=true&$top=1" + (filter.map { "&" + $0.query } ?? "")
        let call = DefenderCall(.machines, path: "/machines", query: query, lane: lane)
        guard let body = try await readIfThere(call) else { return 0 }
        return body["@odata.count"]?.wholeNumber.flatMap { $0 >= 0 ? Int(exactly: $0) : nil }
    }
}
