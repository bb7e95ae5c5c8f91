import BailiffModel
import Testing

@testable import BailiffAPI

@Suite("The date of an answer")
struct ResponseDateTests {
    @Test(
        "is written as RFC 9110 has it",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
        ])
    func text(_ seconds: Int64, _ expected: String) {
        #expect(ResponseDate.text(of: Timestamp(seconds: seconds)) == expected)
    }

    @Test("follows the clock")
    func follows() {
        let time = Locked(Timestamp(seconds: 0))
        let date = ResponseDate { time.withLock { $0 } }
        #expect(date.text.hasSuffix("00:00:00 GMT"))
        time.withLock { $0 = Timestamp(microseconds: 1_999_999) }
        #expect(date.text.hasSuffix("00:00:01 GMT"))
    }
}
