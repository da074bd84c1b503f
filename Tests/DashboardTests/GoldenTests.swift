import Dashboard
import Foundation
import Measurements
import Testing

/// Frames of a seeded run, compared with those of last time, in words and in roles.
///
/// After a wanted change: HIGHWATER_RECORD_GOLDEN=1 swift test --filter DashboardTests,
/// then look at the difference before it is committed.
@Suite("Golden frames")
struct GoldenTests {
    private static let pictures = [
        Picture("200x60", 200, 60), Picture("120x40", 120, 40), Picture("80x24", 80, 24), Picture("46x10", 46, 10),
        Picture("200x60-ascii", 200, 60, .ascii), Picture("120x40-ascii", 120, 40, .ascii),
        Picture("80x24-ascii", 80, 24, .ascii), Picture("46x10-ascii", 46, 10, .ascii),
        Picture("120x40-block", 120, 40, .block), Picture("60x20", 60, 20), Picture("20x5", 20, 5), Picture("19x4", 19, 4),
        Picture("80x24-help", 80, 24, keys: [.character("?")]), Picture("80x24-help-events", 80, 24, .ascii, keys: [.character("7"), .character("?")]),
        Picture("80x24-zoomed-latency", 80, 24, keys: [.character("2"), .character("2")]),
        Picture("120x40-zoomed-throughput", 120, 40, keys: [.character("1"), .enter]),
        Picture("120x40-zoomed-latency", 120, 40, keys: [.character("2"), .enter, .character("x")]),
        Picture("120x40-zoomed-pending", 120, 40, keys: [.character("4"), .enter]),
        Picture("120x40-zoomed-arena", 120, 40, keys: [.character("5"), .enter]),
        Picture("80x24-zoomed-arena-ascii", 80, 24, .ascii, keys: [.character("5"), .enter]),
        Picture("120x40-zoomed-caches", 120, 40, keys: [.character("6"), .enter]),
        Picture("120x40-past", 120, 40, keys: [.character("7"), .down, .enter]),
        Picture("120x40-detail", 120, 40, keys: [.enter]), Picture("80x24-detail", 80, 24, keys: [.enter]),
        Picture("46x10-detail", 46, 10, .ascii, keys: [.enter]),
        Picture("80x24-filter", 80, 24, keys: "/state:W pend>64x".unicodeScalars.map { .character($0) }),
        Picture("120x40-sorted-ascii", 120, 40, .ascii, keys: [.right, .character("r")]),
        Picture("80x24-no-server", 80, 24, hasServer: false), Picture("80x24-no-clients", 80, 24, hasClients: false),
    ]

    /// These show what faint looks like.
    private static let themePictures = [
        Picture("120x40-themes", 120, 40, keys: [.character("T"), .down]), Picture("46x10-themes", 46, 10, .ascii, keys: [.character("T"), .end]),
    ]

    @Test("has no word and no figure that is faint: faint is for lines and for what is empty", arguments: pictures)
    func words(picture: Picture) {
        let frame = picture.frame
        for y in 0..<frame.height {
            for x in 0..<frame.width where frame[x, y].style.role == .faint {
                let scalar = frame[x, y].scalar
                #expect(!scalar.properties.isAlphabetic && scalar.properties.numericType == nil, "\(scalar) at \(x), \(y)")
            }
        }
    }

    @Test("looks as it did", arguments: pictures + themePictures)
    func looks(picture: Picture) throws {
        let text = picture.text
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(picture.name).txt")
        if ProcessInfo.processInfo.environment["HIGHWATER_RECORD_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        if text != golden {
            let pairs = zip(text.split(separator: "\n", omittingEmptySubsequences: false), golden.split(separator: "\n", omittingEmptySubsequences: false))
            let first = pairs.enumerated().first { $0.element.0 != $0.element.1 }
            Issue.record("""
                \(picture.name): line \((first?.offset ?? 0) + 1) differs
                is:  \(first?.element.0 ?? "shorter or longer")
                was: \(first?.element.1 ?? "")
                """)
        }
    }

    struct Picture: CustomTestStringConvertible, Sendable {
        let name: String
        let width: Int
        let height: Int
        let glyphs: GlyphSet
        let keys: [Key]
        let hasServer: Bool
        let hasClients: Bool

        init(
            _ name: String, _ width: Int, _ height: Int, _ glyphs: GlyphSet = .braille, keys: [Key] = [],
            hasServer: Bool = true, hasClients: Bool = true
        ) {
            self.name = name
            self.width = width
            self.height = height
            self.glyphs = glyphs
            self.keys = keys
            self.hasServer = hasServer
            self.hasClients = hasClients
        }

        var testDescription: String { name }

        // Made once: a minute of samples takes a second to make in debug.
        private static let whole = Dashboard.synthetic()
        private static let withoutServer = Dashboard.synthetic(hasServer: false)
        private static let withoutClients = Dashboard.synthetic(hasClients: false)

        var frame: Frame {
            var dashboard = !hasServer ? Picture.withoutServer : !hasClients ? Picture.withoutClients : Picture.whole
            dashboard.glyphs = glyphs
            dashboard.themes = ThemeChoice(["auto"] + Theme.shipped.map(\.name), current: "dark")
            for key in keys { _ = dashboard.handle(key) }
            return dashboard.frame(width: width, height: height)
        }

        /// The characters, then the roles, a letter each.
        var text: String {
            let frame = frame
            var text = (0..<height).map { frame.row($0) + "|\n" }.joined()
            text += "\n"
            for y in 0..<height {
                text += String((0..<width).map { frame[$0, y].scalar == " " ? " " : letter(frame[$0, y].style.role) }) + "|\n"
            }
            return text
        }

        private func letter(_ role: Role) -> Character {
            switch role {
            case .text: "t"
            case .dim: "d"
            case .faint: "."
            case .title: "T"
            case .key: "k"
            case .logo: "l"
            case .strong: "s"
            case .ok: "o"
            case .warn: "w"
            case .crit: "c"
            case .banner: "b"
            case .border: "-"
            case .focus: "="
            // The third of the scale.
            case .scale(_, let step): step <= 7 ? "1" : step <= 15 ? "2" : "3"
            }
        }
    }
}
