import HTTPTypes

extension IntakeRoute {
    var endpoint: Endpoint {
        Endpoint(
            .post, "/v1/feeds/{feed}", .feed, side: .intake,
            EndpointDocumentation(
                "deliver", "Takes verdicts of a sandbox; answers once they are stored.", body: "Delivery",
                reply: "DeliveryAnswer",
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
