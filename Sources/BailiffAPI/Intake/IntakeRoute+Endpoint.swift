import HTTPTypes

extension IntakeRoute {
    private static let path = "/v1/feeds/{feed}"

    var endpoints: [Endpoint] {
        [
            delivery(.post, "deliver", "Takes verdicts of a sandbox; answers once they are stored."),
            // Some products call back by PUT.
            delivery(.put, "deliverByPut", "The same, for senders that put."),
            Endpoint(
                .options, Self.path, .feed, side: .intake,
                EndpointDocumentation(
                    "askToDeliver", "Tells a sender of CloudEvents that it may deliver here, once authenticated.",
                    problems: [.feedUnknown, .feedSource, .feedCertificate, .headerRepeated])
            ) { call in
                try await permission(for: call.request, feedName: call.parameter("feed"))
            },
        ]
    }

    private func delivery(_ method: HTTPTypes.HTTPRequest.Method, _ id: String, _ summary: String) -> Endpoint {
        Endpoint(
            method, Self.path, .feed, side: .intake,
            EndpointDocumentation(
                id, summary, body: "Delivery", reply: "DeliveryAnswer",
                problems: [
                    .feedUnknown, .feedSource, .feedCertificate, .feedUnauthorized, .headerRepeated, .mediaType,
                    .encoding, .tooLarge, .bodyCutOff,
                    .deliveryUnreadable, .deliveryRejected, .deliveryConflict, .overloaded, .unavailable,
                ])
        ) { call in
            try await respond(to: call.request, feedName: call.parameter("feed"))
        }
    }
}
