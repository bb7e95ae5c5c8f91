package import BailiffModel

/// What one emulated Defender tenant holds when the emulator starts: applications, machines, files and which machine
/// saw which file.
///
/// Ids are opaque ASCII text, as in the service. Times may be given as a distance before the start, so that a fleet
/// written today still looks alive next year.
package struct EmulatorTenant: Sendable, Equatable {
    /// The directory's id: the first part of the token URL.
    package var id: String
    /// The directory's domain, which the token URL takes in place of the id.
    package var domain: String
    package var applications: [Application]
    package var machines: [Machine]
    package var files: [File]
    package var sightings: [Sighting]

    package init(
        id: String = "7d0b5a1c-3f62-4e0e-9a55-0c4f8a9be217", domain: String = "harbour.example",
        applications: [Application] = [], machines: [Machine] = [], files: [File] = [], sightings: [Sighting] = []
    ) {
        self.id = id
        self.domain = domain
        self.applications = applications
        self.machines = machines
        self.files = files
        self.sightings = sightings
    }
}

extension EmulatorTenant {
    /// A time in a tenant: fixed, or counted back from the emulator's start.
    package enum Moment: Hashable, Sendable {
        case at(Timestamp)
        case ago(Duration)

        package func resolved(start: Timestamp) -> Timestamp {
            switch self {
            case .at(let time): time
            case .ago(let distance): start - distance
            }
        }
    }

    /// An app registration with the application permissions an administrator has consented to.
    package struct Application: Sendable, Equatable {
        package var name: String
        package var clientID: String
        /// Accepted as `client_secret`; nil where the application signs in with a certificate.
        package var secret: String?
        /// After this the secret is refused with AADSTS7000222.
        package var secretExpires: Moment?
        /// PEM text of the certificate whose key signs client assertions.
        package var certificatePEM: String?
        /// Names such as `Machine.Isolate`; which API each belongs to follows from the name.
        package var roles: [String]

        package init(
            name: String, clientID: String, secret: String? = nil, secretExpires: Moment? = nil,
            certificatePEM: String? = nil, roles: [String]
        ) {
            self.name = name
            self.clientID = clientID
            self.secret = secret
            self.secretExpires = secretExpires
            self.certificatePEM = certificatePEM
            self.roles = roles
        }
    }
}
