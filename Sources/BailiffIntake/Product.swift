/// A sandbox product or an exchange format that Bailiff can read.
package struct Product: Hashable, Sendable {
    /// The name in configuration, verdicts and on the command line: `zscaler`.
    package let name: String
    /// The name for people.
    package let title: String

    private init(_ name: String, _ title: String) {
        self.name = name
        self.title = title
    }

    /// A product that a mapping describes.
    init(mapped name: String) { self.init(name, name) }

    /// Recognises the product of each record by its shape; never a verdict's own product.
    package static let auto = Product("auto", "recognised by shape")

    package static let generic = Product("generic", "Bailiff's own JSON")
    package static let zscaler = Product("zscaler", "Zscaler Sandbox and web feeds")
    package static let cape = Product("cape", "CAPEv2")
    package static let cuckoo = Product("cuckoo", "Cuckoo Sandbox")
    package static let vmray = Product("vmray", "VMRay")
    package static let joesandbox = Product("joesandbox", "Joe Sandbox")
    package static let hybridAnalysis = Product("hybrid-analysis", "Hybrid Analysis / CrowdStrike Falcon Sandbox")
    package static let anyrun = Product("anyrun", "ANY.RUN")
    package static let triage = Product("triage", "Triage / Recorded Future Sandbox")
    package static let wildfire = Product("wildfire", "Palo Alto Networks WildFire")
    package static let fortisandbox = Product("fortisandbox", "FortiSandbox")
    package static let checkpoint = Product("checkpoint", "Check Point Threat Emulation")
    package static let trellix = Product("trellix", "Trellix / FireEye NX, AX, EX, CM")
    package static let trellixATD = Product("trellix-atd", "Trellix ATD / Intelligent Sandbox")
    package static let trendmicro = Product("trendmicro", "Trend Micro Virtual Analyzer")
    package static let threatgrid = Product("threatgrid", "Cisco Secure Malware Analytics")
    package static let virustotal = Product("virustotal", "VirusTotal")
    package static let metadefender = Product("metadefender", "OPSWAT MetaDefender Core")
    package static let opswatSandbox = Product("opswat-sandbox", "OPSWAT MetaDefender Sandbox / filescan.io")
    package static let intezer = Product("intezer", "Intezer")
    package static let stix = Product("stix", "STIX 2.0 and 2.1")
    package static let misp = Product("misp", "MISP")
    package static let ecs = Product("ecs", "Elastic Common Schema")
    package static let cef = Product("cef", "Common Event Format")
    package static let leef = Product("leef", "Log Event Extended Format")
    package static let standardWebhooks = Product("standard-webhooks", "stored Standard Webhooks deliveries")

    /// Every product with a reader of its own, in the order of the documentation; ``auto`` is not among them.
    package static let all: [Product] = [
        generic, zscaler, cape, cuckoo, vmray, joesandbox, hybridAnalysis, anyrun, triage, wildfire, fortisandbox,
        checkpoint, trellix, trellixATD, trendmicro, threatgrid, virustotal, metadefender, opswatSandbox, intezer, stix,
        misp, ecs, cef, leef, standardWebhooks,
    ]

    /// Other spellings people write; compared like ``name``.
    private static let aliases: [(String, Product)] = [
        ("capev2", cape), ("cuckoo2", cuckoo), ("joe", joesandbox), ("falcon", hybridAnalysis),
        ("falconsandbox", hybridAnalysis), ("crowdstrike", hybridAnalysis), ("recordedfuture", triage),
        ("paloalto", wildfire), ("fortinet", fortisandbox), ("sandblast", checkpoint), ("fireeye", trellix),
        ("atd", trellixATD), ("apexcentral", trendmicro), ("cisco", threatgrid), ("securemalwareanalytics", threatgrid),
        ("vt", virustotal), ("opswat", metadefender), ("metadefendercore", metadefender),
        ("metadefendersandbox", opswatSandbox), ("filescan", opswatSandbox), ("stix2", stix), ("elastic", ecs),
        ("bailiff", generic),
    ]

    /// The product of this name, `auto` included. ASCII case, hyphens, underscores, dots and spaces don't count.
    package init?(named text: String) {
        let wanted = Product.folded(text)
        guard !wanted.isEmpty else { return nil }
        let candidates = Product.all + [Product.auto]
        if let match = candidates.first(where: { Product.folded($0.name) == wanted }) {
            self = match
        } else if let match = Product.aliases.first(where: { Array($0.0.utf8) == wanted }) {
            self = match.1
        } else {
            return nil
        }
    }

    private static func folded(_ text: String) -> [UInt8] {
        text.utf8.filter { ![0x20, 0x2D, 0x2E, 0x5F].contains($0) }.map { (65...90).contains($0) ? $0 + 32 : $0 }
    }

    package static func == (left: Product, right: Product) -> Bool { left.name == right.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Product: CustomStringConvertible {
    package var description: String { name }
}
