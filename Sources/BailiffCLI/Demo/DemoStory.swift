import BailiffDefenderEmulator
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffServer
import Foundation

/// What happens in a demo, and what has to have happened.
struct DemoStory: Sendable {
    let stage: DemoStage
    let teller: DemoTeller

    /// The whole story takes at most this long.
    private static let timeLimit: Duration = .seconds(25)
    private static let laptop = "ber-lap-0412.harbour.example"
    private static let otherLaptop = "ham-lap-0207.harbour.example"
    private static let controller = "ber-dc-01.harbour.example"

    func tell() async throws {
        try await makeOperator()
        try await firstFile()
        try await repeatedVerdict()
        try await quarantine()
        try await fileByMD5()
        try await truth()
        try await log()
        let seconds = teller.elapsed.components.seconds
        teller.heading("Everything happened as it should, in \(seconds) seconds.")
    }

    // MARK: Chapters

    private func makeOperator() async throws {
        teller.heading("An analyst gets an account, through the server's own socket")
        _ = try await type([
            "operator", "add", "ana", "--role", "soc-analyst", "--save", stage.folder.path(DemoStage.tokenFile),
        ])
        let status = try await stage.client.get(["v1", "status"])
        let key = status["log"]?["key"]?.string ?? ""
        // An auditor notes the key on the first day.
        try stage.folder.write("elsewhere/log.vkey", key)
    }

    private func firstFile() async throws {
        teller.heading("A sandbox says that a file is malicious")
        let answer = try await deliverSigned(id: "msg_demo_1")
        try expect(answer["accepted"]?.array?.count == 1, "the signed verdict is accepted")
        teller.tell("POST /v1/feeds/lab, signed as Standard Webhooks say: accepted, after it was stored")
        let value = try await follow(DemoFiles.verdictSHA256, until: "the laptop is isolated and a question waits") {
            value in
            outcome(value, "isolate", Self.laptop) == "done" && outcome(value, "investigate", Self.laptop) == "done"
                && waiting(value) != nil
        }
        try expect(
            stage.emulator.machineState(id(Self.laptop, value))?.isIsolated == true, "Defender has isolated the laptop")
        try expect(outcome(value, "isolate", Self.controller) == "denied", "the domain controller is denied")
        try expect(
            !stage.emulator.requests().contains { $0.machineID == id(Self.controller, value) && $0.actionType != nil },
            "no order about the domain controller has left")
        try expect(
            (value["coverage"]?["gaps"]?.array ?? []).contains { $0["code"]?.string == "not_onboarded" },
            "the case says that a machine without the sensor was seen")
        teller.tell("nobody was asked so far; the domain controller is out of reach of any approval", .dim)
    }

    private func repeatedVerdict() async throws {
        teller.heading("The sandbox repeats itself")
        let before = stage.emulator.requests().count { $0.isActionTaken }
        let again = try await deliverSigned(id: "msg_demo_1")
        try expect(again["accepted"]?.array?.count == 1, "the repeated delivery is answered as before")
        teller.tell("the same delivery again: the same answer, nothing new")
        let other = try await deliverSigned(id: "msg_demo_2")
        try expect(
            other["accepted"]?.array?.first?["duplicate"]?.bool == true, "the same verdict under a new id is known")
        teller.tell("the same verdict as a new delivery: a duplicate, nothing new")
        let runs = try await stage.client.get(["v1", "runs"])["runs"]?.array ?? []
        try expect(runs.count == 1, "there is one run")
        try expect(
            stage.emulator.requests().count { $0.isActionTaken } == before, "no further order was sent to Defender")
    }

