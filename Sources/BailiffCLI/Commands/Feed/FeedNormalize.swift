import ArgumentParser
import BailiffDiagnostics
import BailiffIntake
import BailiffModel
import BailiffServer

struct FeedNormalize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "normalize", abstract: "Show what Bailiff reads in a body that a sandbox sent.",
        discussion: """
            Prints one object for each file under test, in the order of the body. Records that cannot be used are told on \
            standard error. Needs no server.
            """)

    @Option(
        help: "The sandbox product, or auto to recognise the format by its shape.", completion: ProductName.completion)
    var product = "auto"

    @Option(
        help: "A mapping that says how the body of an unknown product is read, in place of --product.",
        completion: .file())
    var mapping: String?

    @Option(name: .customLong("content-type"), help: "The body's Content-Type, where the format depends on it.")
    var contentType: String?

    @Option(help: "How to print the result.")
    var format: OutputFormat = .json

    @Argument(help: "The body; - reads standard input.", completion: .file())
    var file: String

    func run() throws {
        let console = Console.standard
        if mapping != nil, product != Product.auto.name {
            throw CommandFailure.usage("--mapping and --product exclude each other", hint: nil)
        }
        let product = try ProductName.product(product)
        let mapping = try mapping.map { path throws(CommandFailure) in try Self.mapping(at: path) }
        let bytes = try InputFile.read(file, limit: InputFile.bodyLimitInBytes)
        let body: NormalisedBody
        do throws(BodyError) {
            let input = IntakeBody(bytes: bytes, contentType: contentType)
            if let mapping {
                body = try Intake.normalise(input, mapping: mapping)
            } else {
                body = try Intake.normalise(input, product: product)
            }
        } catch {
            throw CommandFailure("\(InputFile.shownName(file)): \(error.message) [\(error.code)]", status: .bad)
        }
        let rows = FeedNormalisation.json(of: body).array ?? []
        Renderer(format, console).print(.list(rows, Self.table, none: "no verdict"))
        let rejections = FeedNormalisation.rejections(in: body)
        for rejection in rejections {
            let place = "bytes \(rejection.bytes.lowerBound) to \(rejection.bytes.upperBound)"
            let why = rejection.error.description.shown(limit: 300)
            console.warning("\(InputFile.shownName(file)): \(place): \(why) [\(rejection.error.code)]")
        }
        if rows.isEmpty, !rejections.isEmpty { throw CommandFailure("no record of the body can be used", status: .bad) }
    }

    private static func mapping(at path: String) throws(CommandFailure) -> FeedMapping {
        let bytes = try InputFile.read(path, limit: InputFile.bodyLimitInBytes)
        let source = SourceText(file: path, text: String(decoding: bytes, as: UTF8.self))
        switch FeedMappingFile.load(file: path, bytes: bytes) {
        case .success(let mapping): return mapping
        case .failure(let error): throw DiagnosticOutput(sources: [source]).failure(error.diagnostics, in: path)
        }
    }

    private static let table = Table([
        .member("VERDICT", "verdict"), .number("SCORE", "score_100"), .member("CATEGORY", "category"),
        Table.Column("HASH") { row in
            let name = ["sha256", "sha1", "md5"].first { row[$0]?.string != nil }
            guard let name, let hash = row[name]?.string else { return .none }
            return CellText("\(name) \(hash.prefix(16))…")
        },
        .member("FILE", "file_name", isFlexible: true), .member("THREAT", "threat", isFlexible: true),
        .time("ANALYSED", "analysed_at"), .member("PRODUCT", "product"),
    ])
}

/// Names of products as people type them.
enum ProductName {
    static var completion: CompletionKind { .list(Product.all.map(\.name) + [Product.auto.name]) }

    static func product(_ text: String) throws(CommandFailure) -> Product {
        if let product = Product(named: text) { return product }
        let names = Product.all.map(\.name) + [Product.auto.name]
        let guess = closestMatch(to: text, among: names).map { "did you mean '\($0)'?" }
        throw .usage(
            "'\(text)' is no known product",
            hint: guess ?? "use auto, or one of \(Product.all.map(\.name).joined(separator: ", "))")
    }
}
