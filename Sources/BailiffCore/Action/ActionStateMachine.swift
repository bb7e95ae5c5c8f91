package import BailiffModel
package import BailiffPlaybook

extension Action {
    package enum Event: Hashable, Sendable {
        /// The steps it needs have got far enough.
        case needsMet
        /// A step it needs can no longer get there, or the machine's way was stopped.
        case needsFailed(String)
        /// A question that covers it was opened.
        case asked(policy: String, approval: PublicID)
        case granted(policy: String)
        /// `denied` or `expired`.
        case refusedByPeople(policy: String, Outcome, by: String)
        /// Nobody answered; another policy is asked instead.
        case escalated(policy: String, to: String)
        /// Further policies have to say yes before it may start: its ring asks.
        case gated([RequiredApproval])
        /// What was to be asked because of the breaker need not be asked any more.
        case lifted(because: String)
        /// Its place in the budget was reserved in this commit.
        case reserved
        /// The lane was free and is taken.
        case intend
        case looked(Look)
        /// A guard stopped it right before the send.
        case guardStopped(Outcome, GuardFinding)
        /// A guard or the breaker asks for people right before the send.
        case guardAsks([RequiredApproval])
        /// The last commit before the one request.
        case sending
        case accepted(ServiceAction)
        /// Surely not accepted: the request did not get there.
        case notAccepted(retryAt: Timestamp, String)
        /// The service answered that it does not take it now: 429, 401. Before the next send the order is looked for.
        case declined(retryAt: Timestamp, String)
        /// Refused for good.
        case refused(Outcome, String)
        /// The answer was lost, or the process died while sending.
        case lost(String)
        /// Reading found the order of the current intent.
        case found(ServiceAction)
        /// Reading did not find it. Counted; settled after the settle time.
        case notFound(settleTime: Duration, nextLook: Timestamp)
        /// The service's own state, with the later action that took the effect back, if any.
        case polled(ServiceAction, contradictedBy: ServiceAction?)
        case deadline
        /// Taken back before it was sent: `superseded`, `cancelled`.
        case withdrawn(Outcome, String)
        /// Taken back while the service has it and the machine has not taken it up.
        case recalled(Outcome, String)
        /// The machine has stayed away for the time the step says.
        case offline
        /// The effect's lease goes on until then.
        case renewed(until: Timestamp, by: String)
        /// The effect is gone: by our own order's public id or somebody else's service id.
        case takenBack(by: String)
        /// The effect was seen in the service's history to hold.
        case confirmed
    }

    package enum Effect: Hashable, Sendable {
        case record(EntryDraft)
        /// The action's job is due then.
        case wake(at: Timestamp)
        /// It waits for people: questions have to be opened.
        case ask
        /// The polling job has to run.
        case poll(at: Timestamp)
        case ended(Outcome)
        /// Its reserved place in the budget is given back: nothing was sent.
        case returnBudget
        /// The case wants the effect from now on, or no longer.
        case hold, unhold
        /// The lease ends then.
        case lease(at: Timestamp)
        /// The machine may stay away until then.
        case offline(at: Timestamp)
        /// The order has to be cancelled at the service.
        case cancelOrder
    }

