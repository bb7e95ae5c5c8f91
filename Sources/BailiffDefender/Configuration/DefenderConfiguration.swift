package import BailiffHTTPClient
package import BailiffModel

/// How one tenant of Defender is reached.
package struct DefenderConfiguration: Sendable {
    /// How an app registration proves itself.
    package struct Credential: Sendable, Hashable {
        package enum Proof: Sendable, Hashable {
            case secret(Secret)
            case certificate(ClientCertificate)
        }

        package var clientID: String
        package var proof: Proof
        /// When the secret ends, as the operator noted it: the service does not tell an application about its own secrets.
        package var secretExpires: Timestamp?

        package init(clientID: String, _ proof: Proof, secretExpires: Timestamp? = nil) {
            self.clientID = clientID
            self.proof = proof
            self.secretExpires = secretExpires
        }

        /// When the proof ends; nil where that is not known.
        package var expires: Timestamp? {
            switch proof {
            case .secret: secretExpires
            case .certificate(let certificate): certificate.notAfter
            }
        }
    }

    /// Which of the hunting calls are tried, in order; the next one only where the one before is not permitted or gone.
    package enum Hunting: String, Sendable, Hashable, CaseIterable {
        /// Microsoft Graph: the one that stays.
        case graph
        /// `advancedhunting/run` and `advancedqueries/run`, which the vendor is retiring.
        case defenderXDR, defender
    }

    /// The directory's id or one of its domain names.
    package var tenant: String
    package var endpoints: DefenderEndpoints
    package var read: Credential
    /// Nil: `read` signs the actions as well.
    package var act: Credential?
    package var hunting: [Hunting]
    /// In place of every documented limit: for a tenant that has others, or an emulator that has none. Nil: as documented.
    /// What 429s teach holds in any case.
    package var quotas: QuotaLimits?
    /// How far back questions about files go unless a call says otherwise; the service keeps 30 days.
    package var lookBack: Duration
    /// How long a read waits for room under a quota, or for the end of a 429, before it gives up with `.throttled`.
    package var patience: Duration
    package var limits: HTTPLimits
    /// Hunting queries may compute for three minutes.
    package var huntingLimits: HTTPLimits
    /// More pages than that are not fetched; the list then says that it is cut.
    package var pageLimit: Int

    package init(
        tenant: String, endpoints: DefenderEndpoints, read: Credential, act: Credential? = nil,
        hunting: [Hunting] = [.graph], quotas: QuotaLimits? = nil, lookBack: Duration = .seconds(30 * 86_400),
        patience: Duration = .seconds(10), limits: HTTPLimits = .standard,
        huntingLimits: HTTPLimits = HTTPLimits(firstByte: .seconds(200), whole: .seconds(240), bodyInBytes: 130 << 20),
        pageLimit: Int = 100
    ) {
        self.tenant = tenant
        self.endpoints = endpoints
        self.read = read
        self.act = act
        self.hunting = hunting
        self.quotas = quotas
        self.lookBack = lookBack
        self.patience = patience
        self.limits = limits
        self.huntingLimits = huntingLimits
        self.pageLimit = pageLimit
    }

    func credential(for registration: DefenderRegistration) -> Credential {
        switch registration {
        case .read: read
        case .act: act ?? read
        }
    }
}
