/// What an idle connection does without.
extension Session {
    /// No stream is open, and none may come for long: gives memory back that the next request takes again.
    /// - Returns: whether a page was among it: a stream that is open keeps it.
    @discardableResult
    package func rest() -> Bool {
        forgetKnownFields()
        guard let page = unsafe page else { return false }
        return unsafe factory.returnZeros(page)
    }
}
