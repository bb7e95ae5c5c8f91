package import BailiffHTTPClient
package import BailiffModel

extension DefenderClient {
    /// One action by its id. One call.
    package func machineAction(
        _ id: String, lane: DefenderLane = .polling
    ) async throws(DefenderError) -> MachineAction? {
        let call = DefenderCall(.machineAction, path: DefenderCall.path("machineactions", id), lane: lane)
        return try await readIfThere(call).flatMap { MachineAction($0) }
    }

    /// All actions that fulfil `filter`, anyone's: a whole outbreak is polled with one call.
    ///
    /// The filter is only the net; match what you look for in your own code.
    package func machineActions(
        filter: ODataFilter?, lane: DefenderLane = .polling
    ) async throws(DefenderError) -> DefenderList<MachineAction> {
        if filter?.canMatch == false { return DefenderList([]) }
        let call = DefenderCall(.machineActions, path: "/machineactions", query: filter?.query, lane: lane)
        return try await emptyIfNotThere(call, read: { MachineAction($0) }, id: \.id)
    }

    /// The actions of one machine, newest last, in the lane of containment: the look before an order is sent.
    ///
    /// - Parameters:
    ///   - kinds: Empty: all.
    ///   - since: Actions created before are left out.
    package func machineActions(
        on id: MachineID, kinds: [MachineAction.Kind] = [], since: Timestamp? = nil, lane: DefenderLane = .containment
    ) async throws(DefenderError) -> DefenderList<MachineAction> {
        try await machineActions(on: [id], kinds: kinds, since: since, lane: lane)
    }

    /// As ``machineActions(on:kinds:since:lane:)-(MachineID,_,_,_)``, of several machines with one call; at most some thirty,
    /// since an address has an end.
    package func machineActions(
        on ids: [MachineID], kinds: [MachineAction.Kind] = [], since: Timestamp? = nil,
        lane: DefenderLane = .containment
    ) async throws(DefenderError) -> DefenderList<MachineAction> {
        var parts: [ODataFilter] =
            if let only = ids.first, ids.count == 1 {
                [.equal(.machineId, only.text)]
            } else {
                [.oneOf(.machineId, ids.map { .text($0.text) })]
            }
        if kinds.count == 1 { parts += kinds.map { .equal(.type, $0.word) } }
        if let since { parts.append(.greaterOrEqual(.creationDateTimeUtc, .time(since))) }
        var list = try await machineActions(filter: .and(parts), lane: lane)
        // A service that ignores part of a filter must not make other machines' actions look like this one's.
        list.elements = list.elements.filter { action in
            (action.machineID.map { named in ids.contains { ASCII.equal($0.text, named.text) } } ?? false)
                && (kinds.isEmpty || kinds.contains(action.type))
        }.sorted { ($0.createdAt ?? .distantPast, $0.id) < ($1.createdAt ?? .distantPast, $1.id) }
        return list
    }

    /// Where a collected package can be fetched: a link that is itself the authorisation, so treat it as a secret.
    ///
    /// - Returns: Nil while the action has not succeeded.
    package func packageLink(
        action id: String, lane: DefenderLane = .enrichment
    ) async throws(DefenderError) -> HTTPURL? {
        let call = DefenderCall(
            .packageLink, path: DefenderCall.path("machineactions", id, "getPackageUri"), lane: lane)
        guard let body = try await readIfThere(call) else { return nil }
        // The service puts a second pair of quotation marks around the link at times.
        let text = body["value"]?.string.map { $0.utf8.filter { $0 != 0x22 } }.map {
            String(decoding: $0, as: UTF8.self)
        }
        guard let link = text.flatMap({ HTTPURL(HTTPURL.repaired($0)) }) else {
            throw DefenderError(.malformedReply, acceptance: .possibly, api: .packageLink)
        }
        return link
    }

    /// One investigation, by its own id or by that of the alert that started it.
    package func investigation(
        _ id: String, lane: DefenderLane = .polling
    ) async throws(DefenderError) -> Investigation? {
        let call = DefenderCall(.investigation, path: DefenderCall.path("investigations", id), lane: lane)
        return try await readIfThere(call).flatMap { Investigation($0) }
    }

    package func investigations(
        filter: ODataFilter?, lane: DefenderLane = .polling
    ) async throws(DefenderError) -> DefenderList<Investigation> {
        if filter?.canMatch == false { return DefenderList([]) }
        let call = DefenderCall(.investigations, path: "/investigations", query: filter?.query, lane: lane)
        return try await emptyIfNotThere(call, read: { Investigation($0) }, id: \.id)
    }
}
