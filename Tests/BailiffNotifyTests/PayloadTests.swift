import BailiffModel
import BailiffNotify
import Testing

@Suite("What messages look like")
struct PayloadTests {
    static let hostile =
        "a<!channel>[x](javascript:alert(1)) *b* \u{202E}gpj.exe\u{1B}[31m & <http://x|y> e\u{301}\u{301}"

    static func notice(_ text: String, facts: Int = 2) -> Notice {
        Notice(
            id: "ntf_1", event: "held", at: Timestamp(seconds: 1_790_000_000), urgency: .alarm, title: text, text: text,
            facts: (0..<facts).map { Notice.Fact("machine \($0)", text) }, command: "bailiff approval show 7F3K",
            data: ["run": "7F3K02QD", "name": .string(text)])
    }

    /// All texts of a JSON value.
    private func texts(_ value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(texts)
        case .object(let object): object.members.flatMap { texts($0.value) }
        default: []
        }
    }

    @Test("the generic webhook says everything, unchanged, as data")
    func webhook() throws {
        let json = WebhookPayload.json(Self.notice(Self.hostile))
        #expect(json["type"]?.string == "bailiff.held")
        #expect(json["id"]?.string == "ntf_1")
        #expect(json["timestamp"]?.string == Timestamp(seconds: 1_790_000_000).rfc3339)
        #expect(json["data"]?["name"]?.string == Self.hostile)
        #expect(try StrictJSON.parse(json.utf8()) == json)
    }

    @Test("a Teams card has text runs only, so that no Markdown and no mention works")
    func teams() throws {
        let json = TeamsPayload.json(Self.notice(Self.hostile))
        #expect(json["type"]?.string == "message")
        let attachment = try #require(json["attachments"]?.array?.first)
        #expect(attachment["contentType"]?.string == "application/vnd.microsoft.card.adaptive")
        let card = try #require(attachment["content"])
        #expect(card["type"]?.string == "AdaptiveCard")
        let body = try #require(card["body"]?.array)
        #expect(body.count == 5)
        for block in body {
            #expect(block["type"]?.string == "RichTextBlock")
            let runs = try #require(block["inlines"]?.array)
            #expect(runs.allSatisfy { $0["type"]?.string == "TextRun" && $0["selectAction"] == nil })
        }
        #expect(texts(card).contains { $0.contains("\\u{202E}gpj.exe\\u{1B}[31m") })
    }

    @Test("Slack texts are plain, and what Slack reads as a link or a mention is escaped")
    func slack() throws {
        let json = SlackPayload.json(Self.notice(Self.hostile))
        let blocks = try #require(json["blocks"]?.array)
        #expect(blocks.map { $0["type"]?.string } == ["header", "section", "section", "context"])
        let plain = blocks.flatMap { block in
            [block["text"]].compactMap(\.self) + (block["fields"]?.array ?? []) + (block["elements"]?.array ?? [])
        }
        #expect(plain.count == 5)
        #expect(plain.allSatisfy { $0["type"]?.string == "plain_text" && $0["emoji"]?.bool == false })
        for text in texts(json) { #expect(!text.contains("<") && !text.contains(">"), "\(text)") }
        #expect(json["text"]?.string?.hasPrefix("ALARM: a&lt;!channel&gt;") == true)
        #expect(json["mrkdwn"]?.bool == false)
    }

    @Test(
        "nothing that acts on a terminal or turns text round gets into what people see", arguments: ["teams", "slack"])
    func shown(_ kind: String) {
        let notice = Self.notice(Self.hostile)
        let json = kind == "teams" ? TeamsPayload.json(notice) : SlackPayload.json(notice)
        for scalar in texts(json).joined().unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .nonspacingMark, .enclosingMark: Issue.record("\(scalar.value)")
            default: break
            }
        }
    }

    @Test("a message of any length fits: Teams takes 28 KB, Slack 3,000 characters a text and 50 blocks")
    func limits() throws {
        let long = String(repeating: "<&>\u{1B}ü", count: 20_000)
        let notice = Self.notice(long, facts: 500)
        #expect(TeamsPayload.json(notice).utf8().count < 28 * 1_024)
        let slack = SlackPayload.json(notice)
        let blocks = try #require(slack["blocks"]?.array)
        #expect(blocks.count <= 50)
        for block in blocks {
            let limit = block["type"]?.string == "header" ? 150 : 3_000
            // A browser counts an entity as one character.
            for text in texts(block) {
                let shown = text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
                #expect(shown.unicodeScalars.count <= limit)
            }
            for field in block["fields"]?.array ?? [] {
                #expect((field["text"]?.string ?? "").unicodeScalars.count <= 2_000)
            }
        }
    }
}
