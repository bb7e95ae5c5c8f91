/// Why something about the log was refused.
///
/// `message` names places, sizes and names, never entry contents or keys; it is plain text for people and may quote file
/// names of a folder that somebody else made, so a terminal gets it escaped.
package struct AuditError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case malformedEntry, malformedBundle
        case malformedKey, ambiguousKey
        case malformedNote, malformedSignature, badSignature, noKnownSignature
        case malformedCheckpoint, wrongOrigin
        case malformedProof, proofMismatch
        case malformedHead, missingTile, outOfRange
        case noCheckpoint, folderRefused, folderConflict, fileAccess
        case malformedRequest
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
