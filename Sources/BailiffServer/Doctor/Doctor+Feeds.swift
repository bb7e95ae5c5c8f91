import BailiffAPI
import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel

/// Whether the servers of feeds answer, and take our credentials.
extension Doctor {
    /// Asks each one once: for the first page of its list, or for a report that is not there.
    func feedServers() async -> [DoctorFinding] {
        let servers: FeedServers
        do throws(StartProblem) {
            servers = try FeedServers(
                configuration.feeds, backOff: .standard, surroundings: surroundings, logger: logger)
        } catch {
            return [DoctorFinding(.problem, "feeds", error.description, breaks: "the server does not start")]
        }
        var findings: [DoctorFinding] = []
        for feed in configuration.feeds {
            guard let server = servers.server(of: feed.name) else { continue }
            let polled = servers.polled.first { $0.server.feed.name.utf8.elementsEqual(feed.name.utf8) }
            let trouble = await trouble(of: server, polled?.poll)
            findings.append(finding(feed, server, trouble))
        }
        await servers.shutdown()
        return findings
    }

    private func trouble(of server: FeedServers.Server, _ poll: FeedPoll?) async -> FeedTrouble? {
        if let poll {
            let page = await server.client.page(PollWindow(startingAt: surroundings.now()), of: poll)
            if case .trouble(let trouble) = page { return trouble }
            return nil
        }
        guard let reference = Doctor.nobodysReport(of: server.feed.product) else { return nil }
        let answer = await server.client.report(reference, with: ReportFetch(server: server.configured.server))
        if case .trouble(let trouble) = answer { return trouble }
        return nil
    }

    /// A task that no sandbox has, or the empty file.
    private static func nobodysReport(of product: Product) -> ReportReference? {
        switch product {
        case .zscaler, .virustotal:
            ReportReference(product: product, kind: .file, id: "d41d8cd98f00b204e9800998ecf8427e")
        default: ReportReference(product: product, kind: .task, id: "0")
        }
    }

    private func finding(
        _ feed: ServerConfiguration.Feed, _ server: FeedServers.Server, _ trouble: FeedTrouble?
    ) -> DoctorFinding {
        let host = server.configured.server.base.host
        let breaks =
            feed.server?.pollInterval == nil
            ? "reports that \(feed.name) announces are not fetched" : "nothing new of \(feed.name) is seen"
        switch trouble?.code {
        case nil: return DoctorFinding(.good, "feeds", "\(feed.name): \(host) answers")
        case .refused:
            return DoctorFinding(
                .problem, "feeds", "\(feed.name): \(host): \(trouble?.message ?? "")", breaks: breaks,
                mend: "renew it, and look which permission it needs")
        case .unreachable, .redirected:
            return DoctorFinding(
                .problem, "feeds", "\(feed.name): \(host): \(trouble?.message ?? "")", breaks: breaks,
                mend: "look at server.url, at the network, and at certificate_authority")
        case .throttled, .serverFailed, .tooLarge:
            return DoctorFinding(
                .warning, "feeds", "\(feed.name): \(host): \(trouble?.message ?? "")", breaks: breaks,
                mend: "it is asked again by itself")
        case .unexpected, .wrongAnswer:
            return DoctorFinding(
                .note, "feeds", "\(feed.name): \(host) answers a question about nothing in its own way",
                mend: "see 'bailiff status' once something was asked for")
        }
    }
}
