/// What the app registrations were granted, held against what is needed.
package struct PermissionReport: Sendable {
    package enum State: String, Sendable {
        case present, missing
        /// No token, or one that cannot be read: the calls themselves will tell.
        case unknown
    }

    package struct Finding: Sendable {
        package var need: PermissionNeed
        package var state: State
    }

    /// One token, or why there is none.
    package struct Token: Sendable {
        package var registration: DefenderRegistration
        package var audience: DefenderAudience
        /// Nil where the token cannot be read.
        package var claims: TokenClaims?
        package var error: DefenderError?
    }

    package var tokens: [Token]
    package var findings: [Finding]

    package var missing: [PermissionNeed] { findings.filter { $0.state == .missing }.map(\.need) }

    /// Granted, but needed for nothing: a permission that a thief of the credentials would have too.
    package var unneeded: [(token: Token, role: String)] {
        tokens.flatMap { token in
            let wanted = findings.map(\.need).filter {
                $0.registration == token.registration && $0.audience == token.audience
            }
            return (token.claims?.roles ?? []).sorted().compactMap { role in
                wanted.contains { $0.anyOf.contains(role) } ? nil : (token, role)
            }
        }
    }

    init(_ needs: [PermissionNeed], _ tokens: [Token]) {
        self.tokens = tokens
        findings = needs.map { need in
            let token = tokens.first { $0.registration == need.registration && $0.audience == need.audience }
            guard let roles = token?.claims?.roles else { return Finding(need: need, state: .unknown) }
            return Finding(need: need, state: need.anyOf.contains(where: roles.contains) ? .present : .missing)
        }
    }
}

extension DefenderClient {
    /// Fetches the tokens that `uses` take and compares what they grant with what is needed. Calls Entra only.
    ///
    /// - Parameter registrations: Of the other ones nothing is known.
    package func permissionReport(
        for uses: Set<DefenderUse>, as registrations: Set<DefenderRegistration> = Set(DefenderRegistration.allCases)
    ) async -> PermissionReport {
        let needs = PermissionNeed.all(of: uses, with: configuration)
        var tokens: [PermissionReport.Token] = []
        for need in needs
        where registrations.contains(need.registration)
            && !tokens.contains(where: { $0.registration == need.registration && $0.audience == need.audience })
        {
            var token = PermissionReport.Token(registration: need.registration, audience: need.audience)
            do throws(DefenderError) {
                token.claims = try await tokenClaims(need.registration, for: need.audience)
            } catch {
                token.error = error
            }
            tokens.append(token)
        }
        return PermissionReport(needs, tokens)
    }
}
