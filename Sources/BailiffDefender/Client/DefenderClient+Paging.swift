import BailiffHTTPClient
import BailiffModel

extension DefenderClient {
    /// Fetches all pages of a collection.
    ///
    /// Links are followed only to servers that may have the token. One that leads elsewhere, back, to a page that is known,
    /// or is no URL is replaced by our own `$skip`; where that brings nothing new either, the list says that it is cut.
    /// - Parameter id: What tells two entries apart; repeated ones are dropped.
    func list<Element: Sendable>(
        _ call: DefenderCall, read element: (JSONValue) -> Element?, id: (Element) -> String
    ) async throws(DefenderError) -> DefenderList<Element> {
        guard let path = call.path,
            let first = configuration.endpoints.base(for: call.api.audience).appending(path, query: call.query)
        else { throw DefenderError(.invalidInput, acceptance: .surelyNot, api: call.api) }
        var result = DefenderList<Element>([])
        var seen: Set<[UInt8]> = []
        var visited: Set<HTTPURL> = []
        var url = first
        var isOwnLink = false
        while true {
            visited.insert(url)
            let body: JSONValue
            do throws(DefenderError) { body = try await read(call, at: url) } catch {
                // What a link brings that is none is no failure of the list.
                guard url != first, error.code == .badRequest || error.code == .notFound else { throw error }
                if !isOwnLink, let own = skipping(seen.count, from: first), !visited.contains(own) {
                    (url, isOwnLink) = (own, true)
                    continue
                }
                result.cut = .badLink
                return result
            }
            guard let values = body["value"]?.array else {
                throw DefenderError(.malformedReply, acceptance: .possibly, api: call.api)
            }
            let (before, unreadable) = (seen.count, result.unreadable)
            for value in values {
                guard let element = element(value) else {
                    result.unreadable += 1
                    continue
                }
                if seen.insert(Array(id(element).utf8)).inserted { result.elements.append(element) }
            }
            guard let link = body["@odata.nextLink"], !link.isNull else { return result }
            let isRepetition = seen.count == before && values.count > result.unreadable - unreadable
            if isOwnLink, seen.count == before {
                // Nothing behind what we have: that is the end. The same again: the service does not know our link.
                if isRepetition { result.cut = .badLink }
                return result
            }
            guard visited.count < configuration.pageLimit else {
                result.cut = .pageLimit
                return result
            }
            if !isRepetition, let next = next(link.string, call), !visited.contains(next) {
                (url, isOwnLink) = (next, false)
            } else if let own = skipping(seen.count, from: first), !visited.contains(own) {
                (url, isOwnLink) = (own, true)
            } else {
                result.cut = .badLink
                return result
            }
        }
    }

    /// The link, if it may be followed.
    private func next(_ link: String?, _ call: DefenderCall) -> HTTPURL? {
        guard let link, let url = HTTPURL(HTTPURL.repaired(link)),
            configuration.endpoints.mayReceiveToken(url, for: call.api.audience)
        else { return nil }
        return url
    }

    /// Our own address of the next page: the first one with `$skip`.
    private func skipping(_ count: Int, from first: HTTPURL) -> HTTPURL? {
        let skip = "$skip=\(count)"
        return first.at(path: first.path, query: first.query.map { "\($0)&\(skip)" } ?? skip)
    }
}
