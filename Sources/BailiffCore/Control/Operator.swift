package import BailiffModel

package typealias OperatorID = RowID<Operator>

/// A person or service with roles, known by a token of which only the digest is kept.
package struct Operator: Hashable, Sendable, Codable {
    package let id: OperatorID
    package let name: String
    package var version: Int
    package var roles: [String]
    /// Services never approve.
    package var isService: Bool
    /// SHA-256 of the token: tokens are 256 random bits, so a slow hash would add nothing.
    package var tokenDigest: Digest
    /// The first characters of the token, to tell tokens apart.
    package var tokenPrefix: String
    package var createdAt: Timestamp
    package var revokedAt: Timestamp?
    /// From then on the token is worth nothing. Nil: it counts until it is revoked.
    package var expiresAt: Timestamp?
    /// The permissions the token is good for, by name: less than the roles give, never more. Nil: all of them.
    package var scopes: [String]?
    /// When the token was last shown, to about a minute; kept without an entry in the log.
    package var lastUsedAt: Timestamp?

    package init(
        id: OperatorID, name: String, roles: [String], isService: Bool = false, tokenDigest: Digest,
        tokenPrefix: String, createdAt: Timestamp, expiresAt: Timestamp? = nil, scopes: [String]? = nil
    ) {
        self.id = id
        self.name = name
        version = 0
        self.roles = roles
        self.isService = isService
        self.tokenDigest = tokenDigest
        self.tokenPrefix = tokenPrefix
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.scopes = scopes
    }

    /// Not revoked; it may have expired.
    package var isActive: Bool { revokedAt == nil }

    package func isExpired(at now: Timestamp) -> Bool { expiresAt.map { now >= $0 } ?? false }

    /// Lower-case letters, digits, `.`, `-`, `_`, `@`; 1 to 64 characters; `system`, `local` and `nobody` are taken: entries
    /// name others so.
    package static func isValidName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && !["system", "local", "nobody"].contains(name)
            && name.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 || $0 == 95 || $0 == 64
            }
    }

    /// Roles with a meaning of their own; every role that an approval policy names is valid too.
    package static let builtInRoles = ["viewer", "responder", "releaser", "playbook-admin", "admin", "auditor"]
}
