import BailiffDefender
import BailiffDiagnostics
import BailiffEngine
import BailiffHTTPClient
import BailiffModel
import BailiffPlaybook

/// Whether Entra, Defender and Graph can be reached, and what the app registrations may do.
extension Doctor {
    func defender(_ library: PlaybookLibrary?) async -> [DoctorFinding] {
        guard canRead(.defender) else {
            return [
                DoctorFinding(
                    .note, "defender", "neither Entra nor Defender was asked: the section defender cannot be read")
            ]
        }
        let transport: OutgoingHTTPClient
        do throws(HTTPFailure) {
            transport = try OutgoingHTTPClient(
                allowing: configuration.defender.endpoints.hostRules, logger: logger)
        } catch {
            return [
                DoctorFinding(
                    .problem, "defender", "the outgoing client cannot be made: \(error)",
                    breaks: "the server does not start", mend: "look at the system's certificate authorities")
            ]
        }
        let client = DefenderClient(
            configuration: defenderConfiguration, transport: transport, surroundings: surroundings, logger: logger)
        var findings = credentials()
        let report = await client.permissionReport(for: Doctor.uses(of: library), as: usable)
        findings += tokens(report) + permissions(report, areAllKnown: library != nil)
        findings += holds(library, report)
        findings += await fleet(client, library, report) + hunting(client, report)
        if let skew = client.clockSkew { findings.append(clock(skew)) }
        findings += quotas(library, client.quotas)
        await transport.shutdown()
        return findings
    }

    /// The registrations whose secret or certificate is there.
    private var usable: Set<DefenderRegistration> {
        let defender = configuration.defender
        var usable: Set<DefenderRegistration> = []
        if defender.read.isUsable { usable.insert(.read) }
        if (defender.act ?? defender.read).isUsable { usable.insert(.act) }
        return usable
    }

    private func credentials() -> [DoctorFinding] {
        [("read", configuration.defender.read), ("act", configuration.defender.act)].compactMap { name, credential in
            guard let credential, credential.isUsable else { return nil }
            let breaks = name == "read" ? "no token: no machine is found" : "no token: nothing is done"
            switch credential.proof {
            case .certificate(let certificate):
                return expiry("defender", "the certificate of defender.\(name)", certificate.notAfter, breaks: breaks)
            case .secret:
                let what = "the secret of defender.\(name)"
                guard let until = credential.secretExpires else {
                    return DoctorFinding(
                        .note, "defender", "when \(what) ends is not known", breaks: "nobody is warned before it ends",
                        mend: "note its last day as defender.\(name).secret_expires")
                }
                return expiry("defender", what, until, breaks: breaks)
            }
        }
    }

    private func tokens(_ report: PermissionReport) -> [DoctorFinding] {
        report.tokens.map { token in
            let what = "\(token.audience.resourceName) as defender.\(token.registration.rawValue)"
            guard let error = token.error else {
                return DoctorFinding(.good, "defender", "there is a token for \(what)")
            }
            return DoctorFinding(
                standing(of: error), "defender", "there is no token for \(what): \(error.description)",
                breaks: token.registration == .read ? "no machine is found" : "nothing is done",
                mend: mend(for: error, at: configuration.defender.endpoints.login, "defender.urls.login")
                    ?? "look at defender.tenant and defender.\(token.registration.rawValue), and at the app registration in Entra"
            )
        }
    }

