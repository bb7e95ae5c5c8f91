import BailiffEngine
import BailiffModel
import BailiffStore
import HTTPTypes

extension Problem {
    /// The one place where errors become answers. What it does not know tells nothing but the request's id.
    static func problem(for error: any Error) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let error as StoreError: problem(for: error)
        default: Problem(.internalError, "the request could not be done; the log tells more under its id")
        }
    }

    private static func problem(for error: StoreError) -> Problem {
        switch error.code {
        case .overloaded: Problem(.overloaded, "the queue is full; try again later", headers: retryAfter(1))
        case .unknown:
            Problem(.unavailable, "it is not known whether the change was stored; repeat it", headers: retryAfter(1))
        case .closed: Problem(.unavailable, "the server is stopping", headers: retryAfter(5))
        case .unwritable, .locked:
            Problem(.unavailable, "the database cannot be written at the moment", headers: retryAfter(30))
        case .schema, .corrupt, .other:
            Problem(.internalError, "the request could not be done; the log tells more under its id")
        }
    }
}
