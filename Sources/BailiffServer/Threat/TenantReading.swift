import BailiffDefender
package import BailiffEngine
import BailiffHTTPClient
package import BailiffModel
package import Logging

/// Reads one tenant without a server around it: for showing what a playbook would do.
package enum TenantReading {
    /// Runs `body` with the real client over the service at `url`, and closes its connections afterwards.
    ///
    /// - Parameter url: Login host, Defender's API and Graph at once, as the emulator has them; on this machine alone.
    /// - Throws: ``StartProblem`` for an address the client does not take, else what `body` throws.
    package static func with<Result: Sendable>(
        url: String, tenant: String, clientID: String, secret: Secret, surroundings: Surroundings = .system,
        logger: Logger, _ body: (any ThreatService) async throws -> Result
    ) async throws -> Result {
        guard let address = HTTPURL(url), address.isLoopback else {
            throw StartProblem(.defender, "'\(url)' is no address on this machine")
        }
        let endpoints = DefenderEndpoints(login: address, api: address, graph: address)
        let transport = try OutgoingHTTPClient(allowing: endpoints.hostRules, logger: logger)
        let client = DefenderClient(
            configuration: DefenderConfiguration(
                tenant: tenant, endpoints: endpoints,
                read: DefenderConfiguration.Credential(clientID: clientID, .secret(secret))), transport: transport,
            surroundings: surroundings, logger: logger)
        do {
            let result = try await body(DefenderThreatService(client: client, now: surroundings.now))
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }
}
