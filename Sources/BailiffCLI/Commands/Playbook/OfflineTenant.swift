import BailiffDefenderEmulator
import BailiffDiagnostics
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffServer
import BailiffYAML
import Logging

/// A fleet from a file, behind the emulator on this machine, read by the real client.
struct OfflineTenant {
    let file: String

    /// What the playbook would do about each verdict, as documents.
    func previews(
        of playbook: Playbook, in library: PlaybookLibrary, for verdicts: [VerdictFacts], mode: ActivationMode
    ) async throws -> [JSONValue] {
        var tenant = try Self.tenant(file)
        let surroundings = Surroundings.system
        let secret = Hex.encode(surroundings.randomBytes(16))
        let reader = EmulatorTenant.Application(
            name: "bailiff playbook plan", clientID: Self.clientID(surroundings.randomBytes(16)), secret: secret,
            roles: ["File.Read.All", "Machine.Read.All", "ThreatHunting.Read.All"])
        tenant.applications.append(reader)
        var options = EmulatorOptions(progress: .immediate)
        options.quotas = .off
        // What goes wrong is thrown; how the emulator is stopped is nobody's business.
        let logger = Logger(label: "plan", factory: { _ in SwiftLogNoOpLogHandler() })
        let id = tenant.id
        do {
            return try await DefenderEmulator.withEmulator(tenant: tenant, options: options, logger: logger) {
                emulator in
                try await TenantReading.with(
                    url: emulator.url, tenant: id, clientID: reader.clientID, secret: Secret(secret), logger: logger
                ) { threat in
                    var previews: [JSONValue] = []
                    for verdict in verdicts {
                        let outcome = try await PlanPreview(threat: threat, tenant: id).outcome(
                            playbook, in: library, for: verdict, mode: mode, at: surroundings.now())
                        previews.append(PlanView.json(outcome, of: playbook, for: verdict))
                    }
                    return previews
                }
            }
        } catch let error as EmulatorError {
            throw CommandFailure(error.message)
        } catch let error as ThreatError {
            throw CommandFailure("the tenant cannot be read: \(error.message)")
        }
    }

    /// A fleet from a file of the emulator's format.
    static func tenant(_ file: String) throws(CommandFailure) -> EmulatorTenant {
        let bytes = try InputFile.read(file, limit: 64 << 20)
        switch StrictYAML.source(file: file, bytes: bytes) {
        case .failure(let error): throw DiagnosticOutput(sources: []).failure(error.diagnostics, in: file)
        case .success(let source):
            do throws(DiagnosticsError) {
                return try EmulatorTenant(yaml: source.text, file: file)
            } catch {
                throw DiagnosticOutput(sources: [source]).failure(error.diagnostics, in: file)
            }
        }
    }

    /// In the form of a directory's ids.
    private static func clientID(_ bytes: [UInt8]) -> String {
        var rest = Substring(Hex.encode(bytes))
        return [8, 4, 4, 4, 12].map { length in
            defer { rest = rest.dropFirst(length) }
            return String(rest.prefix(length))
        }.joined(separator: "-")
    }
}
