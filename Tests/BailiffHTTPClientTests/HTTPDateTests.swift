import BailiffHTTPClient
import BailiffModel
import Testing

@Suite struct HTTPDateTests {
    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
        ("Thu, 29 Feb 2024 23:59:59 GMT", "2024-02-29T23:59:59Z"),
        // A leap second counts as the one before it.
        ("Sat, 31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59Z"),
    ])
    func reads(_ row: (text: String, time: String)) {
        #expect(HTTPDate.parse(row.text) == Timestamp(rfc3339: row.time))
    }

    @Test(arguments: [
        "", "now", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49:99 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT x",
    ])
    func refuses(_ text: String) { #expect(HTTPDate.parse(text) == nil) }

    @Test func ofAReply() {
        let reply = HTTPReply(status: 200, headers: [HTTPHeader("date", "Sun, 06 Nov 1994 08:49:37 GMT")])
        #expect(reply.date == Timestamp(rfc3339: "1994-11-06T08:49:37Z"))
        #expect(HTTPReply(status: 200).date == nil)
    }
}
