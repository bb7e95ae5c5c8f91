package import BailiffModel

/// The body for an incoming webhook of Slack.
///
/// All texts are plain text, which knows no formatting, and `&`, `<` and `>` are escaped, so that nothing from outside can
/// become a link, a mention of everybody or a picture.
package enum SlackPayload {
    private static let factLimit = 20
    private static let fieldsPerSection = 10

    package static func json(_ notice: Notice) -> JSONValue {
        let title = marked(notice)
        var blocks: [JSONValue] = [
            ["type": "header", "text": plain(title, limit: 140)],
            ["type": "section", "text": plain(notice.text, limit: 2_000)],
        ]
        let facts = Array(notice.facts.prefix(factLimit))
        for start in stride(from: 0, to: facts.count, by: fieldsPerSection) {
            let part = facts[start..<min(start + fieldsPerSection, facts.count)]
            blocks.append([
                "type": "section", "fields": .array(part.map { plain("\($0.title): \($0.value)", limit: 400) }),
            ])
        }
        if notice.facts.count > factLimit {
            blocks.append(context("and \(notice.facts.count - factLimit) more"))
        }
        if let command = notice.command { blocks.append(context(command)) }
        return [
            // What notifications on a phone show.
            "text": .string(escaped(title, limit: 140)), "mrkdwn": false, "unfurl_links": false, "unfurl_media": false,
            "blocks": .array(blocks),
        ]
    }

    private static func marked(_ notice: Notice) -> String {
        switch notice.urgency {
        case .information, .attention: notice.title
        case .alarm: "ALARM: \(notice.title)"
        }
    }

    private static func context(_ text: String) -> JSONValue {
        ["type": "context", "elements": [plain(text, limit: 400)]]
    }

    private static func plain(_ text: String, limit: Int) -> JSONValue {
        ["type": "plain_text", "emoji": false, "text": .string(escaped(text, limit: limit))]
    }

    /// The limit counts before escaping, and Slack's own limits are far above five times ours.
    private static func escaped(_ text: String, limit: Int) -> String {
        var out = ""
        for scalar in ShownText.safe(text, limit: limit).unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
