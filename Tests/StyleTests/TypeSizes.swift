/// How large the types of some Swift source are: lines and stored properties of each, extensions included.
///
/// The lines of a type are those from its declaration to its closing brace, with the types inside it,
/// which are counted on their own as well. Static properties belong to no instance and are not counted.
struct TypeSizes {
    struct Size: Equatable {
        var lines = 0
        var storedProperties = 0
    }

    /// By the full name: "Outer.Inner".
    private(set) var sizes: [String: Size] = [:]
    private var tokens: [SwiftTokens.Token] = []
    private var index = 0

    private static let typeKeywords: Set<String> = ["class", "struct", "enum", "actor", "protocol", "extension"]
    /// What may stand in front of a declaration's keyword, beside attributes.
    private static let modifiers: Set<String> = [
        "package", "public", "private", "fileprivate", "internal", "open", "static", "class", "final", "lazy", "weak", "unowned",
        "override", "nonisolated", "indirect", "mutating", "nonmutating", "borrowing", "consuming", "required", "convenience",
        "dynamic", "optional", "prefix", "postfix", "infix", "sending", "isolated",
    ]
    private static let declarationKeywords: Set<String> = [
        "var", "let", "func", "init", "deinit", "subscript", "case", "typealias", "associatedtype", "import", "operator",
        "precedencegroup", "class", "struct", "enum", "actor", "protocol", "extension", "#", "@",
    ]

    /// Adds a file's types.
    mutating func add(_ text: String) {
        tokens = SwiftTokens(text).all
        index = 0
        readMembers(of: nil)
    }

    private var token: SwiftTokens.Token? { index < tokens.count ? tokens[index] : nil }

    /// Reads declarations up to the closing brace of a type, or to the end of the file.
    private mutating func readMembers(of type: String?) {
        while let token, token.text != "}" {
            if token.text == ";" {
                index += 1
                continue
            }
            var isStatic = false
            while let token = self.token {
                if token.text == "@" {
                    index += 2
                    skipParentheses()
                } else if TypeSizes.modifiers.contains(token.text), !isTypeKeyword {
                    isStatic = isStatic || token.text == "static" || token.text == "class"
                    index += 1
                    skipParentheses()
                } else {
                    break
                }
            }
            guard let keyword = self.token, keyword.text != "}" else { continue }
            if isTypeKeyword {
                readType(in: type)
            } else if keyword.text == "var" || keyword.text == "let" {
                let count = readProperty()
                if !isStatic, let type { sizes[type, default: Size()].storedProperties += count }
            } else {
                index += 1
                skipToNextMember()
            }
        }
    }

    /// `class` declares a type only in front of a name.
    private var isTypeKeyword: Bool {
        guard let token, TypeSizes.typeKeywords.contains(token.text), index + 1 < tokens.count else { return false }
        guard token.text == "class" else { return true }
        let next = tokens[index + 1].text
        return !TypeSizes.declarationKeywords.contains(next) && !TypeSizes.modifiers.contains(next)
    }

    private mutating func readType(in outer: String?) {
        guard let keyword = token else { return }
        index += 1
        var name = String(token?.text ?? "")
        index += 1
        while token?.text == ".", index + 1 < tokens.count {
            name += ".\(tokens[index + 1].text)"
            index += 2
        }
        let type = outer.map { "\($0).\(name)" } ?? name
        while let token, token.text != "{" { index += token.text == "(" ? 0 : 1; skipParentheses() }
        index += 1
        readMembers(of: type)
        sizes[type, default: Size()].lines += (token?.line ?? keyword.line) - keyword.line + 1
        index += 1
    }

    /// Reads one `var` or `let`. - Returns: how many stored properties it declares.
    private mutating func readProperty() -> Int {
        let isConstant = token?.text == "let"
        index += 1
        var count = 1
        var angles = 0
        while let token, !isMemberStart {
            switch token.text {
            case "<": angles += token.isAdjacent ? 1 : 0
            // Not the one of an arrow.
            case ">" where tokens[index - 1].text != "-" && angles > 0: angles -= 1
            case "," where angles == 0: count += 1
            case "=" where tokens[index - 1].text != "=" && tokens[index - 1].text != "!":
                skipToNextMember(countingNames: &count)
                return count
            case "{":
                index += 1
                let isObserved = isObserver
                skipBlock()
                skipToNextMember()
                return isConstant || isObserved ? count : 0
            case "(", "[":
                skipParentheses()
                continue
            default: break
            }
            index += 1
        }
        return count
    }

    /// Whether the block that begins here observes a stored property.
    private var isObserver: Bool {
        for token in tokens[index...] {
            if token.text == "willSet" || token.text == "didSet" { return true }
            if token.text == "{" || token.text == "}" || token.isFirst && token.text != "@" { return false }
        }
        return false
    }

    /// Whether the next declaration begins here, or the type ends.
    private var isMemberStart: Bool {
        guard let token else { return true }
        if token.text == "}" || token.text == ";" { return true }
        return token.isFirst && (TypeSizes.declarationKeywords.contains(token.text) || TypeSizes.modifiers.contains(token.text))
    }

    private mutating func skipToNextMember() {
        var count = 0
        skipToNextMember(countingNames: &count)
    }

    /// - Parameter count: goes up with each further name: `var a = 1, b = 2`.
    private mutating func skipToNextMember(countingNames count: inout Int) {
        while !isMemberStart, let token {
            switch token.text {
            case "{":
                index += 1
                skipBlock()
            case "(", "[": skipParentheses()
            case ",":
                let after = index + 2 < tokens.count ? tokens[index + 2].text : ""
                if after == ":" || after == "=" { count += 1 }
                index += 1
            default: index += 1
            }
        }
    }

    /// Skips to behind the brace that closes a block, from within.
    private mutating func skipBlock() {
        var depth = 1
        while depth > 0, let token {
            if token.text == "{" { depth += 1 }
            if token.text == "}" { depth -= 1 }
            index += 1
        }
    }

    /// Skips what stands here in parentheses or brackets, if anything does.
    private mutating func skipParentheses() {
        guard let first = token, first.text == "(" || first.text == "[" else { return }
        var depth = 0
        repeat {
            switch token?.text {
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            default: break
            }
            index += 1
        } while depth > 0 && index < tokens.count
    }
}