    private func permissions(_ report: PermissionReport, areAllKnown: Bool) -> [DoctorFinding] {
        var findings = report.findings.map { finding -> DoctorFinding in
            let need = finding.need
            let permission = "\(need.toGrant) (\(need.audience.resourceName), defender.\(need.registration.rawValue))"
            switch finding.state {
            case .present: return DoctorFinding(.good, "defender", "granted: \(permission)")
            case .unknown:
                return DoctorFinding(
                    .note, "defender", "it cannot be told whether this is granted: \(permission)",
                    breaks: "without it: " + breaks(need), mend: "run this again once there is a token")
            case .missing:
                // Without hunting everything works, with fewer facts.
                let isHunting = need.uses.allSatisfy { $0 == .hunting || $0 == .investigateByAlert }
                return DoctorFinding(
                    isHunting ? .warning : .problem, "defender", "missing: \(permission)", breaks: breaks(need),
                    mend:
                        "grant the application permission \(need.toGrant) of \(need.audience.resourceName) to the app "
                        + "registration \(clientID(need.registration)), and give admin consent")
            }
        }
        guard areAllKnown else { return findings }
        findings += report.unneeded.map { token, role in
            DoctorFinding(
                .note, "defender",
                "not needed by these playbooks: \(role) (\(token.audience.resourceName), defender.\(token.registration.rawValue))",
                mend: "take it away: whoever steals the credentials has it too")
        }
        return findings
    }

    private func clientID(_ registration: DefenderRegistration) -> String {
        let defender = configuration.defender
        return (registration == .act ? defender.act ?? defender.read : defender.read).clientID
            .escapedForDisplay(limit: 80)
    }

    private func breaks(_ need: PermissionNeed) -> String {
        var texts: [String] = []
        for text in need.uses.map(\.breaks) where !texts.contains(text) { texts.append(text) }
        return texts.joined(separator: "; ")
    }

    private func clock(_ skew: ClockSkew) -> DoctorFinding {
        let seconds = skew.certain.components.seconds
        guard seconds > 0 else {
            return DoctorFinding(.good, "defender", "this machine's clock agrees with the service's")
        }
        return DoctorFinding(
            seconds > 60 ? .problem : .warning, "defender",
            "this machine's clock is at least \(seconds) s \(skew.ahead > .zero ? "ahead" : "behind")",
            breaks: "signed deliveries and tokens are refused beyond five minutes", mend: "synchronise the clock")
    }

    // MARK: Reads

    /// Whether machines can be listed, and whether the groups and machines that the policies' roles name exist.
    private func fleet(
        _ client: DefenderClient, _ library: PlaybookLibrary?, _ report: PermissionReport
    ) async -> [DoctorFinding] {
        let roles = (library?.policies ?? []).flatMap { policy in policy.roles.map { (policy.name, $0) } }
        let untold = DoctorFinding(
            .note, "playbooks", "it cannot be told whether the roles of the policies match machines",
            mend: "run this again once machines can be listed")
        guard report.tokens.contains(where: { $0.registration == .read && $0.audience == .defender && $0.error == nil })
        else { return roles.isEmpty ? [] : [untold] }
        let machines: DefenderList<Machine>
        do throws(DefenderError) {
            machines = try await client.machines(filter: .equal(.onboardingStatus, "Onboarded"))
        } catch {
            let finding = DoctorFinding(
                standing(of: error), "defender", "the machines cannot be listed: \(error.description)",
                breaks: "shares of the fleet cannot be counted: nothing is planned",
                mend: mend(for: error, at: configuration.defender.endpoints.api, "defender.urls.api"))
            return roles.isEmpty ? [finding] : [finding, untold]
        }
        guard machines.cut == nil else {
            let finding = DoctorFinding(
                .warning, "defender",
                "Defender's list of machines is cut off: \(machines.count) of them could be read",
                breaks: "shares of the fleet are counted too small: budgets are smaller than they should be",
                mend: "look whether the links to further pages lead to the configured server")
            return roles.isEmpty ? [finding] : [finding, untold]
        }
        let count = "\(machines.count) machine\(machines.count == 1 ? " is" : "s are") onboarded"
        guard !machines.isEmpty else {
            return [
                DoctorFinding(
                    .warning, "defender", "no machine is onboarded", breaks: "nothing can be found or done",
                    mend: "look whether tenant and region are the right ones")
            ]
        }
        let groups = Set(machines.map(\.group)).subtracting([""]).sorted().prefix(8).joined(separator: ", ")
        return [DoctorFinding(.good, "defender", count)]
            + roles.filter { _, role in !machines.contains(where: role.covers) }.map { policy, role in
                DoctorFinding(
                    .warning, "playbooks", "role \(role.name) of \(policy) matches no machine",
                    breaks: "guards that rely on it protect nobody",
                    mend: groups.isEmpty
                        ? "name machines by their ids: this tenant's machines are in no groups"
                        : "name groups as Defender does: \(groups)")
            }
    }