    private func quarantine() async throws {
        teller.heading("Removing the file cannot be undone, so a person decides")
        let value = try await stage.client.get(["v1", "cases", DemoFiles.verdictSHA256])
        guard let question = waiting(value) else { throw CommandFailure("no question waits") }
        _ = try await type(["approval", "list"])
        _ = try await type(["approval", "show", question])
        let shown = try await stage.client.get(["v1", "approvals", question])
        let digest = String((shown["digest"]?.string ?? "").prefix(ApprovalView.digestLength))
        _ = try await type(
            ["approval", "approve", question, "--digest", digest, "--reason", "opened from a mail, user informed"],
            quoted: 0)
        let after = try await follow(DemoFiles.verdictSHA256, until: "the file is quarantined", from: value) { value in
            outcome(value, "stop_and_quarantine", Self.laptop) == "done"
        }
        try expect(
            stage.emulator.machineState(id(Self.laptop, after))?.quarantined == [DemoFiles.verdictSHA1],
            "Defender has quarantined the file on the laptop")
    }

    private func fileByMD5() async throws {
        teller.heading("Zscaler sends a batch: one file known by its MD5 alone, one benign, one record cut off")
        let answer = try await deliverBatch()
        try expect(answer["accepted"]?.array?.count == 2, "two records of the batch are accepted")
        try expect(answer["rejected"]?.array?.count == 1, "the broken record is kept as rejected")
        teller.tell(
            "POST /v1/feeds/zscaler with its header: 2 accepted, 1 kept as rejected, so that nothing is sent again")
        let value = try await follow(DemoFiles.batchMD5, until: "the machine is found by hunting and isolated") {
            value in
            outcome(value, "isolate", Self.otherLaptop) == "done" && waiting(value) != nil
        }
        let sighting = (value["sightings"]?.array ?? []).first { $0["machine_name"]?.string == Self.otherLaptop }
        // Nobody knew the SHA-1: hunting by MD5 found the machine, and taught the hash the quarantine needs.
        try expect(sighting?["sources"]?.array?.contains("hunting") == true, "hunting has found the machine")
        guard let question = waiting(value) else { throw CommandFailure("no question waits") }
        _ = try await type(["approval", "deny", question, "--reason", "forensics want the file first"], quoted: 0)
        _ = try await follow(DemoFiles.batchMD5, until: "the refused step ends", from: value) { value in
            outcome(value, "stop_and_quarantine", Self.otherLaptop) == "denied"
        }
        try expect(
            !stage.emulator.requests().contains {
                $0.actionType == "StopAndQuarantineFile" && $0.machineID == id(Self.otherLaptop, value)
            },
            "nothing was sent for the refused step")
    }

    private func truth() async throws {
        teller.heading("The case: who saw the file, what was done, what was not seen")
        _ = try await type(["case", "show", String(DemoFiles.verdictSHA256.prefix(8))])
        let isolates = stage.emulator.requests().filter { $0.actionType == "Isolate" && $0.isActionTaken }
        try expect(isolates.count == 2, "Defender was told to isolate twice in all, once for each laptop")
        let orders = stage.emulator.requests().count { $0.actionType != nil }
        teller.tell(
            "\(stage.emulator.requests().count) calls to Defender, \(orders) of them orders, 2 of these isolations",
            .dim)
    }

    private func log() async throws {
        teller.heading("The log, exported and checked with nothing but the folder and what was kept elsewhere")
        try await waitForCheckpoint()
        let folder = stage.folder.path("log")
        _ = try await type(["audit", "export", folder, "--socket", stage.server.socketPath])
        let verified = try await type([
            "audit", "verify", folder, "--vkey", stage.folder.path("elsewhere/log.vkey"), "--checkpoint",
            stage.folder.path("elsewhere/checkpoint"),
        ])
        try expect(verified.lines.first?.contains("whole") == true, "the exported log verifies")
    }

    // MARK: Deliveries

    private func deliverSigned(id: String) async throws -> JSONValue {
        let body = Array(DemoFiles.verdict.utf8)
        let secret = try TokenFile.read(stage.folder.path(DemoStage.signingSecretFile))
        let now = Surroundings.system.now().seconds
        guard
            let signature = StandardWebhooks.signature(
                id: id, timestamp: now, body: body, secret: try StandardWebhooksSecret(secret))
        else { throw CommandFailure("the verdict cannot be signed") }
        return try await deliver(
            "lab", body,
            [
                HTTPHeader(StandardWebhooks.idHeader, id), HTTPHeader(StandardWebhooks.timestampHeader, String(now)),
                HTTPHeader(StandardWebhooks.signatureHeader, signature),
            ])
    }

