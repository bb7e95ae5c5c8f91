import BailiffHTTPClient
import BailiffModel

/// Indicators act on the whole tenant at once. Creating one whose value exists updates it.
extension DefenderClient {
    /// All indicators the acting registration may see, page by page.
    package func indicators(
        filter: ODataFilter? = nil, lane: DefenderLane = .polling
    ) async throws(DefenderError) -> DefenderList<StoredIndicator> {
        if filter?.canMatch == false { return DefenderList([]) }
        let call = DefenderCall(.indicators, path: "/indicators", query: filter?.query, lane: lane)
        return try await emptyIfNotThere(call, read: { StoredIndicator($0) }, id: \.id)
    }

    /// Creates an indicator or updates the one of the same value. Repeating it changes nothing more.
    package func putIndicator(
        _ indicator: Indicator, permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> StoredIndicator {
        let call = DefenderCall(
            .putIndicator, path: "/indicators", body: .object(indicator.body), lane: .containment)
        guard let stored = StoredIndicator(try await act(call, permit: permit)) else { throw unreadable(.putIndicator) }
        return stored
    }

    /// Creates or updates up to 500 indicators with one call.
    ///
    /// - Returns: One result per indicator the answer names. One that it does not name has to be looked for.
    package func importIndicators(
        _ indicators: [Indicator], permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> [IndicatorImportResult] {
        guard (1...500).contains(indicators.count) else {
            throw DefenderError(.invalidInput, acceptance: .surelyNot, api: .importIndicators)
        }
        let call = DefenderCall(
            .importIndicators, path: "/indicators/import",
            body: ["Indicators": .array(indicators.map { .object($0.body) })], lane: .containment)
        guard let results = try await act(call, permit: permit)["value"]?.array else {
            throw unreadable(.importIndicators)
        }
        return results.compactMap { IndicatorImportResult($0) }
    }

    /// - Returns: False where there is no such indicator (any more).
    package func deleteIndicator(
        _ id: String, permit: QuotaPermit? = nil
    ) async throws(DefenderError) -> Bool {
        let call = DefenderCall(
            .deleteIndicator, .delete, path: DefenderCall.path("indicators", id), lane: .containment)
        do throws(DefenderError) {
            _ = try await act(call, permit: permit)
            return true
        } catch {
            guard error.code == .notFound else { throw error }
            return false
        }
    }

    /// Deletes up to 500 indicators with one call.
    package func deleteIndicators(_ ids: [String], permit: QuotaPermit? = nil) async throws(DefenderError) {
        guard (1...500).contains(ids.count) else {
            throw DefenderError(.invalidInput, acceptance: .surelyNot, api: .deleteIndicators)
        }
        let call = DefenderCall(
            .deleteIndicators, path: "/indicators/BatchDelete",
            body: ["IndicatorIds": .array(ids.map { .string($0) })], lane: .containment)
        _ = try await act(call, permit: permit)
    }
}
