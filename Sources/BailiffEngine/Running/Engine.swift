import BailiffCore
package import BailiffModel
package import BailiffStore
package import Logging
import ServiceLifecycle

/// The shell around the core: works off due jobs, lane by lane, until it is told to stop. Whatever it was doing goes on
/// after the next start: nothing lives only in memory.
package struct Engine: Service {
    private let context: EngineContext
    private let signals: [Lane: Signal]
    private let feeds: (any FeedJobs)?

    /// - Parameter feeds: Works off the lane of the same name; without it such jobs stay where they are.
    package init(
        store: any Store, threat: any ThreatService, playbooks: ActivePlaybooks,
        notifying: any Notifying = NobodyToTell(), options: EngineOptions, surroundings: Surroundings, logger: Logger,
        feeds: (any FeedJobs)? = nil
    ) {
        self.feeds = feeds
        context = EngineContext(
            stored: StoreContext(
                store: store, options: options, surroundings: surroundings, plans: PlanCache(), logger: logger),
            threat: threat, finder: MachineFinder(threat: threat, readsConcurrently: options.readsConcurrently),
            playbooks: playbooks, notifying: notifying)
        var signals: [Lane: Signal] = [:]
        for lane in Lane.allCases { signals[lane] = Signal() }
        self.signals = signals
    }

    package func run() async throws {
        let signals = signals
        context.store.onJobs { lanes in
            for lane in lanes { signals[lane]?.raise() }
        }
        await withTaskGroup(of: Void.self) { group in
            for lane in Lane.allCases {
                guard let signal = signals[lane] else { continue }
                group.addTask { await self.work(lane, signal) }
            }
            // Shutdown ends the waits; a job under way is finished first, within the group's patience.
            try? await gracefulShutdown()
            for signal in signals.values { signal.raise() }
            await group.waitForAll()
        }
    }

    private func width(_ lane: Lane) -> Int {
        switch lane {
        case .containment: context.options.containmentWidth
        case .enrichment: context.options.enrichmentWidth
        case .polling: 1
        case .timer: context.options.timerWidth
        case .notification: context.options.notificationWidth
        case .feeds: feeds == nil ? 0 : context.options.feedsWidth
        }
    }

    private var isStopping: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    /// Keeps up to the lane's width of jobs going. The end of a job rings the same bell as a new one.
    private func work(_ lane: Lane, _ signal: Signal) async {
        let width = width(lane)
        let running = Locked(0)
        await withDiscardingTaskGroup { group in
            while !isStopping {
                let room = width - running.withLock { $0 }
                let leases = room > 0 ? await claim(lane, room) : []
                for lease in leases {
                    running.withLock { $0 += 1 }
                    group.addTask {
                        await self.perform(lease)
                        running.withLock { $0 -= 1 }
                        signal.raise()
                    }
                }
                if !leases.isEmpty { continue }
                let patience = room > 0 ? await patience(lane) : .seconds(30)
                await signal.wait(atMost: patience, clock: context.surroundings.clock)
            }
        }
    }

    private func claim(_ lane: Lane, _ room: Int) async -> [JobLease] {
        do {
            return try await context.store.claim(
                lane, limit: room, now: context.now(),
                lease: lane == .feeds ? context.options.feedsLease : context.options.lease,
                node: NodeID(context.options.node))
        } catch {
            if error.code != .closed { context.logger.error("no jobs could be claimed: \(error)") }
            return []
        }
    }

    /// How long nothing is due. Looks at least every second while the store is unwell.
    private func patience(_ lane: Lane) async -> Duration {
        guard let due = try? await context.store.nextDue(lane) else { return .seconds(1) }
        return min(.seconds(30), max(.milliseconds(1), due - context.now()))
    }

    /// Works one job off. What goes wrong sends the job back with its error; too often, and it is set aside.
    package func perform(_ lease: JobLease) async {
        do {
            switch lease.key.kind {
            case .assess: try await CaseAssessment(context: context).perform(lease)
            case .act: try await ActionWork(context: context).perform(lease)
            case .poll: try await Polling(context: context).perform(lease)
            case .ask: try await Asking(context: context).perform(lease)
            case .approval: try await ApprovalExpiry(context: context.stored).perform(lease)
            case .fetch, .pull: try await feeds?.perform(lease)
            case .deadline:
                try await ActionEvents(context: context.stored).apply(
                    .deadline, to: .init(lease.key.subject), jobs: [.finish(lease)])
            case .offline:
                try await ActionEvents(context: context.stored).apply(
                    .offline, to: .init(lease.key.subject), jobs: [.finish(lease)])
            case .lease: try await LeaseEnd(context: context).perform(lease)
            case .cancel: try await OrderCancelling(context: context).perform(lease)
            case .ring: try await RingTick(context: context).perform(lease)
            case .watch: try await WatchTick(context: context).perform(lease)
            case .confirm: try await Confirmation(context: context).perform(lease)
            case .breaker: try await BreakerWork(context: context).perform(lease)
            case .notify: try await NotificationDelivery(context: context).perform(lease)
            }
        } catch is CancellationError {
            // Not a failed step: the lease ends by itself and the job comes back.
        } catch {
            await failed(lease, error)
        }
    }

    private func failed(_ lease: JobLease, _ error: any Error) async {
        let text = String(String(describing: error).prefix(500))
        context.logger.error("job \(lease.key.kind.rawValue) \(lease.key.subject) failed: \(text)")
        let wait = Duration.seconds(min(600, 1 << min(lease.attempts, 9)))
        let change: JobChange =
            lease.attempts >= 20
            ? .setAside(lease, error: text)
            : .reschedule(lease, due: context.now() + wait, error: text)
        try? await context.store.settle([change])
    }
}
