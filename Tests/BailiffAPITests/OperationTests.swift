import BailiffAPI
import BailiffModel
import BailiffTestSupport
import HTTPTypes
import Testing

@Suite("Metrics and messages")
struct OperationTests {
    /// `name{labels}` and the value of every sample.
    private func samples(_ text: String) throws -> [String: Double] {
        var samples: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let space = try #require(line.lastIndex(of: " "))
            samples[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
        return samples
    }

    @Test("metrics tell queues, questions, the log and the requests, in the format of Prometheus")
    func metrics() async throws {
        let scene = try await Scene.make()
        _ = await scene.harness.get("/v1/cases")
        _ = await scene.harness.get("/v1/cases")
        _ = await scene.harness.get("/v1/nowhere")
        _ = await scene.harness.post("/v1/halt", ["reason": "drill"])
        let reply = await scene.harness.get("/metrics")
        #expect(reply.status == .ok)
        #expect(reply.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        let samples = try samples(reply.text)
        #expect(samples[#"bailiff_info{version="test",tenant="tenant-1"}"#] == 1)
        #expect(samples["bailiff_halted"] == 1)
        #expect(samples["bailiff_approvals_waiting"] == 1)
        #expect(samples["bailiff_breaker_open"] == 0)
        #expect(samples["bailiff_effects_in_force"] == 0)
        #expect(samples["bailiff_announcements_waiting"] == 0)
        #expect(samples[#"bailiff_jobs_waiting{lane="enrichment"}"#] == 1)
        #expect(samples["bailiff_log_entries"] == Double(try await scene.harness.store.entryCount()))
        #expect(samples[#"bailiff_http_requests_total{operation="listCases",status="200"}"#] == 2)
        #expect(samples[#"bailiff_http_requests_total{operation="unknown",status="404"}"#] == 1)
        // Every metric is told what it is, once, before its samples.
        let lines = reply.text.split(separator: "\n").map(String.init)
        var known: Set<String> = []
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                #expect(words.count == 4 && known.insert(String(words[2])).inserted)
                #expect(lines[index - 1].hasPrefix("# HELP \(words[2]) "))
            } else if !line.hasPrefix("#") {
                #expect(known.contains(String(line.prefix { $0 != "{" && $0 != " " })), "\(line)")
            }
        }
        #expect(reply.text.hasSuffix("\n"))
    }

    @Test("metrics need a token that may read")
    func access() async throws {
        let harness = try Harness()
        #expect(await harness.get("/metrics", as: .network).code == "auth.missing")
    }

    @Test("a test message says whether it arrived")
    func messages() async throws {
        let harness = try Harness()
        let list = await harness.get("/v1/notifiers").json["notifiers"]?.array
        #expect(list?.map { $0["name"]?.string } == ["soc", "mute"])
        #expect(await harness.send(.post, "/v1/notifiers/soc/test").json["delivered"]?.bool == true)
        let mute = await harness.send(.post, "/v1/notifiers/mute/test")
        #expect(mute.status == .badGateway)
        #expect(mute.code == "notifier.failed")
        #expect(mute.json["detail"]?.string == "the receiver answered with status 404")
        #expect(await harness.send(.post, "/v1/notifiers/nobody/test").code == "id.unknown")
    }
}
