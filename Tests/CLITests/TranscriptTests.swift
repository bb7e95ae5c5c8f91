import BailiffModel
import Foundation
import Testing

@Suite("Transcripts: what was typed and printed once is printed still")
struct TranscriptTests {
    @Test("without a server", arguments: Transcript.names("offline-"))
    func offline(_ name: String) async throws {
        let folder = try TemporaryFolder()
        try folder.copy("\(Transcript.folder)/files", to: "files")
        try folder.copy(Program.fixture("demo"), to: "demo")
        var transcript = try Transcript(name)
        #expect(!transcript.steps.isEmpty)
        try await transcript.replay(variables: ["COLUMNS": "100"], folder: folder)
    }

    @Test("a session with a server", arguments: Transcript.names("session-"))
    func session(_ name: String) async throws {
        let world = try await World.start()
        try world.folder.copy(Program.fixture("demo"), to: "demo")
        var transcript = try Transcript(name)
        #expect(!transcript.steps.isEmpty)
        var variables = world.variables
        variables["COLUMNS"] = "160"
        variables["BAILIFF_TOKEN_FILE"] = "ana.token"
        try await transcript.replay(variables: variables, folder: world.folder) { try await complete($0, world) }
        await world.close()
    }

    private func complete(_ step: Transcript.Step, _ world: World) async throws -> String {
        if step.preface.contains("# Once everything has ended:") {
            try await world.until("the end of the run") {
                try await world.json(["run", "list"]).array?.allSatisfy { $0["state"]?.string == "ended" } == true
                    ? true : nil
            }
        }
        if step.preface.contains("# Once the log is signed:") {
            let entries = try await world.json(["status"])["log"]?["entries"]?.int ?? 0
            try await world.until("a checkpoint") {
                try await world.json(["status"])["log"]?["checkpoint_size"]?.int ?? 0 >= entries ? true : nil
            }
            // Where one is kept elsewhere, it is written a moment later.
            if world.folder.text("kept.checkpoint") != nil {
                try await world.until("the checkpoint kept elsewhere") {
                    let lines = world.folder.text("kept.checkpoint")?.split(separator: "\n") ?? []
                    return lines.count > 1 && Int64(lines[1]) ?? 0 >= entries ? true : nil
                }
            }
        }
        guard step.command.contains("{approval}") else { return step.command }
        let question = try await world.until("a question") {
            try await world.json(["approval", "list"]).array?.first
        }
        let id = question["id"]?.string ?? ""
        let digest = String((question["digest"]?.string ?? "").prefix(16))
        return step.command.replacingOccurrences(of: "{approval}", with: id)
            .replacingOccurrences(of: "{digest}", with: digest)
    }
}
