package import BailiffAPI
import BailiffAudit
import BailiffDefender
import BailiffDiagnostics
package import BailiffEngine
package import BailiffFeedClients
import BailiffHTTPClient
package import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffStoreSQLite
package import Logging
import ServiceLifecycle
package import UnixSignals

/// Where a server answers.
package struct Listening: Sendable, Hashable {
    /// `http://127.0.0.1:8480`
    package var apiURL: String
    /// The same as ``apiURL`` where one address takes both.
    package var intakeURL: String
    package var socketPath: String

    package init(apiURL: String, intakeURL: String, socketPath: String) {
        self.apiURL = apiURL
        self.intakeURL = intakeURL
        self.socketPath = socketPath
    }
}

/// A server's whole life: made of its configuration, run once.
package struct ServerRun: Sendable {
    /// What a configuration file does not say.
    package struct Options: Sendable {
        package var version: String = "1"
        package var engine: EngineOptions?
        package var sequencer = Sequencer.Options()
        package var connection = ConnectionLimits()
        /// How long servers of feeds are left alone that are of no use.
        package var feedBackOff = BackOff.standard
        /// Reads the configuration once more, from where it came; nil where it lies in no file.
        package var reread: (@Sendable () -> Result<ServerConfiguration, ConfigurationProblems>)?
        /// Between two looks whether who may post to the feeds has changed.
        package var rereadInterval: Duration = .seconds(30)
        /// What is under way at shutdown gets this long.
        package var drainTime: Duration = .seconds(20)

        package init() {}
    }

    private let configuration: ServerConfiguration
    private let options: Options
    private let surroundings: Surroundings
    private let logger: Logger
    private let stopSignal = Signal()

    package init(
        _ configuration: ServerConfiguration, options: Options = Options(), surroundings: Surroundings = .system,
        logger: Logger
    ) {
        self.configuration = configuration
        self.options = options
        self.surroundings = surroundings
        self.logger = logger
    }

    /// Ends ``run(gracefulShutdownSignals:onReady:)`` as a signal would. May be called before it began, and twice.
    package func stop() { stopSignal.raise() }

    /// Opens the database, puts the playbooks in force, and works until a signal or ``stop()``. Everything under way goes on
    /// at the next start.
    ///
    /// - Parameter onReady: Called once, when all addresses answer.
    /// - Throws: `StartProblem`; afterwards what ended the server.
    package func run(
        gracefulShutdownSignals: [UnixSignal] = [], onReady: @escaping @Sendable (Listening) async -> Void
    ) async throws {
        // Nothing is opened for a folder that cannot be put in force.
        var loaded: PlaybookFolder.Contents?
        if case .onLoad = configuration.playbooks.activation { loaded = try folder.load() }
        for diagnostic in loaded?.report.diagnostics ?? [] { logger.warning("\(diagnostic)") }
        let notifiers = try ConfiguredNotifiers(configuration.notifiers, surroundings: surroundings)
        let certificates = try certificates()
        let feedServers = try FeedServers(
            configuration.feeds, backOff: options.feedBackOff, surroundings: surroundings, logger: logger)
        let store: SQLiteStore
        do {
            store = try await openStore()
        } catch {
            await feedServers.shutdown()
            await notifiers.shutdown()
            throw error
        }
        do {
            let key = try SigningKeyFile(
                configuration: configuration.audit, surroundings: surroundings, logger: logger
            ).key()
            let active = ActivePlaybooks()
            let desk = makeDesk(store: store, active: active)
            try await activate(loaded, in: store, active, desk)
            let asking = FeedAsking(
                store: store, servers: feedServers, wantsAssessment: Self.interest(active), troubles: FeedTroubles(),
                surroundings: surroundings, logger: logger)
            try await begin(asking)
            let transport = try makeTransport()
            let services = self.services(
                store: store, key: key, active: active, desk: desk, notifiers: notifiers, transport: transport,
                certificates: certificates, asking: asking, onReady: onReady)
            var group = ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: gracefulShutdownSignals, logger: logger)
            group.maximumGracefulShutdownDuration = options.drainTime
            do {
                try await ServiceGroup(configuration: group).run()
            } catch {
                await transport.shutdown()
                throw error
            }
            await transport.shutdown()
        } catch {
            await store.close()
            await notifiers.shutdown()
            await feedServers.shutdown()
            throw error
        }
        await store.close()
        await notifiers.shutdown()
        await feedServers.shutdown()
    }

    private static func interest(_ active: ActivePlaybooks) -> BailiffAPI.Feed.Interest {
        { verdict, feed, trust, now in active.wantsAssessment(verdict, feed: feed, trust: trust, now: now) }
    }

    private func begin(_ asking: FeedAsking) async throws(StartProblem) {
        do throws(StoreError) {
            try await asking.begin()
        } catch {
            throw StartProblem(.store, error.message, underlying: error)
        }
    }

    // MARK: Opening

    private func openStore() async throws(StartProblem) -> SQLiteStore {
        do throws(StoreError) {
            return try await SQLiteStore.open(
                path: configuration.store.path, surroundings: surroundings, logger: logger)
        } catch {
            throw StartProblem(.store, error.message, underlying: error)
        }
    }

    private func certificates() throws(StartProblem) -> TLSCertificates? {
        guard let files = configuration.server.tls else { return nil }
        do throws(TLSFilesError) {
            return try TLSCertificates(files: files, clock: surroundings.clock, logger: logger)
        } catch {
            throw StartProblem(.certificate, error.description)
        }
    }

    private var folder: PlaybookFolder {
        PlaybookFolder(
            path: configuration.playbooks.folder, notifiers: configuration.notifiers.map(\.name),
            now: surroundings.now())
    }

    private func makeDesk(store: SQLiteStore, active: ActivePlaybooks) -> PlaybookDesk {
        let way: PlaybookDesk.Way = configuration.playbooks.activation == .manual ? .manual : .onLoad
        return PlaybookDesk(
            store: store, active: active, surroundings: surroundings, way: way,
            notifiers: configuration.notifiers.map(\.name), carriedOut: .complete
        ) { [self] () throws(PlaybookFilesError) -> PlaybookFiles in try folder.files() }
    }

    /// - Parameter loaded: The folder, where it is put in force as it lies; else what people activated counts.
    private func activate(
        _ loaded: PlaybookFolder.Contents?, in store: SQLiteStore, _ active: ActivePlaybooks, _ desk: PlaybookDesk
    ) async throws(StartProblem) {
        do {
            if let loaded, case .onLoad(let mode) = configuration.playbooks.activation {
                return try await PlaybookActivation(store: store, surroundings: surroundings).activateOnLoad(
                    loaded.library, mode: mode, sources: loaded.bytes, into: active)
            }
            try await desk.restore()
        } catch let error as PlaybookFilesError {
            throw StartProblem(.playbooks, error.message, report: error.report, sources: error.sources)
        } catch let error as StoreError {
            throw StartProblem(.store, error.message, underlying: error)
        } catch {
            throw StartProblem(.playbooks, "the playbooks cannot be put in force", underlying: error)
        }
        if active.current == nil {
            logger.warning(
                "no playbook is in force: verdicts are recorded and nothing is planned until one is activated")
        }
    }

    private func makeTransport() throws(StartProblem) -> OutgoingHTTPClient {
        do throws(HTTPFailure) {
            return try OutgoingHTTPClient(allowing: configuration.defender.endpoints.hostRules, logger: logger)
        } catch {
            throw StartProblem(.defender, "the outgoing client cannot be made", underlying: error)
        }
    }

    // MARK: Services

    /// In the order of their dependence: shutdown goes backward, so that first nothing new comes in.
    private func services(
        store: SQLiteStore, key: SigningKey, active: ActivePlaybooks, desk: PlaybookDesk,
        notifiers: ConfiguredNotifiers, transport: OutgoingHTTPClient, certificates: TLSCertificates?,
        asking: FeedAsking, onReady: @escaping @Sendable (Listening) async -> Void
    ) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        var engineOptions = options.engine ?? EngineOptions(tenant: configuration.defender.tenant)
        engineOptions.tenant = configuration.defender.tenant
        let client = DefenderClient(
            configuration: DefenderConfiguration(
                tenant: configuration.defender.tenant, endpoints: configuration.defender.endpoints,
                read: configuration.defender.read, act: configuration.defender.act,
                hunting: configuration.defender.hunting, quotas: configuration.defender.quotas),
            transport: transport, surroundings: surroundings, logger: logger)
        let threat = DefenderThreatService(client: client, now: surroundings.now)
        let engine = Engine(
            store: store, threat: threat, playbooks: active,
            notifying: notifiers, options: engineOptions, surroundings: surroundings, logger: logger, feeds: asking)
        let sequencer = Sequencer(
            store: store, key: key, origin: configuration.audit.origin, options: options.sequencer,
            surroundings: surroundings, logger: logger)
        let feeds = FeedBook(configuration.feeds.map(\.apiFeed))
        let api = API(
            API.Parts(
                store: store,
                decisions: DecisionService(
                    store: store, surroundings: surroundings, options: engineOptions, logger: logger),
                control: ControlService(store: store, surroundings: surroundings),
                response: ResponseDesk(
                    runs: RunService(
                        store: store, surroundings: surroundings, options: engineOptions, logger: logger),
                    cases: CaseService(
                        store: store, surroundings: surroundings, options: engineOptions, logger: logger),
                    orders: OrderService(
                        store: store, threat: threat, playbooks: active, options: engineOptions,
                        surroundings: surroundings, logger: logger),
                    breaker: BreakerService(store: store, surroundings: surroundings)),
                operators: OperatorService(store: store, surroundings: surroundings, playbooks: active),
                feeds: feeds, wantsAssessment: Self.interest(active), logKey: key.verifierKey,
                facts: ServerFacts(
                    version: options.version, tenant: configuration.defender.tenant, startedAt: surroundings.now()),
                surroundings: surroundings, logger: logger, playbooks: desk, notifiers: notifiers.desk,
                feedTrouble: asking.troubles.current, trustedProxies: configuration.server.trustedProxies))
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if !configuration.audit.checkpointFiles.isEmpty {
            services.append(
                .init(
                    service: CheckpointPublisher(
                        store: store, files: configuration.audit.checkpointFiles, clock: surroundings.clock,
                        logger: logger)))
        }
        services.append(
            .init(
                service: Retention(
                    store: store, retention: configuration.store.retention, surroundings: surroundings, logger: logger))
        )
        services.append(
            .init(service: BodyCompressor(store: store, surroundings: surroundings, logger: logger)))
        services.append(.init(service: sequencer))
        services.append(.init(service: engine))
        if let certificates { services.append(.init(service: certificates)) }
        if let reread = options.reread {
            services.append(
                .init(
                    service: FeedSenders(
                        book: feeds, configuration: reread, interval: options.rereadInterval, clock: surroundings.clock,
                        logger: logger)))
        }
        services += listeners(api, certificates, onReady).map { .init(service: $0) }
        services.append(
            .init(
                service: StopSwitch(signal: stopSignal), successTerminationBehavior: .gracefullyShutdownGroup))
        return services
    }

    private func listeners(
        _ api: API, _ certificates: TLSCertificates?, _ onReady: @escaping @Sendable (Listening) async -> Void
    ) -> [Listener] {
        let server = configuration.server
        let scheme = certificates == nil ? "http" : "https"
        let roll = ListenerRoll(expected: server.intake == nil ? 2 : 3) { bound in
            await onReady(
                Listening(
                    apiURL: bound[.api] ?? "", intakeURL: bound[.intake] ?? bound[.api] ?? "",
                    socketPath: server.socket))
        }
        func listener(_ address: ListenAddress, _ door: API.Door, _ place: ListenerRoll.Place) -> Listener {
            Listener(
                api, door: door, address: .network(host: address.host, port: address.port), limits: options.connection,
                tls: certificates, logger: logger
            ) { bound in
                if case .network(let host, let port) = bound {
                    await roll.arrived(place, "\(scheme)://\(ListenAddress(host: host, port: port))")
                }
            }
        }
        var all = [listener(server.api, server.intake == nil ? .both : .api, .api)]
        if let intake = server.intake { all.append(listener(intake, .intake, .intake)) }
        all.append(
            Listener(
                api, door: .api, address: .socket(path: server.socket), limits: options.connection, logger: logger
            ) { _ in await roll.arrived(.socket, server.socket) })
        return all
    }
}

/// Ends when it is told to.
private struct StopSwitch: Service {
    let signal: Signal

    func run() async throws {
        await cancelWhenGracefulShutdown { await signal.wait() }
    }
}

/// Waits until every listener has its address.
private final class ListenerRoll: Sendable {
    enum Place: Hashable, Sendable { case api, intake, socket }

    private let expected: Int
    private let bound = Locked<[Place: String]>([:])
    private let whenComplete: @Sendable ([Place: String]) async -> Void

    init(expected: Int, whenComplete: @escaping @Sendable ([Place: String]) async -> Void) {
        self.expected = expected
        self.whenComplete = whenComplete
    }

    func arrived(_ place: Place, _ address: String) async {
        let all: [Place: String]? = bound.withLock { bound in
            bound[place] = address
            return bound.count == expected ? bound : nil
        }
        if let all { await whenComplete(all) }
    }
}

extension ServerConfiguration.Feed {
    var apiFeed: BailiffAPI.Feed {
        BailiffAPI.Feed(
            name: name, reading: mapping.map { .mapping($0) } ?? .product(product), authentication: authentication,
            sources: sources, clientCertificates: clientCertificates, trust: trust, bodyLimitInBytes: bodyLimitInBytes,
            fetchesReports: server != nil)
    }
}