    /// Applies one event. An event that does not fit the phase changes nothing and has no effects: it comes from a
    /// duplicate or a late job.
    package mutating func handle(_ event: Event, at now: Timestamp) -> [Effect] {
        if let effects = handleConsent(event, at: now) { return effects }
        switch (event, phase) {
        case (.needsMet, .planned):
            readyAt = now
            return settleConsent(at: now)
        case (.needsFailed(let reason), .planned), (.needsFailed(let reason), .asking),
            (.needsFailed(let reason), .ready):
            return end(.skipped, reason, at: now)
        case (.reserved, .ready):
            budget = .reserved
            return []
        case (.intend, .ready):
            return intend(at: now)
        case (.looked(let look), .intended):
            return apply(look, at: now)
        case (.guardStopped(let outcome, let finding), .intended), (.guardStopped(let outcome, let finding), .ready):
            return end(outcome, "guards.\(finding.id): \(finding.because)", at: now)
        case (.sending, .intended):
            phase = .sending
            sentAt = now
            return [record("action.sending", at: now)]
        case (.accepted(let order), .sending), (.found(let order), .unknown):
            return accept(order, wasLookedFor: phase == .unknown, at: now)
        case (.notAccepted(let retryAt, let reason), .sending):
            return takeBack(retryAt, reason, at: now)
        case (.declined(let retryAt, let reason), .sending):
            declinedAt = declinedAt ?? sentAt
            return takeBack(retryAt, reason, at: now)
        case (.refused(let outcome, let reason), .sending):
            return end(outcome, reason, at: now)
        case (.lost(let reason), .sending):
            phase = .unknown
            emptyLooks = 0
            note(reason)
            return [record("action.unknown", at: now, ["reason": .string(reason)]), .wake(at: now)]
        case (.notFound(let settleTime, let nextLook), .unknown):
            return settle(settleTime: settleTime, nextLook: nextLook, at: now)
        case (.polled(let order, let contradiction), .pending):
            return take(order, contradictedBy: contradiction, at: now)
        case (.deadline, .intended) where declinedAt != nil:
            return wasSent ? [] : withdrawOnceLookedFor(.expired, "deadline", at: now)
        case (.withdrawn(let outcome, let reason), .intended) where declinedAt != nil:
            return withdrawOnceLookedFor(outcome, reason, at: now)
        case (.deadline, .planned), (.deadline, .asking), (.deadline, .ready), (.deadline, .intended):
            return wasSent ? [] : end(.expired, "deadline", at: now)
        case (.withdrawn(let outcome, let reason), .planned), (.withdrawn(let outcome, let reason), .asking),
            (.withdrawn(let outcome, let reason), .ready), (.withdrawn(let outcome, let reason), .intended):
            return end(outcome, reason, at: now)
        case (.recalled(let outcome, let reason), .pending):
            return recall(outcome, reason, at: now)
        case (.offline, .pending):
            return stayedAway(at: now)
        default:
            return handleStanding(event, at: now)
        }
    }

    /// Events about people; nil for others.
    private mutating func handleConsent(_ event: Event, at now: Timestamp) -> [Effect]? {
        switch (event, phase) {
        case (.asked(let policy, let approval), .asking), (.asked(let policy, let approval), .pending):
            setConsent(policy) { $0.approval = approval }
            return []
        case (.granted(let policy), .asking), (.granted(let policy), .planned), (.granted(let policy), .ready):
            setConsent(policy) { $0.state = .granted }
            return phase == .asking ? settleConsent(at: now) : []
        case (.granted(let policy), .pending):
            return keepOffline(policy, at: now)
        case (.refusedByPeople(let policy, let outcome, let by), .asking),
            (.refusedByPeople(let policy, let outcome, let by), .planned),
            (.refusedByPeople(let policy, let outcome, let by), .ready):
            // An order that the service had already and that people do not want again was dropped.
            let ending = reissues > 0 && isWaitingForMachine(policy) ? Outcome.dropped : outcome
            return end(ending, Action.refusal(policy, outcome, by: by), at: now)
        case (.refusedByPeople(let policy, let outcome, let by), .pending):
            guard isWaitingForMachine(policy) else { return [] }
            return recall(.dropped, Action.refusal(policy, outcome, by: by), at: now)
        case (.escalated(let policy, let other), .asking), (.escalated(let policy, let other), .planned),
            (.escalated(let policy, let other), .ready), (.escalated(let policy, let other), .pending):
            return escalate(policy, to: other, at: now)
        case (.gated(let approvals), .planned):
            require(approvals)
            return [record("action.gated", at: now, ["policies": .array(approvals.map { .string($0.policy) })])]
        case (.lifted(let reason), .asking):
            for index in consents.indices where consents[index].state == .needed && consents[index].because == [reason]
            {
                consents[index].state = .granted
            }
            guard openConsents.isEmpty else { return [] }
            return [record("action.lifted", at: now, ["reason": .string(reason)])] + settleConsent(at: now)
        case (.guardAsks(let approvals), .intended), (.guardAsks(let approvals), .ready):
            return ask(approvals, at: now)
        default: return nil
        }
    }

