/// What to do about a refusal of the token endpoint, by its code.
///
/// Source: Microsoft Entra authentication and authorization error codes.
enum EntraAdvice {
    private static let texts: [String: String] = [
        "AADSTS7000215":
            "the secret is wrong; configure the secret's value, not its id, and check that it belongs to this client id",
        "AADSTS7000222": "the secret has expired; make a new one for the app registration and configure it",
        "AADSTS7000218": "no secret or certificate arrived; check the registration's credentials",
        "AADSTS700016": "this tenant has no application with this client id; check client_id and tenant",
        "AADSTS7000112": "the application is disabled in this tenant; have it enabled",
        "AADSTS90002": "there is no such tenant; check the tenant's id and the cloud",
        "AADSTS900023": "the tenant's id is malformed; give the directory's id or one of its domain names",
        "AADSTS50012": "the certificate is not accepted; register the configured certificate with the app registration",
        "AADSTS700027":
            "the certificate is not registered with the app registration, or has expired; register the configured one",
        "AADSTS700024": "the signed assertion is outside its time; check this machine's clock",
        "AADSTS50013":
            "the signed assertion is not accepted; check this machine's clock and the registered certificate",
        "AADSTS70011": "the scope is not valid; check the configured audience",
        "AADSTS500011":
            "this tenant does not know the service; check the cloud and the audience, and that the tenant has the licence",
        "AADSTS53003": "a conditional access policy blocks the application; have this machine's address allowed",
    ]

    /// Nil for codes without special advice.
    static func text(for code: String?) -> String? { code.flatMap { texts[$0] } }
}
