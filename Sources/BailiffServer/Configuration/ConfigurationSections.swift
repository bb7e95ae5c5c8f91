import BailiffAPI
import BailiffDefender
import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook
import BailiffYAML

/// Reads the sections of a configuration. Those about Defender and about feeds have files of their own.
struct ConfigurationSections {
    let surroundings: ConfigurationSurroundings

    init(_ surroundings: ConfigurationSurroundings) { self.surroundings = surroundings }

    /// Sections are read even where another one is wrong, so that one pass shows all mistakes.
    func read(_ fields: YAMLFields) -> Parts? {
        let store = fields.required("store", .record("store", store))
        let server = self.server(fields, databasePath: store?.path)
        let defender = fields.required("defender", .record("defender", self.defender))
        let audit = self.audit(fields, databasePath: store?.path, tenant: defender?.tenant)
        let feeds = fields.required("feeds", feeds)
        let playbooks = fields.required("playbooks", .record("playbooks", playbooks))
        let notifiers = fields.optional("notifiers", notifiers)
        refuseOperators(fields)
        if let feeds, let server {
            checkClientCertificates(of: feeds, fields, server.tls)
            checkTrustedProxies(of: feeds, fields, server.trustedProxies)
        }
        let missing: [(ExaminedConfiguration.Section, Bool)] = [
            (.store, store == nil), (.server, server == nil), (.defender, defender == nil), (.audit, audit == nil),
            (.feeds, feeds == nil), (.playbooks, playbooks == nil),
            (.notifiers, notifiers == nil && fields.contains("notifiers")),
        ]
        guard let standIn = defender ?? Self.standInDefender else { return nil }
        return Parts(
            configuration: ServerConfiguration(
                server: server ?? Self.standInServer, store: store ?? ServerConfiguration.Store(path: ""),
                audit: audit ?? ServerConfiguration.Audit(key: .file(""), origin: ""),
                defender: standIn, feeds: feeds ?? [],
                playbooks: playbooks ?? ServerConfiguration.Playbooks(folder: "", activation: .manual),
                notifiers: notifiers ?? []),
            unreadable: Set(missing.filter(\.1).map(\.0)),
            notifierNames: names(of: fields.node("notifiers")))
    }

    private func names(of node: YAMLNode?) -> [String] {
        guard case .mapping(let entries)? = node?.kind else { return [] }
        return entries.map(\.name)
    }

    /// What was read; something else stands for what could not be.
    struct Parts {
        var configuration: ServerConfiguration
        var unreadable: Set<ExaminedConfiguration.Section>
        var notifierNames: [String]
    }

    private static let standInServer = ServerConfiguration.Server(
        api: ListenAddress(host: "127.0.0.1", port: 8480), socket: "")

    private static var standInDefender: ServerConfiguration.Defender? {
        DefenderEndpoints(cloud: "global").map {
            ServerConfiguration.Defender(
                tenant: "", endpoints: $0, read: DefenderConfiguration.Credential(clientID: "", .secret(Secret(""))))
        }
    }

    // MARK: Server

    private func server(_ fields: YAMLFields, databasePath: String?) -> ServerConfiguration.Server? {
        let standard = ServerConfiguration.Server(
            api: ListenAddress(host: "127.0.0.1", port: 8480),
            socket: Self.beside(databasePath, "admin.sock"))
        guard fields.contains("server") else {
            _ = fields.node("server")
            return standard
        }
        return fields.optional("server", .record("server") { fields in server(fields, standard: standard) })
    }

    private func server(
        _ fields: YAMLFields, standard: ServerConfiguration.Server
    ) -> ServerConfiguration.Server? {
        let api = fields.optional("api", YAMLShape<ListenAddress>.listenAddress.located)
        let intake = fields.optional("intake", YAMLShape<ListenAddress>.listenAddress.located)
        let socket = fields.optional("socket", YAMLShape<String>.text.located)
        let tls = fields.optional("tls", .record("tls", tls))
        let proxies = fields.optional("trusted_proxies", trustedProxies)
        guard proxies != nil || !fields.contains("trusted_proxies") else { return nil }
        let path = socket.map { surroundings.path($0.value) } ?? standard.socket
        if path.utf8.count > Self.greatestSocketPathLength {
            fields.error(
                ConfigurationCode.path.rawValue,
                "a socket's path has at most \(Self.greatestSocketPathLength) bytes, this one has \(path.utf8.count)",
                at: socket?.location, hint: "set server.socket to a shorter path")
        }
        if tls == nil, !fields.contains("tls") {
            for address in [api, intake].compactMap(\.self) where !address.value.isLoopback {
                fields.reader.warning(
                    ConfigurationCode.unencrypted.rawValue,
                    "\(address.value) takes secrets and verdicts without encryption", at: address.location,
                    hint: "set server.tls, or listen on loopback behind a proxy that encrypts")
            }
        }
        let apiAddress = api?.value ?? standard.api
        return ServerConfiguration.Server(
            api: apiAddress, intake: intake?.value == apiAddress ? nil : intake?.value, socket: path, tls: tls,
            trustedProxies: proxies)
    }

    /// What fits into the system's address structure, the name it has while it is being made included.
    static let greatestSocketPathLength = 85

