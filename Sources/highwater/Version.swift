internal import Experiment
internal import Measurements
internal import Terminal

/// The version of this program.
///
/// `Packaging/debian/changelog` is the one place that has it: Debian's tools read that file, and the program carries
/// its text, by a link in this folder, since the package manager embeds only what a target's own folder holds.
enum Version {
    /// "0.1.0"
    static var number: String { newest.number }

    /// The day of the release, "2026-11-21".
    static var date: String { newest.date }

    /// The version, and a line with the versions of the C libraries that are linked now.
    static var text: String {
        let libraries = LibraryVersions.all.map { "\($0.name) \($0.version)" } + [Terminal.cursesVersion]
        return "highwater \(number)\nwith \(libraries.joined(separator: ", "))"
    }

    /// The same for programs.
    static var json: JSON {
        // "ncurses 6.4.20221231"
        let curses = Terminal.cursesVersion.split(separator: " ", maxSplits: 1).map(String.init)
        let libraries = LibraryVersions.all + [(curses.first ?? "", curses.last ?? "")]
        return .object([
            JSON.Member("version", .string(number)), JSON.Member("date", .string(date)),
            JSON.Member("libraries", .object(libraries.map { JSON.Member($0.name, .string($0.version)) })),
        ])
    }

    private static let newest = ChangelogEntry(newestOf: PackageResources.changelog)
}

/// The head and the foot of an entry of a Debian changelog:
///
///     highwater (0.1.0) unstable; urgency=medium
///      -- Name <address>  Sat, 21 Nov 2026 12:00:00 +0000
private struct ChangelogEntry {
    let number: String
    let date: String

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    init(newestOf changelog: [UInt8]) {
        let lines = changelog.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true).lazy
            .map { String(decoding: $0, as: UTF8.self).split(separator: " ") }
        // Name, version, distribution; and two dashes, the name and address, then the time as the last six words.
        guard let head = lines.first, head.count >= 3, head[1].hasPrefix("("), head[1].hasSuffix(")"),
            let foot = lines.first(where: { $0.first == "--" })?.suffix(6).map(String.init), foot.count == 6,
            let day = Int(foot[1]), let month = ChangelogEntry.months.firstIndex(of: foot[2]), let year = Int(foot[3])
        else { preconditionFailure("debian/changelog does not begin with an entry of Debian's form") }
        number = String(head[1].dropFirst().dropLast())
        date = "\(year)-\(ChangelogEntry.twoDigits(month + 1))-\(ChangelogEntry.twoDigits(day))"
    }

    private static func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
}
