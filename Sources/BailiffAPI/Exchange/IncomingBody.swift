import BailiffModel
package import NIOCore

/// The body of a request while it comes in: its parts in their order, for one reader.
package final class IncomingBody: Sendable {
    /// The connection ended, or broke the rules of HTTP, before the body was whole.
    package struct CutOff: Error {}

    /// So many bytes wait for the reader at most, and one more read of the connection.
    static let greatestWaiting = 256 * 1_024

    private struct State {
        var parts = CircularBuffer<ByteBuffer>()
        var size = 0
        /// Nil while more may come.
        var end: Result<Void, CutOff>?
        var isUnwanted = false
        var reader: CheckedContinuation<Void, Never>?
    }

    private enum Step {
        case part(ByteBuffer, hasRoomAgain: Bool)
        case end
        case cutOff
        case wait
    }

    private let state: Locked<State>
    /// What the connection does when somebody waits for bytes that have not come, and when there is room again.
    private let onWait: @Sendable () -> Void
    private let onRoom: @Sendable () -> Void

    init(onWait: @escaping @Sendable () -> Void, onRoom: @escaping @Sendable () -> Void) {
        state = Locked(State())
        self.onWait = onWait
        self.onRoom = onRoom
    }

    /// A whole body.
    package init(_ bytes: [UInt8] = []) {
        var whole = State(end: .success(()))
        if !bytes.isEmpty { whole.parts.append(ByteBuffer(bytes: bytes)) }
        whole.size = bytes.count
        state = Locked(whole)
        onWait = {}
        onRoom = {}
    }

    // MARK: The reader's side

    /// Waits for the next part; nil at the end.
    package func next() async throws(CutOff) -> ByteBuffer? {
        while true {
            switch step() {
            case .part(let part, let hasRoomAgain):
                if hasRoomAgain { onRoom() }
                return part
            case .end: return nil
            case .cutOff: throw CutOff()
            case .wait:
                onWait()
                await withCheckedContinuation { reader in
                    let isReady = state.withLock { state in
                        guard state.parts.isEmpty, state.end == nil else { return true }
                        state.reader = reader
                        return false
                    }
                    if isReady { reader.resume() }
                }
            }
        }
    }

    private func step() -> Step {
        state.withLock { state in
            if let part = state.parts.popFirst() {
                let wasFull = state.size > Self.greatestWaiting
                state.size -= part.readableBytes
                return .part(part, hasRoomAgain: wasFull && state.size <= Self.greatestWaiting)
            }
            switch state.end {
            case .success: return .end
            case .failure: return .cutOff
            case nil: return .wait
            }
        }
    }

    // MARK: The connection's side

    func take(_ part: ByteBuffer) {
        wake { state in
            guard !state.isUnwanted, part.readableBytes > 0 else { return }
            state.parts.append(part)
            state.size += part.readableBytes
        }
    }

    /// Only the first end counts.
    func end(_ end: Result<Void, CutOff>) { wake { state in state.end = state.end ?? end } }

    /// Nobody will read any more: what is there and what comes is dropped.
    func drop() {
        state.withLock { state in
            state.isUnwanted = true
            state.parts.removeAll()
            state.size = 0
        }
    }

    /// Whether the connection should not be read before ``onRoom``.
    var isFull: Bool { state.withLock { $0.size > Self.greatestWaiting } }

    private func wake(_ change: (inout State) -> Void) {
        let reader = state.withLock { state in
            change(&state)
            guard !state.parts.isEmpty || state.end != nil else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }
}
