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

    package init(
        id: OperatorID, name: String, roles: [String], isService: Bool = false, tokenDigest: Digest,
        tokenPrefix: String, createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        version = 0
        self.roles = roles
        self.isService = isService
        self.tokenDigest = tokenDigest
        self.tokenPrefix = tokenPrefix
        self.createdAt = createdAt
    }

    package var isActive: Bool { revokedAt == nil }

    /// Lower-case letters, digits, `.`, `-`, `_`, `@`; 1 to 64 characters; `system` is taken.
    package static func isValidName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name != "system"
            && name.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 || $0 == 95 || $0 == 64
            }
    }

    /// Roles with a meaning of their own; every role that an approval policy names is valid too.
    package static let builtInRoles = ["viewer", "responder", "releaser", "playbook-admin", "admin", "auditor"]
}