    private func tls(_ fields: YAMLFields) -> TLSFiles? {
        let certificate = fields.required("certificate", YAMLShape<String>.text.located)
        let key = fields.required("key", YAMLShape<String>.text.located)
        let authority = fields.optional("client_authority", YAMLShape<String>.text.located)
        guard let certificate, let key else { return nil }
        let files = TLSFiles(
            certificate: surroundings.path(certificate.value), key: surroundings.path(key.value),
            clientAuthority: authority.map { surroundings.path($0.value) })
        do throws(TLSFilesError) {
            _ = try TLSMaterial(files)
            return files
        } catch {
            let isExposed = error.problem == .keyExposed
            fields.error(
                (isExposed ? ConfigurationCode.secretExposed : .certificate).rawValue, error.description,
                at: error.isAboutAuthority
                    ? authority?.location : error.isAboutKey ? key.location : certificate.location)
            return nil
        }
    }

    // MARK: Store, audit, playbooks

    private func store(_ fields: YAMLFields) -> ServerConfiguration.Store? {
        let path = fields.required("path", .text)
        let retention = fields.optional("retention", .duration)
        return path.map { path in
            var store = ServerConfiguration.Store(path: surroundings.path(path))
            if let retention { store.retention = retention }
            return store
        }
    }

    private func audit(
        _ fields: YAMLFields, databasePath: String?, tenant: String?
    ) -> ServerConfiguration.Audit? {
        var standard = ServerConfiguration.Audit(
            key: .file(Self.beside(databasePath, "audit.key")), origin: "bailiff.local/\(tenant ?? "")")
        guard fields.contains("audit") else {
            _ = fields.node("audit")
            return standard
        }
        return fields.optional(
            "audit",
            .record("audit") { fields in
                if let origin = fields.optional("origin", YAMLShape<String>.text.located) {
                    if Self.isOrigin(origin.value) {
                        standard.origin = origin.value
                    } else {
                        fields.error(
                            ConfigurationCode.origin.rawValue,
                            "an origin has no spaces, plus signs or control characters",
                            at: origin.location, hint: "write a name like bailiff.example/soc")
                    }
                }
                if let key = fields.optional("key", auditKey) { standard.key = key }
                standard.checkpointFiles =
                    fields.optional(
                        "checkpoints_to",
                        .list(
                            of: .record("destination of checkpoints") { fields in
                                fields.required("file", .text).map(surroundings.path)
                            })) ?? []
                return standard
            })
    }

    /// `{ file: PATH }` may name a file that does not exist yet: it is made at the first start.
    private var auditKey: YAMLShape<ServerConfiguration.Audit.Key> {
        YAMLShape { node, reader in
            if let file = node["file"], node["env"] == nil, node["credential"] == nil {
                guard let path = reader.read(file, .text) else { return nil }
                let resolved = surroundings.path(path)
                do throws(SecretFile.Problem) {
                    _ = try SecretFile.read(resolved)
                } catch .absent {
                    return .file(resolved)
                } catch {
                    return reader.read(node, .secret(surroundings)).map { _ in .file(resolved) }
                }
                return reader.record(node, "key") { fields in
                    _ = fields.node("file")
                    return .file(resolved)
                }
            }
            return reader.read(node, .secret(surroundings)).map { .given($0) }
        }
    }

    private func playbooks(_ fields: YAMLFields) -> ServerConfiguration.Playbooks? {
        enum Way: String, CaseIterable { case manual, onLoad = "on_load" }
        let folder = fields.required("folder", .text)
        let way = fields.optional("activate", YAMLShape<Way>.word.located)
        let mode = fields.optional("mode", YAMLShape<ActivationMode>.word.located)
        guard let folder else { return nil }
        switch way?.value ?? .manual {
        case .onLoad:
            guard let mode else {
                if !fields.contains("mode") {
                    fields.error(
                        ConfigurationCode.choice.rawValue, "activate: on_load needs a mode", at: way?.location,
                        hint: "mode: shadow plans and records, hold asks before everything disruptive, live acts")
                }
                return nil
            }
            return ServerConfiguration.Playbooks(folder: surroundings.path(folder), activation: .onLoad(mode.value))
        case .manual:
            if let mode {
                fields.error(
                    ConfigurationCode.choice.rawValue, "a mode belongs to activate: on_load", at: mode.location,
                    hint: "'bailiff playbook activate NAME --mode \(mode.value.rawValue)' gives each playbook its own")
                return nil
            }
            return ServerConfiguration.Playbooks(folder: surroundings.path(folder), activation: .manual)
        }
    }

    private func refuseOperators(_ fields: YAMLFields) {
        guard let node = fields.node("operators"), !node.isNull else { return }
        fields.error(
            ConfigurationCode.notCarriedOut.rawValue, "this version has no single sign-on", at: node.location,
            hint: "make operators with 'bailiff operator add'")
    }

    static func beside(_ databasePath: String?, _ name: String) -> String {
        guard let databasePath, let slash = databasePath.utf8.lastIndex(of: UInt8(ascii: "/")) else { return name }
        return databasePath[...slash] + name
    }

    /// As note keys take it: no white space, no plus sign, no control characters.
    private static func isOrigin(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200
            && text.unicodeScalars.allSatisfy { scalar in
                scalar != "+" && !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
            }
    }
}
