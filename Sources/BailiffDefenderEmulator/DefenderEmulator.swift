import BailiffModel
import Foundation
import Hummingbird
package import Logging
import NIOCore

/// A server that behaves like Entra and Microsoft Defender for Endpoint as documented: token endpoint, Defender API and
/// Graph hunting under one address.
///
/// Its state lives in memory and ends with it. Everything is also reachable over HTTP under `/emulator/`.
package final class DefenderEmulator: Sendable {
    /// `http://127.0.0.1:PORT`: the login host, the Defender API's host and Graph's at once.
    package let url: String
    let core: EmulatorCore
    private let server: Task<Void, any Error>
    private let isOver: Locked<Bool>

    private init(url: String, core: EmulatorCore, server: Task<Void, any Error>, isOver: Locked<Bool>) {
        self.isOver = isOver
        self.url = url
        self.core = core
        self.server = server
    }

    /// Starts an emulator; it is listening when this returns.
    /// - Throws: ``EmulatorError`` for a tenant that contradicts itself and for an address that cannot be listened on.
    package static func start(
        tenant: EmulatorTenant, options: EmulatorOptions = EmulatorOptions(), logger: Logger
    ) async throws -> DefenderEmulator {
        let core = try EmulatorCore(tenant: tenant, options: options, logger: logger)
        let isOver = Locked(false)
        var serverLogger = logger
        serverLogger.handler = QuietEnd(logger.handler, until: isOver)
        let (ports, listening) = AsyncThrowingStream.makeStream(of: Int.self)
        let application = Application(
            responder: EmulatorResponder(core: core),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port), serverName: nil),
            onServerRunning: { channel in listening.yield(channel.localAddress?.port ?? options.port) },
            logger: serverLogger)
        // A bridge: the caller wants a server that outlives this call and ends with `stop`.
        let server = Task {
            do {
                try await application.run()
                listening.finish()
            } catch {
                listening.finish(throwing: error)
                throw error
            }
        }
        let host = options.host.utf8.contains(UInt8(ascii: ":")) ? "[\(options.host)]" : options.host
        do {
            for try await port in ports {
                let url = "http://\(host):\(port)"
                core.listen(at: url)
                return DefenderEmulator(url: url, core: core, server: server, isOver: isOver)
            }
        } catch {
            throw EmulatorError(.address, "\(host):\(options.port) cannot be listened on: \(reason(error))")
        }
        throw EmulatorError(.stopped, "the emulator stopped before it was listening")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case is SocketAddressError.UnknownHost: "there is no such host"
        default: String(describing: error)
        }
    }

    /// Runs `body` with an emulator of its own and stops it afterwards, whatever happens.
    package static func withEmulator<Result>(
        tenant: EmulatorTenant, options: EmulatorOptions = EmulatorOptions(), logger: Logger,
        _ body: (DefenderEmulator) async throws -> Result
    ) async throws -> Result {
        let emulator = try await start(tenant: tenant, options: options, logger: logger)
        do {
            let result = try await body(emulator)
            await emulator.stop()
            return result
        } catch {
            await emulator.stop()
            throw error
        }
    }

    /// Closes the address and all connections. A second call does nothing.
    package func stop() async {
        isOver.withLock { $0 = true }
        core.releaseAll()
        server.cancel()
        _ = await server.result
    }

    /// Returns when the emulator has been stopped; cancelling the caller stops it.
    package func waitUntilStopped() async {
        await withTaskCancellationHandler {
            _ = await server.result
        } onCancel: {
            server.cancel()
        }
    }
}

/// Why an emulator does not start, or does not take a control command.
package struct EmulatorError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case invalidTenant, unknownMachine, unknownFile, invalidFaultPlan, invalidCommand, address, stopped
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
