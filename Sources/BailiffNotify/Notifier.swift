package import BailiffHTTPClient

/// One configured place where people are told things.
package struct Notifier: Sendable {
    package enum Channel: Sendable {
        /// Any receiver of JSON; signed where there is a key.
        case webhook(HTTPURL, WebhookSigningKey?)
        /// A workflow of Microsoft Teams that posts Adaptive Cards.
        case teams(HTTPURL)
        /// An incoming webhook of Slack.
        case slack(HTTPURL)
    }

    package var name: String
    package var channel: Channel

    package init(name: String, channel: Channel) {
        self.name = name
        self.channel = channel
    }

    /// Whoever knows the address of a Teams or Slack hook may post to it: it is a secret.
    package var url: HTTPURL {
        switch channel {
        case .webhook(let url, _), .teams(let url), .slack(let url): url
        }
    }

    package var kind: String {
        switch channel {
        case .webhook: "webhook"
        case .teams: "teams"
        case .slack: "slack"
        }
    }
}

extension Notifier: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(name) (\(kind) at \(url.origin))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
