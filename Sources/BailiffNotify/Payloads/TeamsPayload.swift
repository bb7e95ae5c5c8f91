package import BailiffModel

/// The body for a workflow of Microsoft Teams: one Adaptive Card.
///
/// Every text is a text run: those know no Markdown, so that nothing from outside can become a link, a mention or a picture.
package enum TeamsPayload {
    /// Teams refuses messages above 28 KB.
    private static let factLimit = 12

    package static func json(_ notice: Notice) -> JSONValue {
        var body: [JSONValue] = [
            block(
                notice.title, limit: 200,
                ["weight": "Bolder", "size": "Medium", "color": .string(colour(notice.urgency))]),
            block(notice.text, limit: 1_000),
        ]
        body += notice.facts.prefix(factLimit).map { fact in
            [
                "type": "RichTextBlock", "spacing": "Small",
                "inlines": [
                    run(fact.title, limit: 60, ["weight": "Bolder"]), run(": ", limit: 2), run(fact.value, limit: 200),
                ],
            ]
        }
        if notice.facts.count > factLimit {
            body.append(block("and \(notice.facts.count - factLimit) more", limit: 60, ["isSubtle": true]))
        }
        if let command = notice.command {
            body.append(block(command, limit: 300, ["fontType": "Monospace"]))
        }
        return [
            "type": "message",
            "attachments": [
                [
                    "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": .null,
                    "content": [
                        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard",
                        "version": "1.4", "msteams": ["width": "Full"], "body": .array(body),
                    ],
                ]
            ],
        ]
    }

    private static func block(_ text: String, limit: Int, _ style: JSONObject = [:]) -> JSONValue {
        ["type": "RichTextBlock", "inlines": [run(text, limit: limit, style)]]
    }

    private static func run(_ text: String, limit: Int, _ style: JSONObject = [:]) -> JSONValue {
        var run = style
        run["type"] = "TextRun"
        run["text"] = .string(ShownText.safe(text, limit: limit))
        return .object(run)
    }

    private static func colour(_ urgency: Notice.Urgency) -> String {
        switch urgency {
        case .information: "Default"
        case .attention: "Warning"
        case .alarm: "Attention"
        }
    }
}
