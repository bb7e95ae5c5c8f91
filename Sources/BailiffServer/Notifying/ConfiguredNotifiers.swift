import BailiffAPI
import BailiffHTTPClient
import BailiffModel
import BailiffNotify
import Logging

/// The configured notifiers with the client that reaches them, and nothing else.
struct ConfiguredNotifiers: Sendable {
    let notifiers: [Notifier]
    private let client: OutgoingHTTPClient
    private let sender: NotificationSender
    private let surroundings: Surroundings

    /// - Throws: `StartProblem` for a secret that signs nothing: reading the configuration has refused it before.
    init(_ configured: [ServerConfiguration.Notifier], surroundings: Surroundings) throws(StartProblem) {
        var notifiers: [Notifier] = []
        for item in configured {
            do throws(WebhookSigningKey.Problem) {
                notifiers.append(Notifier(name: item.name, channel: try item.channel))
            } catch {
                throw StartProblem(.notifiers, "the notifier \(item.name): \(error)")
            }
        }
        // The addresses are secrets, and the client would log them with a failure.
        let silent = Logger(label: "notify") { _ in SwiftLogNoOpLogHandler() }
        do throws(HTTPFailure) {
            client = try OutgoingHTTPClient(
                allowing: notifiers.map { .origin($0.url) }, connectionsPerHost: 4, logger: silent)
        } catch {
            throw StartProblem(.notifiers, "the client for notifiers cannot be made", underlying: error)
        }
        self.notifiers = notifiers
        self.surroundings = surroundings
        sender = NotificationSender(transport: client, now: surroundings.now)
    }

    func shutdown() async { await client.shutdown() }

    /// Delivers once; `NotifyError` tells whether trying again may help.
    func send(_ notice: Notice, to name: String) async throws(NotifyError) {
        guard let notifier = notifiers.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
            throw NotifyError(.refused)
        }
        try await sender.send(notice, to: notifier)
    }

    /// What the API shows and tries.
    var desk: NotifierDesk {
        NotifierDesk(
            places: notifiers.map {
                NotifierDesk.Place(name: $0.name, kind: $0.kind, origin: $0.url.origin)
            },
            test: { name, person in
                let notice = Notice.test(
                    id: "ntf_" + Hex.encode(surroundings.randomBytes(12)), notifier: name, by: person,
                    at: surroundings.now())
                do throws(NotifyError) {
                    try await send(notice, to: name)
                    return nil
                } catch {
                    return error.description
                }
            })
    }
}

extension ServerConfiguration.Notifier {
    fileprivate var channel: BailiffNotify.Notifier.Channel {
        get throws(WebhookSigningKey.Problem) {
            switch kind {
            case .webhook(let url, let secret):
                var key: WebhookSigningKey?
                if let secret { key = try WebhookSigningKey(secret) }
                return .webhook(url, key)
            case .teams(let url): return .teams(url)
            case .slack(let url): return .slack(url)
            }
        }
    }
}
