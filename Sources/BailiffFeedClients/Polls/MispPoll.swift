import BailiffHTTPClient
import BailiffIntake
import BailiffModel

/// Published events, asked for by the time of their publication: what is added to an event counts when the event is
/// published again. The pages come in no order.
enum MispPoll: PollDialect {
    static let isNewestFirst = false
    static let pageSize = 50

    static func request(_ window: PollWindow, server: FeedServer) -> HTTPRequest? {
        let number = window.token.flatMap { Int64($0) } ?? 1
        return server.request(
            .post, path: "/events/restSearch",
            json: [
                "returnFormat": "json", "published": true, "limit": .int(Int64(pageSize)), "page": .int(number),
                "publish_timestamp": .string(String(max(window.floor.seconds, 0))),
            ])
    }

    static func page(_ answer: JSONValue, window: PollWindow) -> PollPage? {
        guard let listed = answer["response"]?.array ?? answer.array else { return nil }
        var page = PollPage(entries: [], next: nil)
        for entry in listed {
            guard let event = entry["Event"], let uuid = event["uuid"]?.string,
                let seconds = seconds(event["publish_timestamp"]) ?? seconds(event["timestamp"])
            else { return nil }
            // One publication of one event: the next one has another time.
            page.entries.append(
                (PollWindow.Item(id: "\(uuid):\(seconds)", time: Timestamp(seconds: seconds)), .record(entry)))
        }
        // The token is the number of the next page.
        let number = window.token.flatMap { Int64($0) } ?? 1
        if listed.count >= pageSize, number < 1_000_000 { page.next = String(number + 1) }
        return page
    }

    private static func seconds(_ value: JSONValue?) -> Int64? {
        switch value {
        case .int(let number): return number >= 0 ? number : nil
        case .string(let text):
            guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return Int64(text)
        default: return nil
        }
    }
}
