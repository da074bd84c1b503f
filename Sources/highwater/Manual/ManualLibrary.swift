internal import CManual

/// The pages of the manual, one a task, as they lie in `Manual.docc`.
enum ManualLibrary {
    /// A row of the list of pages.
    struct Entry {
        var name: String
        /// What the page tells.
        var summary: String
    }

    /// In the order in which the list has them.
    static let pages: [Entry] = (text(of: "highwater") ?? "").matches(of: /\n\| \[([\w-]+)\]\([^)]*\) \| ([^|\n]+) \|/).map {
        Entry(name: String($0.1), summary: String($0.2))
    }

    /// The page's Markdown; nil where there is no such page.
    static func text(of name: String) -> String? {
        guard let text = unsafe hw_manual_page(name) else { return nil }
        return unsafe String(cString: text)
    }
}
