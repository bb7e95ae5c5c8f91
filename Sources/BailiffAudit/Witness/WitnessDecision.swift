import BailiffModel

/// What a witness answers to an add-checkpoint request, as a pure function of the request and of what it saw before.
///
/// The caller reads `latest`, decides, and stores the new checkpoint in **one** transaction before it answers: with a gap
/// between them a slow request could roll a newer state back.
package enum WitnessDecision: Sendable, Hashable {
    /// Store this checkpoint, then answer 200 with a cosignature over this note.
    case cosign(Checkpoint, SignedNote)
    case refuse(Refusal)

    package struct Refusal: Sendable, Hashable {
        /// The HTTP status.
        package var status: Int
        package var reason: String
        /// The size last cosigned; only with 409, whose body is this number and LF as `text/x.tlog.size`.
        package var cosignedSize: Int64?

        init(_ status: Int, _ reason: String, cosignedSize: Int64? = nil) {
            self.status = status
            self.reason = reason
            self.cosignedSize = cosignedSize
        }
    }

    /// A log that the witness knows: it pins the pair.
    package struct Log: Sendable, Hashable {
        package var origin: String
        package var key: VerifierKey

        package init(origin: String, key: VerifierKey) {
            self.origin = origin
            self.key = key
        }
    }

    /// - Parameters:
    ///   - body: The request as it came.
    ///   - logs: The logs the witness knows.
    ///   - latest: The checkpoint last cosigned for an origin, nil before the first.
    package static func decide(
        body: [UInt8], logs: [Log], latest: (_ origin: String) -> Checkpoint?
    ) -> WitnessDecision {
        do throws(AuditError) {
            let request = try AddCheckpointRequest(parsing: body)
            let (checkpoint, note) = try open(request.note, logs: logs)
            if let refusal = compare(request, checkpoint, with: latest(checkpoint.origin)) { return .refuse(refusal) }
            return .cosign(checkpoint, note)
        } catch {
            return .refuse(Refusal(status(of: error.code), error.message))
        }
    }

    private static func status(of code: AuditError.Code) -> Int {
        switch code {
        case .wrongOrigin: 404
        case .malformedSignature, .badSignature, .noKnownSignature: 403
        default: 400
        }
    }

    /// Opens the checkpoint. The origin is read first: it decides which key to trust, and an unknown one is answered as such
    /// whatever its signatures look like.
    private static func open(_ bytes: [UInt8], logs: [Log]) throws(AuditError) -> (Checkpoint, SignedNote) {
        let note: SignedNote
        do throws(AuditError) {
            note = try SignedNote(parsing: bytes)
        } catch {
            guard error.code == .malformedSignature, let origin = bytes.split(separator: 0x0A).first else {
                throw error
            }
            if !logs.contains(where: { $0.origin.utf8.elementsEqual(origin) }) { throw unknownOrigin }
            throw error
        }
        let checkpoint = try Checkpoint(text: note.text)
        guard let log = logs.first(where: { checkpoint.isOf(origin: $0.origin) }) else { throw unknownOrigin }
        _ = try note.verify(with: [log.key])
        return (checkpoint, note)
    }

    private static var unknownOrigin: AuditError { AuditError(.wrongOrigin, "this witness does not know the log") }

    private static func compare(
        _ request: AddCheckpointRequest, _ checkpoint: Checkpoint, with latest: Checkpoint?
    ) -> Refusal? {
        let (old, new) = (request.oldSize, checkpoint.size)
        guard old <= new else { return Refusal(400, "the old size is above the checkpoint's") }
        let seen = latest?.size ?? 0
        guard old == seen else {
            return Refusal(409, "the last checkpoint cosigned here has another size", cosignedSize: seen)
        }
        if new == 0 {
            let isEmpty = checkpoint.root == MerkleTree.emptyRoot && request.proof.isEmpty
            return isEmpty ? nil : Refusal(422, "a log without entries has the root of the empty tree")
        }
        if old == 0 {
            return request.proof.isEmpty ? nil : Refusal(422, "the consistency proof from an empty log must be empty")
        }
        guard let latest else { return Refusal(409, "nothing was cosigned here before", cosignedSize: 0) }
        let isConsistent = MerkleTree.verifyConsistency(
            from: old, root: latest.root, to: new, root: checkpoint.root, proof: request.proof)
        return isConsistent ? nil : Refusal(422, "the consistency proof does not hold")
    }
}