    /// Events about a lasting effect.
    private mutating func handleStanding(_ event: Event, at now: Timestamp) -> [Effect] {
        guard isInForce else { return [] }
        switch event {
        case .renewed(let until, let by):
            leaseUntil = until
            return [
                record("lease.renewed", at: now, ["until": .string(until.rfc3339), "by": .string(by)]),
                .lease(at: until),
            ]
        case .takenBack(let by):
            standing = .takenBack(by: by, at: now)
            note("taken back by \(by)")
            return [record("action.taken_back", at: now, ["by": .string(by)]), .unhold]
        case .confirmed:
            lastConfirmedAt = now
            return [record("action.confirmed", at: now)]
        default: return []
        }
    }

    // MARK: - Ways

    private mutating func settleConsent(at now: Timestamp) -> [Effect] {
        guard openConsents.isEmpty else {
            let isNew = phase != .asking
            phase = .asking
            return isNew ? [.ask] : []
        }
        phase = .ready
        if budget == .afterApproval { budget = .waitsForRoom }
        return [.wake(at: now)]
    }

    private mutating func require(_ approvals: [RequiredApproval]) {
        for approval in approvals
        where !consents.contains(where: { $0.policy == approval.policy && $0.state == .needed }) {
            // An earlier answer of the same policy was about other reasons.
            consents.removeAll { $0.policy == approval.policy }
            consents.append(Consent(policy: approval.policy, because: approval.because, group: approval.group))
        }
    }

    private mutating func escalate(_ policy: String, to other: String, at now: Timestamp) -> [Effect] {
        guard let index = consents.firstIndex(where: { $0.policy == policy && $0.state == .needed }) else { return [] }
        var consent = consents.remove(at: index)
        consent.policy = other
        consent.approval = nil
        if !consents.contains(where: { $0.policy == other }) { consents.append(consent) }
        let draft = record("action.escalated", at: now, ["from": .string(policy), "to": .string(other)])
        return phase == .asking && openConsents.isEmpty ? [draft] + settleConsent(at: now) : [draft, .ask]
    }

    private mutating func ask(_ approvals: [RequiredApproval], at now: Timestamp) -> [Effect] {
        require(approvals)
        guard !openConsents.isEmpty else { return [.wake(at: now)] }
        phase = .asking
        return [record("action.asks", at: now, ["policies": .array(openConsents.map { .string($0.policy) })]), .ask]
    }

    private mutating func intend(at now: Timestamp) -> [Effect] {
        phase = .intended
        intent += 1
        refusals = 0
        declinedAt = nil
        var fields: JSONObject = ["intent": .int(Int64(intent)), "step": .string(step)]
        if let sha1 { fields["sha1"] = .string(sha1.hex) }
        let intended = record("action.intended", at: now, fields)
        return kind.holds ? [intended, .hold] : [intended]
    }

    private mutating func takeBack(_ retryAt: Timestamp, _ reason: String, at now: Timestamp) -> [Effect] {
        phase = .intended
        sentAt = nil
        refusals += 1
        note(reason)
        return [record("action.not_accepted", at: now, ["reason": .string(reason)]), .wake(at: retryAt)]
    }

    /// The service may have taken it although it said that it had not: the next look tells.
    private mutating func withdrawOnceLookedFor(_ outcome: Outcome, _ reason: String, at now: Timestamp) -> [Effect] {
        guard withdrawing == nil else { return [] }
        withdrawing = outcome
        note(reason)
        return [record("action.recalled", at: now, ["reason": .string(reason)]), .wake(at: now + Action.declineSettle)]
    }

