internal import Measurements
internal import Recording

extension RunReport {
    /// The requests by kind; nothing for a run with one kind.
    var requestTable: Markup {
        guard case .array(let rows)? = summary[path: "client.\(RequestSample.memberName)"], rows.count > 1 else { return .empty }
        let heads = ["done", "failed", "statuses", "bodies", "service p50", "service p99", "response p50", "response p99"]
        let body = Markup.joined(rows.prefix(RequestSample.limit).map { row -> Markup in
            func cell(_ path: String, _ quantity: ReportScale.Quantity) -> String {
                row[path: path]?.number.map { ReportScale.words($0, quantity) } ?? "-"
            }
            let statuses = [NumberedStatus](json: row[NumberedStatus.memberName]).map { "\($0.status): \(ReportScale.words(Double($0.count), .count))" }
            let cells = [
                cell("requests.done", .count), cell("requests.failed", .count), statuses.joined(separator: ", "), cell("bytes.received_body", .bytes),
                cell("service_time.p50", .seconds), cell("service_time.p99", .seconds), cell("response_time.p50", .seconds),
                cell("response_time.p99", .seconds),
            ]
            return "<tr><th scope=\"row\">\((row["name"]?.string ?? "?").shownTarget)</th>\(.joined(cells.map { "<td>\($0)</td>" as Markup }))</tr>\n"
        })
        return """
            <section><h2>By request</h2><div class="wide"><table class="numbers"><thead><tr><th scope="col">request</th>\
            \(.joined(heads.map { "<th scope=\"col\">\($0)</th>" as Markup }))</tr></thead>
            <tbody>\(body)</tbody></table></div></section>

            """
    }
}
