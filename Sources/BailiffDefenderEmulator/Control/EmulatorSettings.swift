import BailiffModel

/// The part of the options that may be changed while an emulator runs, as its control surface shows it.
enum EmulatorSettings {
    static let names: Set<String> = [
        "repeated_action", "next_links", "bodies", "page_size", "token_lifetime", "pending", "in_progress",
        "investigation", "offline_timeout", "quotas_enforced", "quota_scale", "quota_code", "retry_after",
        "hunting_cost",
    ]

    static func json(_ options: EmulatorOptions) -> JSONValue {
        [
            "repeated_action": .string(options.repeatedAction.rawValue),
            "next_links": .string(options.nextLinks.rawValue), "bodies": .string(options.bodies.rawValue),
            "page_size": .int(Int64(options.pageSize)),
            "token_lifetime": .string(ShortDuration.text(options.tokenLifetime)),
            "pending": .string(ShortDuration.text(options.progress.pending)),
            "in_progress": .string(ShortDuration.text(options.progress.inProgress)),
            "investigation": .string(ShortDuration.text(options.progress.investigation)),
            "offline_timeout": .string(ShortDuration.text(options.offlineTimeout)),
            "quotas_enforced": .bool(options.quotas.isEnforced), "quota_scale": .double(options.quotas.scale),
            "quota_code": .string(options.quotas.errorCode.rawValue),
            "retry_after": .bool(options.quotas.sendsRetryAfter),
            "hunting_cost": .string(ShortDuration.text(options.quotas.huntingCost)),
        ]
    }

    /// What `body` names is changed; everything else stays.
    /// - Throws: ``EmulatorError`` for a value that is none; then nothing is changed.
    static func change(_ options: inout EmulatorOptions, by body: ControlBody) throws(EmulatorError) {
        var changed = options
        changed.repeatedAction = try body.choice("repeated_action", options.repeatedAction)
        changed.nextLinks = try body.choice("next_links", options.nextLinks)
        changed.bodies = try body.choice("bodies", options.bodies)
        changed.pageSize = try body.number("page_size", default: options.pageSize)
        changed.tokenLifetime = try body.duration("token_lifetime", options.tokenLifetime)
        changed.progress.pending = try body.duration("pending", options.progress.pending)
        changed.progress.inProgress = try body.duration("in_progress", options.progress.inProgress)
        changed.progress.investigation = try body.duration("investigation", options.progress.investigation)
        changed.offlineTimeout = try body.duration("offline_timeout", options.offlineTimeout)
        changed.quotas.isEnforced = try body.flag("quotas_enforced", default: options.quotas.isEnforced)
        changed.quotas.scale = try body.factor("quota_scale", options.quotas.scale)
        changed.quotas.errorCode = try body.choice("quota_code", options.quotas.errorCode)
        changed.quotas.sendsRetryAfter = try body.flag("retry_after", default: options.quotas.sendsRetryAfter)
        changed.quotas.huntingCost = try body.duration("hunting_cost", options.quotas.huntingCost)
        options = changed
    }
}

extension EmulatorCore {
    func settings() -> Reply { .json(EmulatorSettings.json(world.withLock { $0.options })) }

    func setSettings(_ body: ControlBody) throws(EmulatorError) -> Reply {
        try world.withLock { world throws(EmulatorError) in
            world.settle(at: world.clock.now)
            try EmulatorSettings.change(&world.options, by: body)
            world.quotas.policy = world.options.quotas
        }
        return settings()
    }
}
