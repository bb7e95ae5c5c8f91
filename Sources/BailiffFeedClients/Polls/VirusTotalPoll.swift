import BailiffHTTPClient
import BailiffIntake
import BailiffModel

/// The stream of what the account's hunting rules and followed collections found, newest first: file objects with the
/// notification beside them.
enum VirusTotalPoll: PollDialect {
    static let isNewestFirst = true
    static let pageSize = 40

    static func request(_ window: PollWindow, server: FeedServer) -> HTTPRequest? {
        let cursor = window.token.map { "&cursor=" + HTTPURL.encoded($0) } ?? ""
        return server.request(path: "/api/v3/ioc_stream", query: "limit=\(pageSize)&order=date-" + cursor)
    }

    static func page(_ answer: JSONValue, window: PollWindow) -> PollPage? {
        guard let objects = answer["data"]?.array else { return nil }
        var page = PollPage(entries: [], next: answer["meta"]?["cursor"]?.string)
        for object in objects {
            guard let context = object["context_attributes"], let id = context["notification_id"]?.string,
                let seconds = context["notification_date"]?.int
            else { return nil }
            let isFile = object["type"]?.string == "file"
            page.entries.append(
                (PollWindow.Item(id: id, time: Timestamp(seconds: seconds)), isFile ? .record(object) : .nothing))
        }
        return page
    }
}
