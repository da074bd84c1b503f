/// A cache as seed 004 describes it: a dictionary, a linked list in order of use, and no lock.
///
/// The bug is kept on purpose, and there is no other: on one thread this is a correct cache. With
/// two, a move to the front meets an eviction, and the list loses entries or bites its tail, or
/// the dictionary's storage is freed under a reader. Only a worker process runs it.
///
/// `@unchecked Sendable`: it is not safe to share, and is shared all the same: that is the bug.
package final class UnguardedLRU<Value>: @unchecked Sendable {
    private struct Node {
        var key: String
        var value: Value?
        var older: Int
        var newer: Int
    }
    private static var none: Int { -1 }

    private let entryLimit: Int
    private var map: [String: Int] = [:]
    private var nodes: [Node] = []
    private var freeNodes: [Int] = []
    private var oldest = none
    private var newest = none
    private(set) var evictionCount: UInt64 = 0
    /// Look-ups that came to an entry of another key.
    private(set) var wrongKeyCount: UInt64 = 0

    package var count: Int { map.count }

    package init(entryLimit: Int) { self.entryLimit = entryLimit }

    /// The value under this key and its place, which becomes the newest.
    package func find(_ key: String) -> (place: Int, value: Value)? {
        guard let node = map[key], node < nodes.count else { return nil }
        guard nodes[node].key == key, let value = nodes[node].value else {
            wrongKeyCount &+= 1
            return nil
        }
        unlink(node)
        append(node)
        return (node, value)
    }

    /// Keeps a value; the one used longest ago is evicted. - Returns: its place.
    @discardableResult
    package func insert(_ value: Value, for key: String) -> Int {
        if let node = map[key], node < nodes.count, nodes[node].key == key {
            nodes[node].value = value
            unlink(node)
            append(node)
            return node
        }
        if map.count >= entryLimit, oldest != UnguardedLRU.none {
            evictionCount &+= 1
            remove(nodes[oldest].key)
        }
        let made = Node(key: key, value: value, older: UnguardedLRU.none, newer: UnguardedLRU.none)
        let node: Int
        if let free = freeNodes.popLast() {
            node = free
            nodes[node] = made
        } else {
            node = nodes.count
            nodes.append(made)
        }
        map[key] = node
        append(node)
        return node
    }

    /// Forgets a key, if it is there.
    package func remove(_ key: String) {
        guard let node = map.removeValue(forKey: key), node < nodes.count else { return }
        unlink(node)
        nodes[node].value = nil
        freeNodes.append(node)
    }

    /// The key at this place.
    func key(at place: Int) -> String? { place < nodes.count ? nodes[place].key : nil }

    /// Faults that can be seen now: look-ups that came to another's entry, a list that bites its
    /// tail, a list and a dictionary of different lengths, entries that do not know their key.
    /// Exact only when no other thread is inside.
    package func corruptionCount() -> UInt64 {
        var faults = wrongKeyCount
        var length = 0
        var node = newest
        // A list longer than all nodes is a circle.
        while node != UnguardedLRU.none, node < nodes.count, length <= nodes.count {
            length += 1
            if map[nodes[node].key] != node { faults &+= 1 }
            node = nodes[node].older
        }
        if length != map.count { faults &+= 1 }
        return faults
    }

    private func append(_ node: Int) {
        nodes[node].older = newest
        nodes[node].newer = UnguardedLRU.none
        if newest != UnguardedLRU.none { nodes[newest].newer = node } else { oldest = node }
        newest = node
    }

    private func unlink(_ node: Int) {
        let (older, newer) = (nodes[node].older, nodes[node].newer)
        if older != UnguardedLRU.none { nodes[older].newer = newer } else { oldest = newer }
        if newer != UnguardedLRU.none { nodes[newer].older = older } else { newest = older }
    }
}
