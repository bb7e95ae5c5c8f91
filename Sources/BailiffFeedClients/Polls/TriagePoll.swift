import BailiffHTTPClient
import BailiffIntake
import BailiffModel

/// The samples of the account, newest first. The list has no verdicts: the overview of every file is fetched, also where
/// the sandbox is still at it.
enum TriagePoll: PollDialect {
    static let isNewestFirst = true
    static let pageSize = 200

    static func request(_ window: PollWindow, server: FeedServer) -> HTTPRequest? {
        let offset = window.token.map { "&offset=" + HTTPURL.encoded($0) } ?? ""
        return server.request(path: "/v0/samples", query: "subset=owned&limit=\(pageSize)" + offset)
    }

    static func page(_ answer: JSONValue, window: PollWindow) -> PollPage? {
        guard let samples = answer["data"]?.array else { return nil }
        var page = PollPage(entries: [], next: answer["next"]?.string)
        for sample in samples {
            guard let id = sample["id"]?.string, let text = sample["submitted"]?.string,
                let time = Timestamp(rfc3339: text),
                let reference = ReportReference(product: .triage, kind: .task, id: id)
            else { return nil }
            let isFile = sample["kind"]?.string.map { $0 != "url" } ?? true
            page.entries.append((PollWindow.Item(id: id, time: time), isFile ? .report(reference) : .nothing))
        }
        return page
    }
}
