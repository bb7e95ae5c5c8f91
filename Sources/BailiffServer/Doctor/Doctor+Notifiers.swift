import BailiffHTTPClient
import BailiffModel
import Logging

/// Whether the servers of notifiers can be reached. Nothing is delivered, and the addresses, which are secrets, are not
/// called: only their servers' front pages are.
extension Doctor {
    func notifiers() async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        for notifier in configuration.notifiers {
            let url = notifier.kind.url
            let silent = Logger(label: "notify") { _ in SwiftLogNoOpLogHandler() }
            do throws(HTTPFailure) {
                let client = try OutgoingHTTPClient(allowing: [.origin(url)], logger: silent)
                let failure = await trouble(of: client, url)
                await client.shutdown()
                if let failure { throw failure }
                findings.append(DoctorFinding(.good, "notifiers", "\(notifier.name): \(url.host) answers"))
            } catch {
                findings.append(
                    DoctorFinding(
                        .problem, "notifiers", "\(notifier.name): \(url.host) cannot be reached: \(error)",
                        breaks: "nobody is told of questions and results by it",
                        mend: "let this machine reach \(url.origin), or correct notifiers.\(notifier.name); then "
                            + "'bailiff notify test \(notifier.name)' sends a message"))
            }
        }
        return findings
    }

    /// Nil for any answer at all.
    private func trouble(of client: OutgoingHTTPClient, _ url: HTTPURL) async -> HTTPFailure? {
        guard let front = url.at(path: "/") else { return HTTPFailure(.invalidRequest, mayHaveBeenReceived: false) }
        let limits = HTTPLimits(firstByte: .seconds(10), whole: .seconds(15), bodyInBytes: 1 << 20)
        do throws(HTTPFailure) {
            _ = try await client.send(HTTPRequest(.get, front, limits: limits))
            return nil
        } catch {
            // A page that is too long is an answer as well.
            return error.code == .tooLarge ? nil : error
        }
    }
}

extension ServerConfiguration.Notifier.Kind {
    fileprivate var url: HTTPURL {
        switch self {
        case .webhook(let url, secret: _), .teams(let url), .slack(let url): url
        }
    }
}
