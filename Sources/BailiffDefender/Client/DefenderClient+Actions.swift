package import BailiffModel

/// How far a machine is cut off.
package enum IsolationType: String, Sendable, Hashable, CaseIterable {
    case full = "Full"
    /// Outlook, Teams and Skype stay; not on Linux.
    case selective = "Selective"
}

package enum ScanType: String, Sendable, Hashable, CaseIterable { case quick = "Quick", full = "Full" }

package enum TagChange: String, Sendable, Hashable, CaseIterable { case add = "Add", remove = "Remove" }

/// Orders to one machine. Each posts once per call.
///
/// - `comment` is required by the service and kept with the action: put your own id at its front and the action can be
///   found again.
/// - Errors: `acceptance` says whether the order may have been taken. After `.possibly` look before doing anything else.
///   `.throttled` with `retryAfter` and without `status` comes from our own count. `isNotSupported`: the platform or the
///   agent can't. `.alreadyInProgress`: look, and adopt what is pending. `.notFound`: no such machine, or for
///   ``stopAndQuarantine(_:sha1:comment:permit:)`` no such file on it.
/// - `permit`: from ``DefenderQuotas/permit(for:lane:patience:)``, to wait for the quota *before* the intent is committed.
///   Without one the call takes what is free or throws `.throttled`.
extension DefenderClient {
    package func isolate(
        _ id: MachineID, type: IsolationType, comment: String, permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> MachineAction {
        try await order(
            .isolate, "isolate", on: id, comment: comment, with: ["IsolationType": .string(type.rawValue)], permit)
    }

    package func release(
        _ id: MachineID, comment: String, permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> MachineAction {
        try await order(.release, "unisolate", on: id, comment: comment, permit)
    }

    /// - Parameter sha1: The only hash the service takes here.
    package func stopAndQuarantine(
        _ id: MachineID, sha1: FileHash, comment: String, permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> MachineAction {
        guard sha1.algorithm == .sha1 else {
            throw DefenderError(.invalidInput, acceptance: .surelyNot, api: .stopAndQuarantine)
        }
        return try await order(
            .stopAndQuarantine, "StopAndQuarantineFile", on: id, comment: comment, with: ["Sha1": .string(sha1.hex)],
            permit)
    }

    package func runAntiVirusScan(
        _ id: MachineID, type: ScanType, comment: String, permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> MachineAction {
        try await order(
            .antivirusScan, "runAntiVirusScan", on: id, comment: comment, with: ["ScanType": .string(type.rawValue)],
            permit)
    }

    package func restrictApps(
        _ id: MachineID, comment: String, permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> MachineAction {
        try await order(.restrictApps, "restrictCodeExecution", on: id, comment: comment, permit)
    }

    package func unrestrictApps(
        _ id: MachineID, comment: String, permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> MachineAction {
        try await order(.unrestrictApps, "unrestrictCodeExecution", on: id, comment: comment, permit)
    }

    package func collectPackage(
        _ id: MachineID, comment: String, permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> MachineAction {
        try await order(.collectPackage, "collectInvestigationPackage", on: id, comment: comment, permit)
    }

    /// Starts an automated investigation; 50 an hour.
    package func startInvestigation(
        _ id: MachineID, comment: String, permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> Investigation {
        let body = try await post(
            .startInvestigation, DefenderCall.path("machines", id.text, "startInvestigation"), comment: comment,
            with: [:], permit)
        guard let investigation = Investigation(body), isAnswer(about: investigation.machineID, to: id) else {
            throw unreadable(.startInvestigation)
        }
        return investigation
    }

    /// Cancels an action that has not ended.
    /// - Returns: The action; its status may not have changed yet.
    package func cancel(
        action id: String, comment: String, permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> MachineAction {
        let body = try await post(
            .cancelAction, DefenderCall.path("machineactions", id, "cancel"), comment: comment, with: [:], permit)
        guard let action = MachineAction(body) else { throw unreadable(.cancelAction) }
        return action
    }

    /// Adds or removes one tag. The answer comes at once, there is nothing to poll; repeating it changes nothing more.
    /// - Returns: The machine as it is afterwards.
    package func setTag(
        _ tag: String, _ change: TagChange, on id: MachineID, permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> Machine {
        guard !tag.isEmpty else { throw DefenderError(.invalidInput, acceptance: .surelyNot, api: .tag) }
        let call = DefenderCall(
            .tag, path: DefenderCall.path("machines", id.text, "tags"),
            body: ["Value": .string(tag), "Action": .string(change.rawValue)], lane: .containment)
        guard let machine = Machine(defender: try await act(call, permit: permit)), isAnswer(about: machine.id, to: id)
        else { throw unreadable(.tag) }
        return machine
    }

    /// Adds or removes one tag on up to 500 machines with one call.
    package func setTag(
        _ tag: String, _ change: TagChange, on ids: [MachineID], permit: QuotaPermit? = nil
    ) async throws(DefenderError) {
        guard !tag.isEmpty, (1...500).contains(ids.count) else {
            throw DefenderError(.invalidInput, acceptance: .surelyNot, api: .tagMany)
        }
        let call = DefenderCall(
            .tagMany, path: "/machines/AddOrRemoveTagForMultipleMachines",
            body: [
                "Value": .string(tag), "Action": .string(change.rawValue),
                "MachineIds": .array(ids.map { .string($0.text) }),
            ], lane: .containment)
        _ = try await act(call, permit: permit)
    }

    private func order(
        _ api: DefenderAPI, _ word: String, on id: MachineID, comment: String, with details: JSONObject = [:],
        _ permit: QuotaPermit?
    ) async throws(DefenderError) -> MachineAction {
        let body = try await post(
            api, DefenderCall.path("machines", id.text, word), comment: comment, with: details, permit)
        guard let action = MachineAction(body), isAnswer(about: action.machineID, to: id),
            action.type.isAnswer(to: api)
        else { throw unreadable(api) }
        return action
    }

    /// Whether an answer that names `named` can be the one to an order to `id`: one about another machine proves nothing,
    /// and following it would follow somebody else's action.
    private func isAnswer(about named: MachineID?, to id: MachineID) -> Bool {
        named.map { ASCII.equal($0.text, id.text) } ?? true
    }

    private func post(
        _ api: DefenderAPI, _ path: String?, comment: String, with details: JSONObject, _ permit: QuotaPermit?
    ) async throws(DefenderError) -> JSONValue {
        guard comment.utf8.contains(where: { $0 > 0x20 }) else {
            throw DefenderError(.invalidInput, acceptance: .surelyNot, api: api)
        }
        let body = JSONObject([JSONObject.Member("Comment", .string(comment))] + details.members)
        return try await act(
            DefenderCall(api, path: path, body: .object(body), lane: .containment), permit: permit)
    }

    /// A 2xx whose body is not what was promised: the order was taken, and has to be found by looking.
    func unreadable(_ api: DefenderAPI) -> DefenderError {
        DefenderError(.malformedReply, acceptance: .possibly, api: api)
    }
}
