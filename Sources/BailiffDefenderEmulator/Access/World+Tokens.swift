import BailiffModel

extension World {
    /// A token for an application that has proved itself. In v2 lifetimes are numbers, in v1 text.
    mutating func grant(_ wanted: TokenRequest, _ registration: Directory.Registration, now: Timestamp) -> Reply {
        let token = tokens.issue(
            registration, audience: wanted.audience, resource: wanted.resource, tenantID: directory.tenantID, now: now,
            lifetime: options.tokenLifetime, id: random.guid())
        let seconds = options.tokenLifetime.components.seconds
        let body: JSONValue
        switch wanted.version {
        case .v2:
            body = [
                "token_type": "Bearer", "expires_in": .int(seconds), "ext_expires_in": .int(seconds),
                "access_token": .string(token),
            ]
        case .v1:
            body = [
                "token_type": "Bearer", "expires_in": .string(String(seconds)),
                "ext_expires_in": .string(String(seconds)), "expires_on": .string(String(now.seconds + seconds)),
                "not_before": .string(String(now.seconds)), "resource": .string(wanted.resource),
                "access_token": .string(token),
            ]
        }
        return Reply(
            status: 200,
            headers: [
                ("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store, no-cache"),
            ], body: body.utf8())
    }
}
