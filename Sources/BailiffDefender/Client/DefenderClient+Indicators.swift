import BailiffHTTPClient
package import BailiffModel

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

    /// The indicators about one file hash, anyone's: the look before one is made or removed.
    package func indicators(
        of hash: FileHash, lane: DefenderLane = .containment
    ) async throws(DefenderError) -> DefenderList<StoredIndicator> {
        var list = try await indicators(filter: .equal(.indicatorValue, hash.hex), lane: lane)
        // A service that ignores the filter must not make other files' indicators look like this one's.
        list.elements = list.elements.filter { $0.hash == hash }
        return list
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
        guard (1...Self.importBatch).contains(indicators.count) else {
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

    /// Creates or updates any number of indicators, 500 with each call. Ends with the first call that fails.
    package func importAll(_ indicators: [Indicator]) async -> IndicatorImport {
        var outcome = IndicatorImport()
        var rest = indicators[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(Self.importBatch))
            do throws(DefenderError) {
                let permit = try await quotas.permit(for: .importIndicators, patience: configuration.patience)
                outcome.add(try await importIndicators(batch, permit: permit), of: batch)
            } catch {
                outcome.error = error
                if error.acceptance == .possibly {
                    outcome.unsettled += batch
                    rest = rest.dropFirst(batch.count)
                }
                outcome.unsent = Array(rest)
                return outcome
            }
            rest = rest.dropFirst(batch.count)
        }
        return outcome
    }

    private static let importBatch = 500

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
