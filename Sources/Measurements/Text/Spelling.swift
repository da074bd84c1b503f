/// Suggestions for a name that does not exist.
package enum Spelling {
    /// The nearest of the names, by how many letters must change; nil when none is near.
    package static func nearest(to word: String, of names: [String]) -> String? {
        let near = names.map { (name: $0, distance: distance(Array(word.unicodeScalars), Array($0.unicodeScalars))) }
        // With more than half of the letters wrong it is another word.
        return near.min { $0.distance < $1.distance }.flatMap { $0.distance * 2 <= $0.name.unicodeScalars.count ? $0.name : nil }
    }

    /// Letters to insert, leave out or replace (Levenshtein).
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = a == b ? diagonal : 1 + min(diagonal, above, row[j])
                diagonal = above
            }
        }
        return row[right.count]
    }
}
