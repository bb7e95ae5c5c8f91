package import BailiffModel

/// What checking needs to know beyond the files.
package struct CheckEnvironment: Sendable {
    /// What the files are read for.
    package enum Purpose: Hashable, Sendable {
        /// `playbook check`: what the engine does not carry out is noted.
        case check
        /// The server is going to act by them: what the engine does not carry out is an error.
        case activation
    }

    /// Names of the configured notifiers; nil where no configuration is at hand: names are then warned about, not refused.
    package var notifiers: [String]?
    package var now: Timestamp
    package var carriedOut: EngineCapabilities
    package var purpose: Purpose

    package init(
        notifiers: [String]?, now: Timestamp, carriedOut: EngineCapabilities, purpose: Purpose = .activation
    ) {
        self.notifiers = notifiers
        self.now = now
        self.carriedOut = carriedOut
        self.purpose = purpose
    }
}