    /// Asks about a device that nobody has: a permission alone does not say that the hunting service answers.
    private func hunting(_ client: DefenderClient, _ report: PermissionReport) async -> [DoctorFinding] {
        let isPermitted = report.findings.contains { $0.state == .present && $0.need.uses.contains(.hunting) }
        guard isPermitted, let nobody = MachineID(String(repeating: "0", count: 40)) else { return [] }
        do throws(DefenderError) {
            _ = try await client.huntDevices([nobody])
            return [DoctorFinding(.good, "defender", "hunting answers")]
        } catch {
            let isByGraph = configuration.defender.hunting.first == .graph
            let endpoints = configuration.defender.endpoints
            return [
                DoctorFinding(
                    standing(of: error), "defender", "hunting does not answer: \(error.description)",
                    breaks: DefenderUse.hunting.breaks,
                    mend: mend(
                        for: error, at: isByGraph ? endpoints.graph : endpoints.api,
                        isByGraph ? "defender.urls.graph" : "defender.urls.api"))
            ]
        }
    }

    // MARK: Errors

    /// What passes by itself breaks nothing for good.
    private func standing(of error: DefenderError) -> DoctorFinding.Standing {
        error.code == .throttled ? .warning : .problem
    }

    /// Nil where the error says itself what to do.
    private func mend(for error: DefenderError, at server: HTTPURL, _ key: String) -> String? {
        switch error.code {
        case .connection, .timeout:
            "let this machine reach \(server.origin): look at name resolution, firewall and proxy, and at \(key)"
        case .tls:
            "\(server.host) shows a certificate that this machine does not trust: look whether something in between opens the "
                + "connection"
        case .throttled:
            "it is asked again by itself; look who else uses this app registration"
        case .serverError:
            "run this again in a few minutes; if it stays, look at the service's health page"
        case .malformedReply, .replyTooLarge, .notFound:
            "what answers at \(server.origin) is not what it should be: look at \(key), and at what is in between"
        case .unauthorized: "look at admin consent, at defender.audience and at the licence"
        case .forbidden: "grant what is said to be missing, and give admin consent"
        case .disabledFeature: "switch the feature on in Defender's settings"
        default: nil
        }
    }
}

extension DefenderConfiguration.Credential {
    /// False where nothing but a stand-in is there.
    var isUsable: Bool {
        if case .secret(let secret) = proof { !secret.isEmpty } else { true }
    }
}

extension DefenderUse {
    /// What does not work without it.
    var breaks: String {
        switch self {
        case .file:
            "a verdict with a SHA-256 alone finds no machine by the file calls, and guards do not know the signer"
        case .prevalence: "guards do not know how common the file is in the organisation"
        case .machines: "no machine is found"
        case .fleet: "shares of the fleet cannot be counted: nothing is planned"
        case .isolation: "nobody knows what is isolated already: nothing is sent"
        case .hunting: "MD5-only verdicts find no machine; executed, path and times are unknown"
        case .investigateByAlert: "investigate by alert_by_reference fails"
        case .cancel: "orders cannot be taken back before they take effect"
        case .isolate, .release, .restrictApps, .unrestrictApps, .stopAndQuarantine, .antivirusScan, .collectPackage,
            .investigate, .tag, .untag, .blockFile, .unblockFile:
            "\(rawValue) fails"
        }
    }
}
