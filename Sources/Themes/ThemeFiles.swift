/// The themes of the top-level folder `Themes`, as they are written there.
///
/// Their bytes are part of the program: a resource that lies beside it is lost when the
/// program is moved. `Files` is a link to that folder, since the package manager embeds
/// only what a target's own folder holds; a test compares the two.
package enum ThemeFiles {
    /// Names and texts, in the order a list shows them: the usual ones first.
    package static let all: [(name: String, text: String)] = [
        ("dark", text(PackageResources.dark_theme)),
        ("light", text(PackageResources.light_theme)),
        ("terminal", text(PackageResources.terminal_theme)),
        ("high-contrast", text(PackageResources.high_contrast_theme)),
        ("high-contrast-light", text(PackageResources.high_contrast_light_theme)),
        ("deuteranopia", text(PackageResources.deuteranopia_theme)),
        ("tritanopia", text(PackageResources.tritanopia_theme)),
        ("ember", text(PackageResources.ember_theme)),
        ("paper", text(PackageResources.paper_theme)),
        ("mono", text(PackageResources.mono_theme)),
    ]

    /// The text of one; nil where there is none of that name.
    package static func text(named name: String) -> String? { all.first { $0.name == name }?.text }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