    private func deliverBatch() async throws -> JSONValue {
        let key = try TokenFile.read(stage.folder.path(DemoStage.headerSecretFile))
        return try await deliver("zscaler", Array(DemoFiles.batch.utf8), [HTTPHeader("X-Feed-Key", key.revealedText)])
    }

    private func deliver(_ feed: String, _ body: [UInt8], _ headers: [HTTPHeader]) async throws -> JSONValue {
        try await APIClient.with(ServerPlace(url: stage.server.intakeURL)) { client in
            try await client.deliver(
                ["v1", "feeds", feed], headers: [HTTPHeader("Content-Type", "application/json")] + headers, body: body)
        }
    }

    // MARK: Watching

    /// Tells what happens in a case until `isThere`.
    private func follow(
        _ hash: String, until what: String, from start: JSONValue? = nil, _ isThere: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        var timeline = CaseTimeline()
        if let start { _ = timeline.advance(start, now: Surroundings.system.now()) }
        while true {
            let value = try await stage.client.get(["v1", "cases", hash])
            for event in timeline.advance(value, now: Surroundings.system.now()) { teller.tell(event.text) }
            if isThere(value) { return value }
            try await pause(waitingFor: what)
        }
    }

    /// Until the checkpoint kept elsewhere covers all that has happened.
    private func waitForCheckpoint() async throws {
        let wanted = try await stage.client.get(["v1", "status"])["log"]?["entries"]?.int ?? 0
        while true {
            let kept = FileManager.default.contents(atPath: stage.folder.path("elsewhere/checkpoint")) ?? Data()
            let lines = String(decoding: kept, as: UTF8.self).split(separator: "\n")
            if lines.count > 1, let size = Int64(lines[1]), size >= wanted { return }
            try await pause(waitingFor: "a checkpoint over the whole log lies elsewhere")
        }
    }

    private func pause(waitingFor what: String) async throws {
        guard teller.elapsed < Self.timeLimit else {
            throw CommandFailure("after \(Self.timeLimit.components.seconds) s still not: \(what)")
        }
        try await Task.sleep(for: .milliseconds(100))
    }

    private func expect(_ isTrue: Bool, _ what: String) throws(CommandFailure) {
        guard isTrue else { throw CommandFailure("this is not so: \(what)") }
    }

    // MARK: The analyst

    /// Runs this program as ana would, and shows what it prints.
    ///
    /// - Parameter quoted: At most so many lines are shown.
    private func type(_ arguments: [String], quoted: Int = .max) async throws -> OwnProgram.Output {
        teller.tell("$ bailiff \(arguments.map(shown).joined(separator: " "))", .bold)
        let output = try await stage.program.run(
            arguments, variables: stage.variables, scratch: stage.folder.path("scratch"))
        guard output.status == 0 else {
            throw CommandFailure(
                "'bailiff \(arguments.prefix(2).joined(separator: " "))' ends with \(output.status): \(output.remarks.joined(separator: " "))"
            )
        }
        teller.quote(Array(output.lines.prefix(quoted)))
        return output
    }

    private func shown(_ argument: String) -> String {
        argument.contains(" ") ? "\"\(argument)\"" : argument
    }

    // MARK: Reading a case

    private func outcome(_ value: JSONValue, _ action: String, _ machine: String) -> String? {
        (value["actions"]?.array ?? []).first {
            $0["action"]?.string == action && $0["machine_name"]?.string == machine
        }?["outcome"]?.string
    }

    private func waiting(_ value: JSONValue) -> String? {
        (value["approvals"]?.array ?? []).first { $0["state"]?.string == "waiting" }?["id"]?.string
    }

    private func id(_ machine: String, _ value: JSONValue) -> String {
        (value["sightings"]?.array ?? []).first { $0["machine_name"]?.string == machine }?["machine_id"]?.string ?? ""
    }
}
