import BailiffStore

/// One caller's part of the next transaction.
struct PendingWrite: Sendable {
    enum Kind: Sendable {
        /// The engine's: taken first, never refused.
        case engine
        /// As the engine's, but losing it at a power cut does no harm (a claim, reserved ids): alone it costs no sync. A
        /// later commit makes it durable with itself.
        case relaxed
        /// Intake's: bounded. The size is in bytes.
        case intake(deliveries: Int, size: Int)
    }

    let kind: Kind
    /// Does the work inside the transaction, perhaps more than once; the closure it gives tells the caller, after the commit.
    let run: @Sendable (WriteScope) throws -> @Sendable () -> Void
    /// For an error that is an answer: tells the caller, after the commit.
    let answer: @Sendable (any Error) -> (@Sendable () -> Void)?
    let fail: @Sendable (StoreError) -> Void

    /// - Parameters:
    ///   - answer: Turns an error of `body` into an answer; nil for what is a failure.
    init<Value: Sendable>(
        _ kind: Kind, _ continuation: CheckedContinuation<Result<Value, StoreError>, Never>,
        answer: @escaping @Sendable (any Error) -> Value?, _ body: @escaping @Sendable (WriteScope) throws -> Value
    ) {
        self.kind = kind
        run = { scope in
            let value = try body(scope)
            return { continuation.resume(returning: .success(value)) }
        }
        self.answer = { error in
            guard let value = answer(error) else { return nil }
            return { continuation.resume(returning: .success(value)) }
        }
        fail = { continuation.resume(returning: .failure($0)) }
    }

    var isRelaxed: Bool { if case .relaxed = kind { true } else { false } }

    /// About what it adds to the write-ahead log, in bytes.
    var weight: Int {
        switch kind {
        case .engine, .relaxed: 16_384
        case .intake(_, let size): 2 * size
        }
    }
}
