import Testing

@Suite("The demo plays the main job")
struct DemoTests {
    @Test("everything happens as it should, and the exported log verifies")
    func plays() async throws {
        let output = try await Program.run(["demo"], folder: try TemporaryFolder())
        #expect(output.status == 0, "\(output.stderr)")
        let text = output.stdout + output.stderr
        for line in [
            "isolate: done, confirmed", "isolate: denied: guards.tier0", "investigate: done, confirmed",
            "stop and quarantine the file: done, confirmed", "the same answer, nothing new", "a duplicate, nothing new",
            "log             whole",
        ] {
            #expect(text.contains(line), "\(line)")
        }
    }
}
