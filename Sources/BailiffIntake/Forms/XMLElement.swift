/// An element of a small XML document.
struct XMLElement: Sendable, Hashable {
    /// Without a namespace prefix.
    var name: String
    var attributes: [(name: String, value: String)] = []
    var children: [XMLElement] = []
    /// The element's own text, that of its children left out.
    var text = ""

    /// The first child of this name; ASCII case doesn't count.
    func child(_ name: String) -> XMLElement? {
        children.first { $0.name.utf8.equalsIgnoringASCIICase(name) }
    }

    func children(_ name: String) -> [XMLElement] {
        children.filter { $0.name.utf8.equalsIgnoringASCIICase(name) }
    }

    /// The text at a path of children, cleaned like every text from outside; nil where it is absent, and where a step
    /// stands there several times and says several things.
    func text(_ path: String...) -> String? {
        var element = self
        for name in path {
            let found = element.children(name)
            guard let next = found.first, !found.dropFirst().contains(where: { $0 != next }) else { return nil }
            element = next
        }
        return FieldText.clean(element.text)
    }

    func attribute(_ name: String) -> String? {
        attributes.first { $0.name.utf8.equalsIgnoringASCIICase(name) }.flatMap { FieldText.clean($0.value) }
    }

    static func == (left: XMLElement, right: XMLElement) -> Bool {
        left.name == right.name && left.text == right.text && left.children == right.children
            && left.attributes.elementsEqual(right.attributes) { $0 == $1 }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(text)
        hasher.combine(children)
    }
}
