/// Codes of what may be wrong with a configuration beyond its YAML (whose codes begin with `YAML`).
package enum ConfigurationCode: String, Sendable, CaseIterable {
    /// The file cannot be read.
    case file = "CFG001"
    /// An environment variable `BAILIFF__…` names no place in the configuration, or its value is no YAML.
    case override = "CFG002"
    /// A secret that stands in the configuration itself, or in several places.
    case secretForm = "CFG010"
    /// The environment variable, file or credential of a secret is not there, empty or unreadable.
    case secretAbsent = "CFG011"
    /// A secret's file can be read by its group or by everyone.
    case secretExposed = "CFG012"
    case address = "CFG020"
    /// A path that the system cannot take: a socket's path is too long.
    case path = "CFG021"
    case certificate = "CFG022"
    case cloud = "CFG030"
    case url = "CFG031"
    case tenant = "CFG032"
    case audience = "CFG034"
    case secretExpires = "CFG035"
    /// Keys that exclude each other, or of which one is needed.
    case choice = "CFG033"
    case feedName = "CFG040"
    case product = "CFG041"
    /// More trust than the feed's authentication gives.
    case trust = "CFG042"
    case authentication = "CFG043"
    /// A secret that signs no webhook.
    case notifierSecret = "CFG044"
    /// A network that is none, or a list of networks that takes nobody.
    case sources = "CFG045"
    /// Client certificates that nobody could show.
    case clientCertificates = "CFG046"
    /// A server that cannot be asked, or is asked for what its product does not have.
    case feedServer = "CFG047"
    /// Proxies that would speak for everybody, or for nobody.
    case trustedProxies = "CFG048"
    case origin = "CFG050"
    case signingKey = "CFG051"
    /// A key this version does not carry out.
    case notCarriedOut = "CFG090"
    /// Passwords and verdicts would cross a network in the clear.
    case unencrypted = "CFG091"
}
