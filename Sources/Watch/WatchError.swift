/// What keeps a server from being watched: what was wrong, with what, and what would be right.
package struct WatchError: Error, CustomStringConvertible, Equatable {
    package let description: String

    package init(_ description: String) { self.description = description }
}
