import BailiffModel
import NIOCore
import Testing

@testable import BailiffAPI

@Suite("Bounds on what one sender may cost")
struct LimitTests {
    @Test("several members of a gzip file are one body")
    func members() throws {
        let both = GzipSample.compress(Array("one ".utf8)) + GzipSample.compress(Array("two".utf8))
        #expect(try BoundedInflation.gunzip(both, limit: 100) == Array("one two".utf8))
    }

    @Test("what grows too many times is refused before it is large")
    func ratio() {
        let bomb = GzipSample.compress([UInt8](repeating: 0x20, count: 64 << 20))
        #expect(throws: BoundedInflation.Problem.tooDense) {
            try BoundedInflation.gunzip(bomb, limit: 128 << 20)
        }
    }

    private struct Setting {
        let time = Locked(Timestamp(seconds: 1_790_000_000))
        let ledger: PeerLedger

        init() {
            var limits = ConnectionLimits()
            limits.connectionsPerPeer = 2
            limits.requestsPerSecondPerPeer = 10
            limits.requestBurstPerPeer = 3
            let time = time
            ledger = PeerLedger(limits: limits, now: { time.withLock { $0 } })
        }

        func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
    }

    private func address(_ text: String) throws -> SocketAddress { try SocketAddress(ipAddress: text, port: 40_000) }

    @Test("an address has its connections and no more; a closed one is free again")
    func connections() throws {
        let setting = Setting()
        let one = try address("192.0.2.7")
        #expect(setting.ledger.opened(one))
        #expect(setting.ledger.opened(one))
        #expect(!setting.ledger.opened(one))
        #expect(setting.ledger.opened(try address("192.0.2.8")))
        setting.ledger.closed(one)
        #expect(setting.ledger.opened(one))
    }

    @Test("an address asks up to the burst, then at the rate, and is told how long to wait")
    func requests() throws {
        let setting = Setting()
        let one = try address("192.0.2.7")
        for _ in 0..<3 { #expect(setting.ledger.wait(of: one) == nil) }
        #expect(setting.ledger.wait(of: one) == 1)
        #expect(setting.ledger.wait(of: try address("192.0.2.8")) == nil)
        setting.advance(by: .milliseconds(100))
        #expect(setting.ledger.wait(of: one) == nil)
        #expect(setting.ledger.wait(of: one) == 1)
    }

    @Test("addresses of this machine are not counted: a proxy speaks for everybody", arguments: ["127.0.0.1", "::1"])
    func local(_ text: String) throws {
        let setting = Setting()
        let proxy = try address(text)
        for _ in 0..<10 {
            #expect(setting.ledger.opened(proxy))
            #expect(setting.ledger.wait(of: proxy) == nil)
        }
    }

    @Test("who has an IPv6 address has its whole network")
    func network() throws {
        let setting = Setting()
        #expect(setting.ledger.opened(try address("2001:db8:1:2::1")))
        #expect(setting.ledger.opened(try address("2001:db8:1:2:ffff::9")))
        #expect(!setting.ledger.opened(try address("2001:db8:1:2::3")))
        #expect(setting.ledger.opened(try address("2001:db8:1:3::1")))
    }
}
