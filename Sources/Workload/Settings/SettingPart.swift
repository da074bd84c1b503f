package import Measurements

/// A part of a plan, or of a scenario, whose options stand in a table.
package protocol SettingPart: Sendable {
    /// Every option at its default.
    init()
    /// Its options, in the order of the help. A later row may refine what an earlier one has set.
    static var settings: [Setting<Self>] { get }
}

extension SettingPart {
    /// All of it, under the names of its options.
    package var json: JSON {
        .object(Self.settings.filter { $0.places.contains(.plan) }.compactMap { row in row.json(of: self).map { .init(row.name, $0) } })
    }

    /// Its members that differ from those of `Self()`.
    package var shortJSON: JSON {
        guard case .object(let members) = json else { return .null }
        let standard = Self().json
        return .object(members.filter { $0.value != standard[$0.name] })
    }

    /// Reads what `json` has. What it lacks is as in `Self()`; members that are not options are left alone.
    package init(json: JSON) throws(SettingError) {
        guard case .object = json else { throw SettingError("", "\(json.text) is not an object") }
        self.init()
        for row in Self.settings where row.places.contains(.plan) {
            if let value = json[row.name] { try row.read(value, into: &self) }
        }
    }

    /// The row of that name. The table of each part is short.
    static func setting(_ name: String) -> Setting<Self>? { settings.first { $0.name == name } }
}

extension Setting {
    /// A part with options of its own, which need not be there.
    @inline(__always)
    static func part<Inner: SettingPart>(_ name: String, _ path: WritableKeyPath<Part, Inner?>, _ meaning: String) -> Setting {
        part(name, Property(path), meaning)
    }

    private static func part<Inner: SettingPart>(_ name: String, _ property: Property<Part, Inner?>, _ meaning: String) -> Setting {
        Setting(member: name, meaning) { property.value(of: $0)?.json } read: { (json, part) throws(SettingError) in
            property.set(try Inner(json: json), of: &part)
        }
    }
}