    private mutating func apply(_ look: Look, at now: Timestamp) -> [Effect] {
        switch look {
        case .ours(let order):
            sentAt = declinedAt ?? order.createdAt
            note("the service had taken it all the same: \(order.id)")
            return accept(order, wasLookedFor: true, at: now) + (withdrawing == nil ? [] : [.cancelOrder])
        case .wait: break
        default: if let withdrawing { return end(withdrawing, nil, at: now) }
        }
        switch look {
        case .clear, .ours: return []
        case .wait(let reason):
            note(reason)
            return []
        case .adopt(let order):
            isAdopted = true
            isForeign = !ActionComment.isOwn(order.comment)
            phase = .pending
            serviceID = order.id
            acceptedAt = now
            note("adopted \(order.id), ordered at \(order.createdAt.rfc3339)")
            return [record("action.adopted", at: now, ["service_id": .string(order.id)]), .poll(at: now)]
                + offlineWait(at: now)
        case .inEffect(let order):
            isAdopted = true
            isForeign = order.map { !ActionComment.isOwn($0.comment) } ?? false
            serviceID = order?.id
            lastConfirmedAt = now
            return end(.done, "already in effect", at: now)
        case .leave(let reason): return end(.skipped, reason, at: now)
        }
    }

    private mutating func accept(
        _ order: ServiceAction, wasLookedFor: Bool, at now: Timestamp
    ) -> [Effect] {
        phase = .pending
        serviceID = order.id
        acceptedAt = now
        refusals = 0
        let draft = record(
            wasLookedFor ? "action.found" : "action.accepted", at: now, ["service_id": .string(order.id)])
        // What takes effect with the answer has nothing to be polled for.
        if order.status == .succeeded, !order.isFollowed {
            lastConfirmedAt = now
            return [draft] + end(.done, nil, at: now)
        }
        return [draft, .poll(at: now)] + offlineWait(at: now)
    }

    private func offlineWait(at now: Timestamp) -> [Effect] {
        offline.map { [.offline(at: now + .seconds($0.waitSeconds))] } ?? []
    }

    /// The machine has stayed away for the time the step says; the service still tries.
    private mutating func stayedAway(at now: Timestamp) -> [Effect] {
        guard receivedAt == nil, withdrawing == nil, let offline else { return [] }
        let reason = "offline: the machine has not taken the order up"
        switch offline.then {
        case .reissue: return []
        case .drop: return recall(.dropped, reason, at: now)
        case .ask:
            guard let to = offline.to else { return recall(.dropped, reason, at: now) }
            isKeptOffline = false
            require([RequiredApproval(policy: to, because: [reason])])
            return [record("action.offline", at: now, ["asks": .string(to)]), .ask]
        }
    }

    private func isWaitingForMachine(_ policy: String) -> Bool {
        consents.contains { $0.policy == policy && $0.because.contains { $0.hasPrefix("offline:") } }
    }

    private mutating func keepOffline(_ policy: String, at now: Timestamp) -> [Effect] {
        guard isWaitingForMachine(policy) else { return [] }
        setConsent(policy) { $0.state = .granted }
        isKeptOffline = true
        return [record("action.kept", at: now, ["policy": .string(policy)])] + offlineWait(at: now)
    }

    private mutating func recall(_ outcome: Outcome, _ reason: String, at now: Timestamp) -> [Effect] {
        guard withdrawing == nil else { return [] }
        withdrawing = outcome
        note(reason)
        return [record("action.recalled", at: now, ["reason": .string(reason)]), .cancelOrder]
    }

    /// The service gave up because the machine stayed away, or was told to.
    private mutating func dropped(_ reason: String, at now: Timestamp) -> [Effect] {
        if let withdrawing { return end(withdrawing, reason, at: now) }
        guard let offline, reissues < Action.greatestReissueCount else { return end(.dropped, reason, at: now) }
        guard isKeptOffline || offline.then != .drop else { return end(.dropped, reason, at: now) }
        note(reason)
        reissues += 1
        serviceID = nil
        sentAt = nil
        acceptedAt = nil
        emptyLooks = 0
        let draft = record("action.reissued", at: now, ["reason": .string(reason), "count": .int(Int64(reissues))])
        if !isKeptOffline, offline.then == .ask, let to = offline.to {
            require([RequiredApproval(policy: to, because: ["offline: \(reason)"])])
            phase = .asking
            return [draft, .ask]
        }
        phase = .ready
        return [draft, .wake(at: now)]
    }

