import Testing

@Suite("Every type") struct TypeTests {
    /// Lines of a type and its extensions: about as much as one can hold in mind.
    private static let lineLimit = 600

    /// A type with more of them is several types in one.
    private static let storedPropertyLimit = 20

    /// Values without behaviour, a field for each counter or option. The limit is for types that can get
    /// into a wrong state; these have none.
    private static let tables: Set = [
        "Client.ClientConfiguration", "Workload.ClientPlan", "Workload.ServerPlan",
        "Watch.Finding", "Watch.ProbeCounters",
    ]

    /// By "Target.Type".
    private static let sizes: [String: TypeSizes.Size] = SourceTree.targets.reduce(into: [:]) { found, target in
        var sizes = TypeSizes()
        for file in SourceTree.files where file.target == target { sizes.add(file.lines.joined(separator: "\n")) }
        for (type, size) in sizes.sizes { found["\(target).\(type)"] = size }
    }

    @Test("can be held in mind: lines and stored properties, extensions included")
    func sizes() {
        #expect(TypeTests.sizes.count > 500, "the counter does not see them")
        for (type, size) in TypeTests.sizes.sorted(by: { $0.key < $1.key }) {
            let fits = size.lines <= TypeTests.lineLimit && size.storedProperties <= TypeTests.storedPropertyLimit
            let isException = TypeTests.tables.contains(type)
            #expect(fits != isException, "\(type) has \(size.lines) lines and \(size.storedProperties) stored properties")
        }
        for type in TypeTests.tables { #expect(TypeTests.sizes[type] != nil, "there is no \(type) any more") }
    }
}

@Suite("The counter of lines and stored properties") struct TypeSizesTests {
    private func sizes(_ texts: String...) -> [String: TypeSizes.Size] {
        var sizes = TypeSizes()
        for text in texts { sizes.add(text) }
        return sizes.sizes
    }

    @Test("counts variables and constants that are stored, and no others")
    func stored() {
        let counted = sizes("""
            final class A: B, C {
                let one: Int
                private(set) var two = 2 {
                    didSet { print("var three") }
                }
                @safe private unowned(unsafe) var three: A?
                var computed: Int { one + two }
                var alsoComputed: Int {
                    get { 1 }
                    set { let inner = newValue; var other = inner; other += 1 }
                }
                static let nothing = 0
                class var none: Int { 0 }
                var four: [Int: (a: Int, b: Int)] = [1: (2, 3)]
                var five: Int {
                    willSet {}
                }
                lazy var six: () -> Void = { [unowned self] in
                    let seven = 7
                    _ = seven
                }
                var seven = 7, eight: Int, nine = max(1, 2)
                let ten: Result<Int, Never>
                package var eleven: InlineArray<16, UInt8>
                // var commented = 1
                /* var block = 1 /* nested */ var still = 1 */
                init() {
                    let local = 1
                    var another = local
                }
                func f(_ x: Int = 1) -> (Int, Int) where Int: Sendable { let local = 1; return (local, x) }
                var twelve: Int
            }
            """)
        #expect(counted == ["A": .init(lines: 33, storedProperties: 12)])
    }

    @Test("is not led astray by text in strings")
    func strings() {
        let counted = sizes(##"""
            struct A {
                let a = "} let no: Int \(b { "}" } ?? ")") {"
                let b = """
                    } struct B { let c = 1 }
                    \(c) " "" \"""
                    """
                let c = #"raw " \( { "#
                let d = "\\"
            }
            """##)
        #expect(counted == ["A": .init(lines: 9, storedProperties: 4)])
    }

    @Test("adds extensions, of other files too, and counts nested types apart")
    func parts() {
        let counted = sizes(
            """
            package struct A {
                private struct Inner { let x: Int; let y: Int }
                let inner: Inner
                enum State {
                    case one, two(Int)
                    var number: Int { 1 }
                }

                func function() {
                    struct Local { let no: Int }
                }
            }
            """,
            """
            #if DEBUG
            let global = 1
            #endif

            extension A {
                // A comment.
                var computed: Int { 1 }
            }
            extension A.State: Sendable {}
            protocol P {
                var requirement: Int { get }
                func f()
                associatedtype T
            }
            """)
        #expect(counted == [
            "A": .init(lines: 16, storedProperties: 1), "A.Inner": .init(lines: 1, storedProperties: 2),
            "A.State": .init(lines: 5, storedProperties: 0), "P": .init(lines: 5, storedProperties: 0),
        ])
    }
}
