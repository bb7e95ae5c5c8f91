import BailiffModel
import Foundation
import Testing

@Suite("The real server over a disk that fills up, fails, or goes with the process in the middle of a write")
struct DiskTests {
    /// Verdicts that nobody acts upon.
    private func batch(_ number: Int) -> String {
        let verdicts = (0..<200).map { index in
            let hash = Digest.of("file \(number) \(index)").hex
            return """
                {"bailiff":"verdict/v1","id":"b\(number)-\(index)","verdict":"benign","sha256":"\(hash)"}
                """
        }
        return "[" + verdicts.joined(separator: ",") + "]"
    }

    private func accepted(_ output: Program.Output) throws -> [JSONValue] {
        try StrictJSON.parse(output.stdout, limits: .trusted)["accepted"]?.array ?? []
    }

    /// Delivers until the server refuses; returns what it answered to each delivery that it took.
    private func fill(_ world: World) async throws -> [[JSONValue]] {
        var answers: [[JSONValue]] = []
        for number in 0..<400 {
            let output = try await world.submit(batch(number), id: "msg_disk_\(number)")
            if output.status == 0 {
                answers.append(try accepted(output))
                continue
            }
            let said = output.stderr + output.stdout
            #expect(said.contains("503") || said.contains("unavailable"), "\(said)")
            return answers
        }
        Issue.record("the disk never filled up")
        return answers
    }

    /// Everything that was answered with success is there, and once; what was refused comes in whole.
    private func checkNothingIsLost(_ world: World, taken: [[JSONValue]]) async throws {
        for (number, answer) in taken.enumerated() {
            let again = try await world.submit(batch(number), id: "msg_disk_\(number)")
            #expect(again.status == 0, "\(again.stderr)")
            // A delivery that is known gets the answer it had, verdict by verdict.
            #expect(try accepted(again) == answer, "delivery \(number) was lost")
        }
        let next = taken.count
        let refused = try await world.submit(batch(next), id: "msg_disk_\(next)")
        #expect(refused.status == 0, "\(refused.stderr)")
        #expect(try accepted(refused).count == 200)
        let exported = try await world.run(["audit", "export", "log"])
        #expect(exported.status == 0, "\(exported.stderr)")
        let verified = try await world.run(["audit", "verify", "log"])
        #expect(verified.status == 0, "\(verified.stdout) \(verified.stderr)")
    }

    @Test("a full disk: refused with 503, the server lives, nothing that was accepted is lost")
    func fullDisk() async throws {
        let world = try await World.start()
        await world.kill()
        // No file may grow beyond two megabytes; the signal that comes with it is ignored, as on a full disk.
        try await world.restart(
            under: ["/bin/sh", "-c", #"trap '' XFSZ; ulimit -f 4096; exec "$0" "$@""#])
        let taken = try await fill(world)
        #expect(!taken.isEmpty)
        #expect(!world.server.hasEnded, "the server lives")
        let status = try await world.run(["status", "--format", "json"])
        #expect(status.status == 0, "it can still be asked: \(status.stderr)")
        await world.kill()
        try await world.restart()
        try await checkNothingIsLost(world, taken: taken)
        await world.close()
    }

    /// Root writes where it may not; a mount of its own is read-only for it, too.
    private static let canMount =
        geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/unshare")

    @Test(
        "a database that can only be read: the server says so and ends, and nothing is changed",
        .enabled(if: canMount, "needs root, for a mount that is read-only"),
        arguments: ["bailiff.sqlite", "."])
    func readOnly(_ place: String) async throws {
        let world = try await World.start()
        let taken = try await world.submit(batch(0), id: "msg_disk_0")
        #expect(taken.status == 0)
        await world.kill()
        let path = world.folder.path + "/" + place
        let before = try Data(contentsOf: URL(filePath: world.folder.path + "/bailiff.sqlite"))
        let script = """
            mount --make-rprivate / && mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$1" \
            && exec "$2" serve --config bailiff.yaml
            """
        let output = try await Program.run(
            executable: "/usr/bin/unshare", ["-m", "/bin/sh", "-c", script, path, world.folder.path, Program.path],
            folder: world.folder)
        #expect(output.status == 1, "\(output.stderr)")
        #expect(output.stderr.localizedCaseInsensitiveContains("read-only"), "\(output.stderr)")
        #expect(output.stdout.isEmpty, "it never says that it listens")
        #expect(try Data(contentsOf: URL(filePath: world.folder.path + "/bailiff.sqlite")) == before)
        try await world.restart()
        try await checkNothingIsLost(world, taken: [try accepted(taken)])
        await world.close()
    }

    private static let strace = ["/usr/bin/strace", "/bin/strace"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(
        "a disk that fails to sync: nothing is answered with success that is not on it",
        .enabled(if: strace != nil, "strace is not installed"))
    func failingSync() async throws {
        let strace = try #require(Self.strace)
        let world = try await World.start()
        await world.kill()
        try await world.restart(
            under: [
                strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e",
                "inject=fsync,fdatasync:error=EIO:when=12+",
            ])
        let taken = try await fill(world)
        #expect(!world.server.hasEnded, "the server lives")
        try await world.killWrapped()
        try await world.restart()
        try await checkNothingIsLost(world, taken: taken)
        await world.close()
    }

    @Test(
        "killed in the middle of a write or a sync: no order goes out twice, the log verifies",
        .enabled(if: strace != nil, "strace is not installed"),
        arguments: [
            "fdatasync:signal=SIGKILL:when=3", "fdatasync:signal=SIGKILL:when=9", "pwrite64:signal=SIGKILL:when=60",
        ])
    func killedInside(_ injection: String) async throws {
        let strace = try #require(Self.strace)
        let world = try await World.start()
        await world.kill()
        let call = String(injection.prefix { $0 != ":" })
        do {
            try await world.restart(
                under: [strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(injection)"])
        } catch is Daemon.DaemonEnded {
            // It came to so many already while it started.
        }
        _ = try await world.submit(World.verdict(), id: "msg_inside")
        // Deliveries make it write and sync until it is killed.
        for number in 0..<200 where !world.server.hasEnded {
            _ = try await world.submit(batch(number), id: "msg_inside_\(number)")
        }
        #expect(world.server.hasEnded, "it was killed by \(injection)")
        await world.server.end()
        try await world.restart()
        let submitted = try await world.submit(World.verdict(), id: "msg_inside")
        #expect(submitted.status == 0, "\(submitted.stderr)")
        _ = try await world.until("the isolation's end") { () async throws -> String? in
            let value = try await world.json(["case", "show", String(World.file.prefix(12))])
            return world.outcome("isolate", on: World.laptop, in: value) == "done" ? "done" : nil
        }
        #expect(try await world.orders("Isolate").count == 1)
        #expect(try await world.orders("Isolate", on: World.controller).isEmpty)
        let exported = try await world.run(["audit", "export", "log"])
        #expect(exported.status == 0, "\(exported.stderr)")
        let verified = try await world.run(["audit", "verify", "log"])
        #expect(verified.status == 0, "\(verified.stdout) \(verified.stderr)")
        await world.close()
    }
}
