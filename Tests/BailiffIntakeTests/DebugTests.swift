import BailiffIntake
import BailiffModel
import Testing

@Test func debugMISP() throws {
    guard Corpus.isAvailable, var event = try Corpus.json("feeds/samples/misp-event-vmray.json")["Event"]?.object else {
        return
    }
    event["Object"] = .array((event["Object"]?.array ?? []).filter { $0["name"]?.string != "sandbox-report" })
    let body = try Intake.normalise(IntakeBody(bytes: JSONValue.object(event).utf8()), product: .misp)
    print("MISPDEBUG", FeedNormalisation.json(of: body).text())
}
