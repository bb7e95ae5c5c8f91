import BailiffModel

/// The JSON body of a control command.
struct ControlBody {
    private let object: JSONObject

    /// The members of ``pattern()``.
    static let patternNames: Set<String> = ["method", "path", "machine_id"]
    /// The members of ``sighting(now:)``.
    static let sightingNames: Set<String> = [
        "machine_id", "sha1", "first", "last", "path", "account", "execution", "status", "visibility",
    ]

    /// - Parameters:
    ///   - names: The members it may have: a misspelt one must not make a command mean something wider.
    ///   - optional: Whether an empty body stands for an empty object.
    init(
        _ request: IncomingRequest, of names: Set<String>, optional: Bool = false
    ) throws(EmulatorError) {
        if optional, request.body.isEmpty {
            object = JSONObject()
            return
        }
        guard let value = try? StrictJSON.parse(request.body), let object = value.object else {
            throw EmulatorError(.invalidCommand, "the body is no JSON object")
        }
        self.object = object
        for name in object.keys where !names.contains(name) {
            throw EmulatorError(
                .invalidCommand, "there is no \"\(name)\", only \(names.sorted().joined(separator: ", "))")
        }
    }

    func text(_ name: String) throws(EmulatorError) -> String {
        guard let text = object[name]?.string else {
            throw EmulatorError(.invalidCommand, "\"\(name)\" must be a text")
        }
        return text
    }

    func optionalText(_ name: String) throws(EmulatorError) -> String? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let text = value.string else { throw EmulatorError(.invalidCommand, "\"\(name)\" must be a text") }
        return text
    }

    func flag(_ name: String) throws(EmulatorError) -> Bool {
        guard let flag = object[name]?.bool else {
            throw EmulatorError(.invalidCommand, "\"\(name)\" must be true or false")
        }
        return flag
    }

    func flag(_ name: String, default fallback: Bool) throws(EmulatorError) -> Bool {
        object[name] == nil ? fallback : try flag(name)
    }

    /// From a thousandth to a thousand.
    func factor(_ name: String, _ fallback: Double) throws(EmulatorError) -> Double {
        guard let value = object[name] else { return fallback }
        guard let factor = value.double, (0.001...1_000).contains(factor) else {
            throw EmulatorError(.invalidCommand, "\"\(name)\" must be a number from 0.001 to 1000")
        }
        return factor
    }

    /// Such as `500ms` or `3d`.
    func duration(_ name: String, _ fallback: Duration) throws(EmulatorError) -> Duration {
        guard let text = try optionalText(name) else { return fallback }
        guard let duration = ShortDuration.parse(text) else {
            throw EmulatorError(.invalidCommand, "\"\(name)\" must be a time such as 500ms, 2s or 3d")
        }
        return duration
    }

    func number(_ name: String, default fallback: Int) throws(EmulatorError) -> Int {
        guard let value = object[name] else { return fallback }
        guard let number = value.int, (1...1_000_000).contains(number) else {
            throw EmulatorError(.invalidCommand, "\"\(name)\" must be a number from 1 to 1000000")
        }
        return Int(number)
    }

    /// Seconds, with or without a fraction, as microseconds.
    func microseconds(_ name: String) throws(EmulatorError) -> Int64 {
        guard let seconds = object[name]?.double, seconds >= 0, seconds <= 1e10,
            let microseconds = Int64(exactly: (seconds * 1e6).rounded())
        else { throw EmulatorError(.invalidCommand, "\"\(name)\" must be a number of seconds from 0 to 10000000000") }
        return microseconds
    }

    /// From the members `method`, `path` and `machine_id`, each of which may be missing.
    func pattern() throws(EmulatorError) -> RequestPattern {
        RequestPattern(
            method: try optionalText("method"), path: try optionalText("path"),
            machineID: try optionalText("machine_id"))
    }

    func sighting(now: Timestamp) throws(EmulatorError) -> EmulatorTenant.Sighting {
        var sighting = EmulatorTenant.Sighting(
            machine: try text("machine_id"), file: Route.lowercased(try text("sha1")),
            first: .at(try time("first", now)),
            last: .at(try time("last", now)), path: try optionalText("path"), account: try optionalText("account"))
        sighting.execution = try choice("execution", .none)
        sighting.status = try choice("status", .seen)
        sighting.visibility = try choice("visibility", .both)
        return sighting
    }

    private func time(_ name: String, _ now: Timestamp) throws(EmulatorError) -> Timestamp {
        guard let text = try optionalText(name) else { return now }
        guard let time = Timestamp(rfc3339: text) else {
            throw EmulatorError(.invalidCommand, "\"\(name)\" must be a time such as 2026-01-31T12:00:00Z")
        }
        return time
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ fallback: Choice
    ) throws(EmulatorError) -> Choice where Choice.RawValue == String {
        guard let text = try optionalText(name) else { return fallback }
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw EmulatorError(.invalidCommand, "\"\(name)\" must be one of \(names)")
        }
        return choice
    }
}
