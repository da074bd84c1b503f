package import Measurements

extension FindingCount {
    /// The member of the watched server's part of a sample that tells how often each finding was made, by its number: `{"0": 80212, "3": 1}`.
    package static let memberName = "findings_by_number"
}

extension [FindingCount] {
    package var json: JSON { .object(map { JSON.Member(String($0.number), .number(Double($0.count))) }) }

    /// Findings of a probe, and of the parts of a merged recording, that are read.
    private static let limit = 4_096

    /// Members whose names are no numbers are left out.
    package init(json: JSON?) {
        self = []
        guard case .object(let members)? = json else { return }
        self = members.prefix([FindingCount].limit).compactMap { member in
            guard let number = UInt64(member.name), let count = member.value.number else { return nil }
            return FindingCount(number: number, count: Metric.whole(count))
        }
    }
}