    private mutating func settle(settleTime: Duration, nextLook: Timestamp, at now: Timestamp) -> [Effect] {
        emptyLooks += 1
        guard emptyLooks >= 2, let sentAt, now >= sentAt + settleTime else { return [.wake(at: nextLook)] }
        let reason = "intent \(intent) was not accepted: not found by reading until \(now.rfc3339)"
        guard intent - reissues < Action.greatestIntentCount else { return end(.failed, reason, at: now) }
        // The intent is settled as not accepted; only a new one, with its own entry, may be sent.
        phase = .ready
        self.sentAt = nil
        note(reason)
        return [record("action.settled", at: now, ["found": false]), .wake(at: now)]
    }

    private mutating func take(
        _ order: ServiceAction, contradictedBy contradiction: ServiceAction?, at now: Timestamp
    ) -> [Effect] {
        guard order.id == serviceID else { return [] }
        lastConfirmedAt = now
        switch order.status {
        case .active:
            guard order.isReceived, receivedAt == nil else { return [] }
            receivedAt = now
            return [record("action.received", at: now)]
        case .succeeded:
            if let contradiction {
                let reason = "taken back by \(contradiction.kind.rawValue) \(contradiction.id)"
                return end(.failed, reason, at: now)
            }
            return end(.done, nil, at: now)
        case .failed: return end(.failed, order.detail ?? "the service reports failure", at: now)
        case .timedOut:
            return dropped(order.detail ?? "the device stayed away and the service gave up", at: now)
        case .cancelled:
            return end(withdrawing ?? .cancelled, order.detail ?? "cancelled at the service", at: now)
        }
    }

    private mutating func end(_ outcome: Outcome, _ reason: String?, at now: Timestamp) -> [Effect] {
        let givesBack = budget == .reserved && !wasSent
        phase = .ended(outcome)
        endedAt = now
        if let reason { note(reason) }
        var fields: JSONObject = ["outcome": .string(outcome.rawValue)]
        if let serviceID { fields["service_id"] = .string(serviceID) }
        if let reason { fields["reason"] = .string(reason) }
        var effects: [Effect] = [record("action.ended", at: now, fields), .ended(outcome)]
        if kind.holds, intent > 0 {
            if outcome == .done, !isForeign {
                standing = .inForce
                if let lease {
                    let until = now + .seconds(lease.seconds)
                    leaseUntil = until
                    effects.append(.lease(at: until))
                }
            } else {
                effects.append(.unhold)
            }
        }
        if givesBack {
            budget = .notCounted
            effects.append(.returnBudget)
        }
        return effects
    }

    /// `soc-one: denied by ana`
    private static func refusal(_ policy: String, _ outcome: Outcome, by person: String) -> String {
        outcome == .expired
            ? "\(policy): nobody answered in time" : "\(policy): \(outcome.rawValue) by \(person)"
    }

    private mutating func setConsent(_ policy: String, _ change: (inout Consent) -> Void) {
        for index in consents.indices where consents[index].policy == policy { change(&consents[index]) }
    }

    private mutating func note(_ reason: String) {
        guard reasons.last != reason else { return }
        reasons.append(reason)
        if reasons.count > Action.greatestReasonCount {
            reasons.removeFirst(reasons.count - Action.greatestReasonCount)
        }
    }

    private func record(_ kind: String, at now: Timestamp, _ more: JSONObject = [:]) -> Effect {
        var fields: JSONObject = ["action": .string(publicID.text), "do": .string(self.kind.rawValue)]
        if let machine { fields["machine"] = .string(machine.text) }
        fields.members += more.members
        return .record(EntryDraft(kind, at: now, fields))
    }
}
