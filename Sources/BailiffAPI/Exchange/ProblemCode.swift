package import HTTPTypes

/// Everything that may be wrong with a request, by its stable name. The names do not change; new ones may come.
package enum ProblemCode: String, Sendable, CaseIterable {
    // The request itself
    case routeUnknown = "route.unknown"
    case routeMethod = "route.method"
    case pathMalformed = "request.path"
    case queryMalformed = "request.query"
    case headerRepeated = "request.header_repeated"
    case mediaType = "request.media_type"
    case encoding = "request.encoding"
    case tooLarge = "request.too_large"
    case bodyMalformed = "request.body"
    case bodyCutOff = "request.cut_off"

    // Who asks
    case tokenMissing = "auth.missing"
    case tokenInvalid = "auth.invalid"
    case forbidden = "auth.forbidden"

    // What is asked for
    case notFound = "id.unknown"
    case idMalformed = "id.malformed"
    case idAmbiguous = "id.ambiguous"

    // Deliveries
    case feedUnknown = "feed.unknown"
    case feedUnauthorized = "feed.unauthorized"
    case feedSource = "feed.source"
    case feedCertificate = "feed.certificate"
    case deliveryUnreadable = "delivery.unreadable"
    case deliveryRejected = "delivery.rejected"
    case deliveryConflict = "delivery.conflict"

    // Approvals
    case approvalNotOpen = "approval.not_open"
    case approvalOtherDigest = "approval.other_digest"
    case approvalIsRequester = "approval.is_requester"
    case approvalIsActivator = "approval.is_activator"
    case approvalLacksRole = "approval.lacks_role"
    case approvalAlreadyAnswered = "approval.already_answered"
    case approvalUnknownMachines = "approval.unknown_machines"
    case approvalNeedsPerson = "approval.needs_person"

    // Runs, cases and orders by hand
    case runEnded = "run.ended"
    case runNothingToUndo = "run.nothing_to_undo"
    case caseClosed = "case.closed"
    case orderUnknownMachines = "order.unknown_machines"
    case orderNeedsApproval = "order.needs_approval"
    case orderUnknownApproval = "order.unknown_approval"
    case orderNotPossible = "order.not_possible"
    case orderNeedsFile = "order.needs_file"

    // Defender
    case defenderFailed = "defender.failed"
    case defenderUnavailable = "defender.unavailable"

    // Operators
    case operatorExists = "operator.exists"
    case operatorInvalid = "operator.invalid"

    // Playbooks
    case playbookOnLoad = "playbook.on_load"
    case playbookOtherDigest = "playbook.other_digest"
    case playbookRefused = "playbook.refused"
    case playbookFolder = "playbook.folder"
    case playbookChanged = "playbook.changed"
    case playbookNoFacts = "playbook.no_facts"

    // Notifiers
    case notifierFailed = "notifier.failed"

    // The server
    case tooManyRequests = "server.too_many_requests"
    case overloaded = "server.overloaded"
    case unavailable = "server.unavailable"
    case internalError = "server.internal"

    package var status: HTTPResponse.Status {
        switch self {
        case .pathMalformed, .queryMalformed, .headerRepeated, .bodyMalformed, .bodyCutOff, .idMalformed,
            .deliveryUnreadable:
            .badRequest
        case .tokenMissing, .tokenInvalid, .feedUnauthorized: .unauthorized
        case .forbidden, .feedSource, .feedCertificate, .approvalIsRequester, .approvalIsActivator, .approvalLacksRole,
            .approvalNeedsPerson:
            .forbidden
        case .routeUnknown, .notFound, .feedUnknown: .notFound
        case .routeMethod: .methodNotAllowed
        case .idAmbiguous, .deliveryConflict, .approvalNotOpen, .approvalOtherDigest, .approvalAlreadyAnswered,
            .operatorExists, .playbookOnLoad, .playbookOtherDigest, .playbookChanged, .playbookNoFacts, .runEnded,
            .runNothingToUndo, .caseClosed:
            .conflict
        case .tooLarge: .contentTooLarge
        case .mediaType, .encoding: .unsupportedMediaType
        case .tooManyRequests: .tooManyRequests
        case .deliveryRejected, .approvalUnknownMachines, .operatorInvalid, .playbookRefused, .playbookFolder,
            .orderUnknownMachines, .orderNeedsApproval, .orderUnknownApproval, .orderNotPossible, .orderNeedsFile:
            .unprocessableContent
        case .notifierFailed, .defenderFailed: .badGateway
        case .overloaded, .unavailable, .defenderUnavailable: .serviceUnavailable
        case .internalError: .internalServerError
        }
    }

    /// The same for every occurrence.
    package var title: String {
        switch self {
        case .routeUnknown: "There is nothing at this address"
        case .routeMethod: "The address does not take this method"
        case .pathMalformed: "The address is malformed"
        case .queryMalformed: "The query is malformed"
        case .headerRepeated: "A header that must stand once stands several times"
        case .mediaType: "The body is of another type than is taken here"
        case .encoding: "The body is encoded in a way that is not taken here"
        case .tooLarge: "The body is too large"
        case .bodyMalformed: "The body does not say what is needed"
        case .bodyCutOff: "The body ended early or took too long"
        case .tokenMissing: "A token is needed"
        case .tokenInvalid: "The token is not valid"
        case .forbidden: "The operator's roles do not allow this"
        case .notFound: "There is nothing of this id"
        case .idMalformed: "This can be no id"
        case .idAmbiguous: "Several things have an id with this beginning"
        case .feedUnknown: "There is no such feed"
        case .feedUnauthorized: "The delivery is not authenticated"
        case .feedSource: "The feed takes nothing from this address"
        case .feedCertificate: "The feed takes its own client certificate only"
        case .deliveryUnreadable: "Nothing of the delivery can be read"
        case .deliveryRejected: "No record of the delivery is usable"
        case .deliveryConflict: "The same event id came before with another body"
        case .approvalNotOpen: "The question is no longer open"
        case .approvalOtherDigest: "The answer was for something else than is asked now"
        case .approvalIsRequester: "Who asked for the run cannot approve it"
        case .approvalIsActivator: "Who activated the playbook cannot approve its runs"
        case .approvalLacksRole: "None of the operator's roles is asked"
        case .approvalAlreadyAnswered: "This operator has answered already"
        case .approvalUnknownMachines: "The question is not about these machines"
        case .approvalNeedsPerson: "Only people answer questions"
        case .runEnded: "The run has ended"
        case .runNothingToUndo: "Nothing of the run is there to take back"
        case .caseClosed: "The case is closed in this way already"
        case .orderUnknownMachines: "Defender does not know the machines"
        case .orderNeedsApproval: "Several machines take an approval policy"
        case .orderUnknownApproval: "There is no such approval policy"
        case .orderNotPossible: "This cannot be ordered by hand"
        case .orderNeedsFile: "The order does not say which file"
        case .defenderFailed: "Defender does not do this"
        case .defenderUnavailable: "Defender does not answer at the moment"
        case .operatorExists: "There is an operator of this name"
        case .operatorInvalid: "This can be no operator"
        case .tooManyRequests: "This address asks too often"
        case .playbookOnLoad: "Playbooks are put in force when they are loaded"
        case .playbookOtherDigest: "The version is another one by now"
        case .playbookRefused: "It cannot be put in force"
        case .playbookFolder: "The folder of playbooks cannot be used"
        case .playbookChanged: "What is in force has changed meanwhile"
        case .playbookNoFacts: "No facts are recorded to plan with"
        case .notifierFailed: "The message did not arrive"
        case .overloaded: "The server has too much to do at the moment"
        case .unavailable: "The server cannot do this at the moment"
        case .internalError: "The server failed"
        }
    }
}
