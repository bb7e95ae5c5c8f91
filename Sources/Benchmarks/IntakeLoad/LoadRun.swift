import BenchmarkSupport
import CEpoll
import Foundation

/// One thread, many connections: each has one request under way, as a sender that waits for its answer has.
final class LoadRun {
    struct Result {
        var seconds: Double
        /// In nanoseconds, sorted.
        var latencies: [UInt64]
        /// How many answers had which status.
        var statuses: [Int: Int]
    }

    private struct Connection {
        var socket: Int32
        var outgoing: [UInt8] = []
        var sent = 0
        var incoming: [UInt8] = []
        var startedAt: UInt64 = 0
        var isBusy = false
        /// Whether the socket took only a part of the request.
        var isBlocked = false
    }

    private let requests: [[UInt8]]
    private let port: UInt16
    private var connections: [Connection] = []
    private var next = 0
    private var latencies: [UInt64] = []
    private var statuses: [Int: Int] = [:]
    private let poll: Int32
    private var ready = [epoll_event](repeating: epoll_event(), count: 64)
    private var chunk = [UInt8](repeating: 0, count: 65_536)

    init(_ requests: [[UInt8]], port: UInt16, connections count: Int) throws(BenchmarkProblem) {
        self.requests = requests
        self.port = port
        latencies.reserveCapacity(requests.count)
        poll = epoll_create1(0)
        guard poll >= 0 else { throw BenchmarkProblem("epoll_create1 failed: \(errno)") }
        for index in 0..<count {
            let socket = try LoopbackClient.connect(port)
            guard fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK) == 0 else {
                throw BenchmarkProblem("fcntl failed")
            }
            connections.append(Connection(socket: socket))
            try watch(index, EPOLL_CTL_ADD, for: EPOLLIN.rawValue)
        }
    }

    deinit {
        for connection in connections { close(connection.socket) }
        close(poll)
    }

    private func watch(_ index: Int, _ change: Int32, for events: UInt32) throws(BenchmarkProblem) {
        var event = epoll_event(events: events, data: epoll_data_t(u64: UInt64(index)))
        guard epoll_ctl(poll, change, connections[index].socket, &event) == 0 else {
            throw BenchmarkProblem("epoll_ctl failed: \(errno)")
        }
    }

    func run() throws(BenchmarkProblem) -> Result {
        let start = LoadRun.now()
        for index in connections.indices { try begin(index) }
        while latencies.count < requests.count {
            let count = epoll_wait(poll, &ready, Int32(ready.count), 10_000)
            guard count > 0 else { throw BenchmarkProblem("no answer for ten seconds") }
            for event in ready[..<Int(count)] { try work(Int(event.data.u64)) }
        }
        let seconds = Double(LoadRun.now() - start) / 1e9
        return Result(seconds: seconds, latencies: latencies.sorted(), statuses: statuses)
    }

    private func begin(_ index: Int) throws(BenchmarkProblem) {
        guard next < requests.count else { return }
        connections[index].outgoing = requests[next]
        connections[index].sent = 0
        connections[index].incoming.removeAll(keepingCapacity: true)
        connections[index].startedAt = LoadRun.now()
        connections[index].isBusy = true
        next += 1
        try write(index)
    }

    private func work(_ index: Int) throws(BenchmarkProblem) {
        guard connections[index].isBusy else { return }
        try write(index)
        while true {
            let count = recv(connections[index].socket, &chunk, chunk.count, 0)
            if count > 0 {
                connections[index].incoming.append(contentsOf: chunk[..<count])
                if try finish(index) { return }
            } else if count == 0 {
                throw BenchmarkProblem("the server closed a connection")
            } else if errno == EAGAIN || errno == EINTR {
                return
            } else {
                throw BenchmarkProblem("recv failed: \(errno)")
            }
        }
    }

    private func write(_ index: Int) throws(BenchmarkProblem) {
        while connections[index].sent < connections[index].outgoing.count {
            let sent = connections[index].sent
            let count = connections[index].outgoing.withUnsafeBytes { bytes in
                send(
                    connections[index].socket, bytes.baseAddress.map { $0 + sent }, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                connections[index].sent += count
            } else if errno == EAGAIN || errno == EINTR {
                connections[index].isBlocked = true
                return try watch(index, EPOLL_CTL_MOD, for: EPOLLIN.rawValue | EPOLLOUT.rawValue)
            } else {
                throw BenchmarkProblem("send failed: \(errno)")
            }
        }
        guard connections[index].isBlocked else { return }
        connections[index].isBlocked = false
        try watch(index, EPOLL_CTL_MOD, for: EPOLLIN.rawValue)
    }

    /// Whether the answer is whole; then the next request begins.
    private func finish(_ index: Int) throws(BenchmarkProblem) -> Bool {
        guard let answer = HTTPAnswer(connections[index].incoming) else { return false }
        latencies.append(LoadRun.now() - connections[index].startedAt)
        statuses[answer.status, default: 0] += 1
        connections[index].isBusy = false
        try begin(index)
        return true
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
