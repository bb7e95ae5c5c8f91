import BailiffModel
import Foundation
import NIOCore

/// Counts what each network address has open and asks for, so that one of them cannot take everything.
///
/// Addresses of this machine are not counted: a proxy that stands before the server speaks for everybody. At most
/// ``greatestPeerCount`` addresses are remembered; while more are active, those that are new are not counted.
final class PeerLedger: Sendable {
    static let greatestPeerCount = 65_536

    private struct Account {
        var connections = 0
        /// Requests that may be made at once; grows by the rate up to the burst.
        var tokens: Double
        var updatedAt: Timestamp
    }

    private let limits: ConnectionLimits
    private let now: @Sendable () -> Timestamp
    private let accounts = Locked<[[UInt8]: Account]>([:])

    init(limits: ConnectionLimits, now: @escaping @Sendable () -> Timestamp) {
        self.limits = limits
        self.now = now
    }

    /// False where the address has all the connections it may have: then the new one has to be closed. A true is given back
    /// with ``closed(_:)``.
    func opened(_ address: SocketAddress?) -> Bool {
        guard let key = PeerLedger.key(address) else { return true }
        let time = now()
        return accounts.withLock { accounts in
            guard makeRoom(in: &accounts, for: key, time) else { return true }
            var account = accounts[key] ?? Account(tokens: limits.requestBurstPerPeer, updatedAt: time)
            guard account.connections < limits.connectionsPerPeer else { return false }
            account.connections += 1
            accounts[key] = account
            return true
        }
    }

    func closed(_ address: SocketAddress?) {
        guard let key = PeerLedger.key(address) else { return }
        accounts.withLock { accounts in
            guard let count = accounts[key]?.connections else { return }
            accounts[key]?.connections = max(0, count - 1)
        }
    }

    /// Nil where the address may ask now; else how many seconds it should wait, at least one.
    func wait(of address: SocketAddress?) -> Int? {
        guard let key = PeerLedger.key(address) else { return nil }
        let time = now()
        return accounts.withLock { accounts in
            guard makeRoom(in: &accounts, for: key, time) else { return nil }
            var account = accounts[key] ?? Account(tokens: limits.requestBurstPerPeer, updatedAt: time)
            refill(&account, time)
            defer { accounts[key] = account }
            guard account.tokens < 1 else {
                account.tokens -= 1
                return nil
            }
            return max(1, Int(((1 - account.tokens) / limits.requestsPerSecondPerPeer).rounded(.up)))
        }
    }

    private func refill(_ account: inout Account, _ time: Timestamp) {
        let seconds = max(0, Double(time.microseconds - account.updatedAt.microseconds) / 1e6)
        account.tokens = min(limits.requestBurstPerPeer, account.tokens + seconds * limits.requestsPerSecondPerPeer)
        account.updatedAt = time
    }

    /// Forgets addresses that owe nothing when the table is full. False where even then there is no room for a new one.
    private func makeRoom(in accounts: inout [[UInt8]: Account], for key: [UInt8], _ time: Timestamp) -> Bool {
        guard accounts[key] == nil, accounts.count >= PeerLedger.greatestPeerCount else { return true }
        accounts = accounts.filter { _, account in
            var account = account
            refill(&account, time)
            return account.connections > 0 || account.tokens < limits.requestBurstPerPeer
        }
        return accounts.count < PeerLedger.greatestPeerCount
    }

    /// An IPv4 address, or the network part of an IPv6 one: who has one has the whole /64. Nil for this machine.
    private static func key(_ address: SocketAddress?) -> [UInt8]? {
        switch address {
        case .v4:
            let bytes = address.map { Self.part(of: $0, at: 4, count: 4) } ?? []
            return bytes.first == 127 ? nil : bytes
        case .v6:
            let bytes = address.map { Self.part(of: $0, at: 8, count: 16) } ?? []
            guard bytes.count == 16 else { return nil }
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            if isMapped { return bytes[12] == 127 ? nil : Array(bytes[12...]) }
            let isLoopback = bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
            return isLoopback ? nil : Array(bytes[..<8])
        case .unixDomainSocket, nil: return nil
        }
    }

    /// In the system's structure the address stands behind family and port, that of version 6 behind its flow label, too.
    private static func part(of address: SocketAddress, at place: Int, count: Int) -> [UInt8] {
        address.withSockAddr { start, size in
            Array(UnsafeRawBufferPointer(start: start, count: size).dropFirst(place).prefix(count))
        }
    }
}
