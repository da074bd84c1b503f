/// A stack as people read it: the program's own places, and the libraries' between them as one line.
///
/// A place is a text such as "respond server.c:306 (server)", the module in parentheses at its end.
package struct CodeStack: Sendable, Equatable {
    private let places: [String]

    /// - Parameter places: innermost first.
    package init(_ places: [String]) { self.places = places }

    /// The places that are not of a library below the program. All of them where there are no others.
    package var own: [String] {
        let own = places.filter { CodeStack.library(of: $0) == nil }
        return own.isEmpty ? places : own
    }

    /// Of the program only the function is in it that runs the event loop.
    var isLoopAlone: Bool { own.allSatisfy { $0.hasPrefix("main ") || $0.hasPrefix("main+") } }

    /// The same, and the event loop is libuv's: no code of the program has called it.
    var isOfLibuvAlone: Bool { isLoopAlone && places.contains { CodeStack.library(of: $0) == "libuv" } }

    /// "… 9 frames of libuv and libc" for each run of such frames.
    package var folded: [String] {
        var lines: [String] = []
        var libraries: [String] = [], count = 0
        func fold() {
            guard count > 0 else { return }
            lines.append("… \(Figure.counted(count, "frame")) of \(libraries.joined(separator: " and "))")
            (libraries, count) = ([], 0)
        }
        for place in places {
            if let library = CodeStack.library(of: place) {
                count += 1
                if !libraries.contains(library) { libraries.append(library) }
            } else {
                fold()
                lines.append(place)
            }
        }
        fold()
        return lines
    }

    /// "libuv" of "uv__io_poll+0x2a (libuv.so.1.0.0)"; nil: the place is the program's. `_start` is libc's in every program.
    private static func library(of place: String) -> String? {
        if place.hasPrefix("_start+") || place.hasPrefix("_start ") { return "libc" }
        let name = place.hasSuffix(")") ? place.split(separator: "(").last ?? "" : place.split(separator: "+").first ?? ""
        return libraries.first { name.hasPrefix($0.prefix) }?.name
    }

    private static let libraries = [
        (prefix: "libuv", name: "libuv"), (prefix: "libc.", name: "libc"), (prefix: "libc-", name: "libc"), (prefix: "libpthread", name: "libc"),
        (prefix: "ld-linux", name: "libc"), (prefix: "libhighwater-probe", name: "the probe"),
    ]
}
