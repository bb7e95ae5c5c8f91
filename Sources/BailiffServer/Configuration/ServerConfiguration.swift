package import BailiffAPI
package import BailiffDefender
package import BailiffHTTPClient
package import BailiffIntake
package import BailiffModel
package import BailiffPlaybook

/// What `bailiff.yaml` says, checked, with every secret resolved and every path absolute or relative to the process.
package struct ServerConfiguration: Sendable {
    package var server: Server
    package var store: Store
    package var audit: Audit
    package var defender: Defender
    /// In the order of the file.
    package var feeds: [Feed]
    package var playbooks: Playbooks
    /// Names that approval policies and playbooks may notify.
    package var notifiers: [Notifier]

    package init(
        server: Server, store: Store, audit: Audit, defender: Defender, feeds: [Feed], playbooks: Playbooks,
        notifiers: [Notifier] = []
    ) {
        self.server = server
        self.store = store
        self.audit = audit
        self.defender = defender
        self.feeds = feeds
        self.playbooks = playbooks
        self.notifiers = notifiers
    }
}

extension ServerConfiguration {
    package struct Server: Sendable, Hashable {
        package var api: ListenAddress
        /// Nil: the API's listener takes deliveries too.
        package var intake: ListenAddress?
        /// The local administrator's socket.
        package var socket: String
        /// For both listeners, read again when the files change; the socket needs none.
        package var tls: TLSFiles?
        /// Proxies whose `Forwarded` or `X-Forwarded-For` says where a delivery comes from; nil: nobody's does.
        package var trustedProxies: AddressList?

        package init(
            api: ListenAddress, intake: ListenAddress? = nil, socket: String, tls: TLSFiles? = nil,
            trustedProxies: AddressList? = nil
        ) {
            self.trustedProxies = trustedProxies
            self.api = api
            self.intake = intake
            self.socket = socket
            self.tls = tls
        }
    }

    package struct Store: Sendable, Hashable {
        package var path: String
        /// How long bodies and verdicts are kept; the log is not affected.
        package var retention: Duration

        package init(path: String, retention: Duration = .seconds(400 * 86_400)) {
            self.path = path
            self.retention = retention
        }
    }

    package struct Audit: Sendable {
        package enum Key: Sendable {
            /// Made at the first start where it does not exist.
            case file(String)
            case given(Secret)
        }

        package var key: Key
        /// The log's name: origin of its checkpoints and name of its key.
        package var origin: String
        /// Files that always hold the newest checkpoint, best on another machine.
        package var checkpointFiles: [String]

        package init(key: Key, origin: String, checkpointFiles: [String] = []) {
            self.key = key
            self.origin = origin
            self.checkpointFiles = checkpointFiles
        }
    }

    package struct Defender: Sendable {
        package var tenant: String
        package var endpoints: DefenderEndpoints
        package var read: DefenderConfiguration.Credential
        /// Nil: `read` signs the actions as well.
        package var act: DefenderConfiguration.Credential?
        package var hunting: [DefenderConfiguration.Hunting]
        /// In place of every documented limit. Nil: as documented.
        package var quotas: QuotaLimits?

        package init(
            tenant: String, endpoints: DefenderEndpoints, read: DefenderConfiguration.Credential,
            act: DefenderConfiguration.Credential? = nil, hunting: [DefenderConfiguration.Hunting] = [.graph],
            quotas: QuotaLimits? = nil
        ) {
            self.tenant = tenant
            self.endpoints = endpoints
            self.read = read
            self.act = act
            self.hunting = hunting
            self.quotas = quotas
        }
    }

    package struct Playbooks: Sendable, Hashable {
        package enum Activation: Hashable, Sendable {
            case manual
            case onLoad(ActivationMode)
        }

        package var folder: String
        package var activation: Activation

        package init(folder: String, activation: Activation) {
            self.folder = folder
            self.activation = activation
        }
    }

    package struct Notifier: Sendable {
        package enum Kind: Sendable {
            case webhook(HTTPURL, secret: Secret?)
            case teams(HTTPURL)
            case slack(HTTPURL)
        }

        package var name: String
        package var kind: Kind

        package init(name: String, kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }
}
