import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffTestSupport
import BailiffYAML
import Testing

@Suite("The breaker")
struct BreakerTests {
    @Test(
        "what decides of the evidence opens it exactly where all of it does", arguments: 1...200 as ClosedRange<UInt64>)
    func deciding(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let start = Sample.now
        let all = (0..<Int.random(in: 0...60, using: &random)).map { index in
            let kinds: [BreakerEvidence.Kind] = [.sent, .sent, .sent, .done, .done, .failed, .guardStop]
            return BreakerEvidence(
                at: start + .seconds(index * 20), machine: Sample.machine(Int.random(in: 1...12, using: &random)),
                kind: kinds.randomElement(using: &random) ?? .sent)
        }
        let limits = Policy.Breaker(
            guardStopShare: YAMLShare(millionths: Int.random(in: 1...1_000_000, using: &random)),
            failuresInRow: Int.random(in: 2...5, using: &random), minimum: Int.random(in: 1...8, using: &random),
            within: .seconds(Int64.random(in: 20...1_200, using: &random)))
        let now = start + .seconds(1_200)
        var breaker = Breaker()
        if Bool.random(using: &random) {
            _ = breaker.reset(by: "ana", reason: "", at: start + .seconds(Int64.random(in: 0...1_200, using: &random)))
        }
        let since = all.filter { item in breaker.resetAt.map { item.at >= $0 } ?? true }
        let deciding = BreakerRecord.deciding(among: since, sentSince: now - limits.within)
        #expect(breaker.trips(limits, deciding, at: now) == breaker.trips(limits, all, at: now))
    }
}
