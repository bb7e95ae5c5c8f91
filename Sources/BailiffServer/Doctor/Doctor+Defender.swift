import BailiffDefender
import BailiffEngine
import BailiffHTTPClient
import BailiffModel
import BailiffPlaybook

/// Whether Entra and Defender can be reached, and what the app registrations may do.
extension Doctor {
    func defender(_ library: PlaybookLibrary?) async -> [DoctorFinding] {
        let transport: OutgoingHTTPClient
        do throws(HTTPFailure) {
            transport = try OutgoingHTTPClient(
                allowing: configuration.defender.endpoints.hostRules, logger: logger)
        } catch {
            return [DoctorFinding(.problem, "defender", "the outgoing client cannot be made: \(error)")]
        }
        let client = DefenderClient(
            configuration: defenderConfiguration, transport: transport, surroundings: surroundings, logger: logger)
        var findings = credentials()
        let report = await client.permissionReport(for: Doctor.uses(of: library))
        findings += tokens(report) + permissions(report)
        if report.tokens.contains(where: { $0.error == nil }) { findings += await fleet(client, library) }
        if let skew = client.clockSkew, skew.certain > .zero { findings.append(clock(skew)) }
        await transport.shutdown()
        return findings
    }

    private func credentials() -> [DoctorFinding] {
        let all = [("read", configuration.defender.read), ("act", configuration.defender.act)]
        return all.compactMap { name, credential in
            guard let until = credential?.expires else { return nil }
            return expiry(
                "defender", "the secret or certificate of defender.\(name)", until,
                breaks: "no token: nothing is found or done")
        }
    }

    private func tokens(_ report: PermissionReport) -> [DoctorFinding] {
        report.tokens.map { token in
            let what = "\(token.audience.resourceName) as defender.\(token.registration.rawValue)"
            guard let error = token.error else {
                return DoctorFinding(.good, "defender", "there is a token for \(what)")
            }
            return DoctorFinding(
                .problem, "defender", "there is no token for \(what): \(error.description)",
                breaks: token.registration == .read ? "no machine is found" : "nothing is done")
        }
    }

    private func permissions(_ report: PermissionReport) -> [DoctorFinding] {
        var findings = report.findings.map { finding -> DoctorFinding in
            let need = finding.need
            let permission = "\(need.toGrant) (\(need.audience.resourceName), defender.\(need.registration.rawValue))"
            let uses = need.uses.map(\.rawValue).joined(separator: ", ")
            switch finding.state {
            case .present: return DoctorFinding(.good, "defender", "granted: \(permission)")
            case .unknown:
                return DoctorFinding(.note, "defender", "it cannot be told whether this is granted: \(permission)")
            case .missing:
                // Without hunting everything works, with fewer facts.
                let isHunting = need.uses.allSatisfy { $0 == .hunting }
                return DoctorFinding(
                    isHunting ? .warning : .problem, "defender", "missing: \(permission)",
                    breaks: isHunting
                        ? "MD5-only verdicts find no machine; executed, path and times are unknown" : uses,
                    mend: "grant the application permission and give admin consent")
            }
        }
        findings += report.unneeded.map { token, role in
            DoctorFinding(
                .note, "defender",
                "not needed by these playbooks: \(role) (\(token.audience.resourceName), defender.\(token.registration.rawValue))",
                mend: "take it away: whoever steals the credentials has it too")
        }
        return findings
    }

    private func clock(_ skew: ClockSkew) -> DoctorFinding {
        let seconds = skew.certain.components.seconds
        return DoctorFinding(
            seconds > 60 ? .problem : .warning, "defender",
            "this machine's clock is at least \(seconds) s \(skew.ahead > .zero ? "ahead" : "behind")",
            breaks: "signed deliveries and tokens are refused beyond five minutes", mend: "synchronise the clock")
    }

    /// Whether the groups and machines that the policies' roles name exist.
    private func fleet(_ client: DefenderClient, _ library: PlaybookLibrary?) async -> [DoctorFinding] {
        let machines: [Machine]
        do throws(DefenderError) {
            machines = try await client.machines(filter: .equal(.onboardingStatus, "Onboarded")).elements
        } catch {
            return [
                DoctorFinding(
                    .problem, "defender", "the machines cannot be listed: \(error.description)",
                    breaks: "shares of the fleet cannot be counted: nothing is planned")
            ]
        }
        var findings = [DoctorFinding(.good, "defender", "\(machines.count) machines are onboarded")]
        for policy in library?.policies ?? [] {
            for role in policy.roles where !machines.contains(where: role.covers) {
                findings.append(
                    DoctorFinding(
                        .warning, "playbooks", "role \(role.name) of \(policy.name) matches no machine",
                        breaks: "guards that rely on it protect nobody",
                        mend: "name groups as Defender does: "
                            + Set(machines.map(\.group)).subtracting([""]).sorted().prefix(8).joined(separator: ", ")))
            }
        }
        return findings
    }
}
