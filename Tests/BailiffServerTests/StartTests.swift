import BailiffAPI
import BailiffDiagnostics
import BailiffHTTPClient
import BailiffModel
import BailiffServer
import Foundation
import Testing

@Suite("Starting", .serialized)
struct StartTests {
    private func configuration(_ folder: TemporaryFolder) throws -> ServerConfiguration {
        try Estate.configuration(folder, "http://127.0.0.1:9", tenant: "tenant-1")
    }

    private func problem(_ configuration: ServerConfiguration) async throws -> StartProblem {
        do {
            let server = try await RunningServer.start(configuration, logger: Estate.logger)
            try await server.stop()
        } catch let problem as StartProblem {
            return problem
        }
        throw Failure.started
    }

    private enum Failure: Error { case started }

    @Test("a key that others may read, or of another log, is refused")
    func keys() async throws {
        let folder = try TemporaryFolder()
        let configuration = try configuration(folder)
        let server = try await RunningServer.start(configuration, logger: Estate.logger)
        try await server.stop()
        let made = try String(contentsOfFile: folder.file("audit.key"), encoding: .utf8)
        #expect(made.hasPrefix("PRIVATE+KEY+log.example/test+"))
        var renamed = configuration
        renamed.audit.origin = "log.example/other"
        #expect(try await problem(renamed).code == .signingKey)
        try folder.write("audit.key", made, mode: 0o644)
        #expect(try await problem(configuration).code == .signingKey)
        try folder.write("audit.key", "nonsense")
        #expect(try await problem(configuration).code == .signingKey)
        #expect(try String(contentsOfFile: folder.file("audit.key"), encoding: .utf8) == "nonsense")
    }

    @Test("playbooks with an error stop the start and are shown with their place")
    func playbooks() async throws {
        let folder = try TemporaryFolder()
        var configuration = try configuration(folder)
        try folder.write("playbooks/bad.yaml", "bailiff: playbook/v1\nname: bad\nversoin: 1\n")
        configuration.playbooks.folder = folder.file("playbooks")
        let problem = try await problem(configuration)
        #expect(problem.code == .playbooks)
        #expect(problem.report?.diagnostics.contains { $0.hint == "did you mean 'version'?" } == true)
        configuration.playbooks.folder = folder.file("nowhere")
        #expect(try await self.problem(configuration).code == .playbooks)
    }

    @Test("a database that another process has open is not touched")
    func locked() async throws {
        let folder = try TemporaryFolder()
        let configuration = try configuration(folder)
        let server = try await RunningServer.start(configuration, logger: Estate.logger)
        let problem = try await problem(configuration)
        try await server.stop()
        #expect(problem.code == .store)
    }

    @Test("an address that is taken ends the start, and nothing stays locked")
    func takenAddress() async throws {
        let folder = try TemporaryFolder()
        let other = try TemporaryFolder()
        let first = try await RunningServer.start(try configuration(folder), logger: Estate.logger)
        let port = try #require(HTTPURL(first.apiURL)?.port)
        var configuration = try configuration(other)
        configuration.server.api = ListenAddress(host: "127.0.0.1", port: port)
        do {
            _ = try await RunningServer.start(configuration, logger: Estate.logger)
            Issue.record("started")
        } catch {
            #expect("\(error)" == "127.0.0.1:\(port) cannot be listened on: another process listens there")
        }
        // Any free port: the number of the first could be another program's by the time it is let go.
        configuration.server.api = ListenAddress(host: "127.0.0.1", port: 0)
        let second = try await RunningServer.start(configuration, logger: Estate.logger)
        try await second.stop()
        try await first.stop()
    }

    @Test("something that is no socket at the socket's place is left alone")
    func socketPlace() async throws {
        let folder = try TemporaryFolder()
        let configuration = try configuration(folder)
        try folder.write("admin.sock", "mine")
        await #expect(throws: (any Error).self) {
            _ = try await RunningServer.start(configuration, logger: Estate.logger)
        }
        #expect(try String(contentsOfFile: folder.file("admin.sock"), encoding: .utf8) == "mine")
    }

    @Test("a socket left behind by a crash is replaced")
    func staleSocket() async throws {
        let folder = try TemporaryFolder()
        let configuration = try configuration(folder)
        let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: configuration.server.socket.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(stale, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        close(stale)
        #expect(bound == 0)
        let server = try await RunningServer.start(configuration, logger: Estate.logger)
        let answer = try await UnixSocketCall(path: server.socketPath).send("GET", "/v1/status", nil)
        try await server.stop()
        #expect(answer.status == 200)
    }

    @Test("stopping twice, and before anything began, does no harm")
    func stopping() async throws {
        let folder = try TemporaryFolder()
        let configuration = try configuration(folder)
        let server = try await RunningServer.start(configuration, logger: Estate.logger)
        try await server.stop()
        try await server.stop()
        let run = ServerRun(configuration, logger: Estate.logger)
        run.stop()
        try await run.run { _ in }
    }

    @Test("encrypted addresses serve the configured certificate")
    func encrypted() async throws {
        let folder = try TemporaryFolder()
        var configuration = try configuration(folder)
        let files = TLSFiles(
            certificate: try folder.write("server.pem", TestCertificate.one.certificatePEM, mode: 0o644),
            key: try folder.write("server.key", TestCertificate.one.keyPEM))
        configuration.server.tls = files
        let server = try await RunningServer.start(configuration, logger: Estate.logger)
        do {
            #expect(server.apiURL.hasPrefix("https://"))
            let reply = try await Client(server.apiURL, trusting: .one).send(.get, "/healthz")
            #expect(reply.status == 200)
            await #expect(throws: HTTPFailure.self) {
                _ = try await Client(server.apiURL, trusting: .two).send(.get, "/healthz")
            }
            try await server.stop()
        } catch {
            try? await server.stop()
            throw error
        }
    }

    @Test("a replaced certificate is taken, a broken one is not")
    func replacedCertificate() throws {
        let folder = try TemporaryFolder()
        let files = TLSFiles(
            certificate: try folder.write("server.pem", TestCertificate.one.certificatePEM, mode: 0o644),
            key: try folder.write("server.key", TestCertificate.one.keyPEM))
        let certificates = try TLSCertificates(files: files, clock: ContinuousClock(), logger: Estate.logger)
        #expect(!certificates.reload())
        try folder.write("server.pem", TestCertificate.two.certificatePEM, mode: 0o644)
        #expect(!certificates.reload(), "the key is still that of the first")
        try folder.write("server.key", TestCertificate.two.keyPEM)
        #expect(certificates.reload())
        #expect(!certificates.reload())
        try folder.write("server.key", TestCertificate.two.keyPEM, mode: 0o644)
        #expect(!certificates.reload())
        #expect(throws: TLSFilesError(problem: .keyExposed)) {
            _ = try TLSCertificates(files: files, clock: ContinuousClock(), logger: Estate.logger)
        }
    }
}
