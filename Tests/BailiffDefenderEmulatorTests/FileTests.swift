import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Files")
struct FileTests {
    private func calls(_ body: (Caller) async throws -> Void) async throws {
        try await Bench.run { bench in try await body(try await bench.caller()) }
    }

    @Test("a file goes by SHA-1 and SHA-256, of either case")
    func file() async throws {
        try await calls { caller in
            for hash in [Fleet.bad.sha1, Fleet.bad.sha1.uppercased(), Fleet.bad.sha256 ?? ""] {
                let answer = try await caller.get("/api/files/\(hash)")
                #expect(answer.status == 200)
                #expect(answer["sha1"] == .string(Fleet.bad.sha1))
                #expect(answer["globalPrevalence"] == 7)
                #expect(answer["signer"] == .null)
                #expect(answer["determinationType"] == "Malware")
            }
        }
    }

    @Test(
        "unknown files are 404 here and an empty list there",
        arguments: [Fleet.unknownToFiles.sha1, "9999999999999999999999999999999999999998"])
    func unknown(_ sha1: String) async throws {
        try await calls { caller in
            for path in ["", "/stats"] {
                let answer = try await caller.get("/api/files/\(sha1)\(path)")
                #expect(answer.status == 404)
                #expect(answer.code == "ResourceNotFound")
            }
            for path in ["/machines", "/alerts"] {
                let answer = try await caller.get("/api/files/\(sha1)\(path)")
                #expect(answer.status == 200)
                #expect(answer["value"] == [])
            }
        }
    }

    @Test("machines and alerts take SHA-1 only; MD5 is taken nowhere")
    func hashKinds() async throws {
        try await calls { caller in
            let (sha256, md5) = (Fleet.bad.sha256 ?? "", Fleet.bad.md5 ?? "")
            for path in ["\(sha256)/machines", "\(sha256)/alerts", md5, "\(md5)/stats", "\(md5)/machines", "xyz"] {
                let answer = try await caller.get("/api/files/\(path)")
                #expect(answer.status == 400)
                #expect(answer.code == "InvalidHashValue")
            }
            #expect(try await caller.get("/api/files/\(md5)").text.contains("Hash value \(md5) is invalid."))
        }
    }

    @Test("the machines of a file are machine entities; what only hunting shows is not among them")
    func machines() async throws {
        try await calls { caller in
            let answer = try await caller.get("/api/files/\(Fleet.bad.sha1)/machines")
            let ids = answer.values.map { $0["id"]?.string }
            #expect(ids == [Fleet.laptop, Fleet.controller, Fleet.server2016, Fleet.linux, Fleet.mac])
            #expect(answer.values.first?["computerDnsName"] == "lap-1.quay.example")
            #expect(answer["@odata.nextLink"] == nil)
            let library = try await caller.get("/api/files/\(Fleet.library.sha1)/machines")
            let merged = library.values.first { $0["id"]?.string == Fleet.merged }
            #expect(merged?["mergedIntoMachineId"] == .string(Fleet.laptop))
        }
    }

    @Test("stats count by look-back; prevalence comes as number and as text")
    func stats() async throws {
        try await calls { caller in
            let answer = try await caller.get("/api/files/\(Fleet.bad.sha1)/stats?lookBackHours=48")
            #expect(answer["organizationPrevalence"] == 5)
            #expect(answer["orgPrevalence"] == "5")
            #expect(answer["globallyPrevalence"] == 7)
            #expect(answer["globalPrevalence"] == "7")
            #expect(answer["topFileNames"] == ["invoice.exe"])
            let old = try await caller.get("/api/files/\(Fleet.ancient.sha1)/stats")
            #expect(old["organizationPrevalence"] == 0)
            #expect(old["orgFirstSeen"] == .null)
            for wrong in ["0", "721", "x", "-1"] {
                let answer = try await caller.get("/api/files/\(Fleet.bad.sha1)/stats?lookBackHours=\(wrong)")
                #expect(answer.status == 400)
                #expect(answer.code == "InvalidInput")
            }
        }
    }

    @Test("alerts of a file are those of its detections")
    func alerts() async throws {
        try await calls { caller in
            let answer = try await caller.get("/api/files/\(Fleet.bad.sha1)/alerts")
            #expect(answer.values.count == 1)
            #expect(answer.values.first?["machineId"] == .string(Fleet.server2016))
            #expect(answer.values.first?["evidence"] == [])
        }
    }
}
