internal import CYAML

/// A problem of a text as YAML, or a limit that the text exceeds.
struct YAMLProblem: Error {
    var place: ScenarioPlace
    var text: String
}

/// One event of libyaml's parser: a scalar, an alias, or where a list or a mapping begins or ends.
enum YAMLEvent {
    /// Of the stream, or of a document.
    case start(ScenarioPlace)
    case scalar(String, isQuoted: Bool, anchor: String?, ScenarioPlace)
    case list(anchor: String?, ScenarioPlace)
    case map(anchor: String?, ScenarioPlace)
    case alias(String, ScenarioPlace)
    /// Of a list, a mapping, a document or the stream.
    case end(ScenarioPlace)

    var isEnd: Bool { if case .end = self { true } else { false } }

    var place: ScenarioPlace {
        switch self {
        case .start(let place), .scalar(_, _, _, let place), .list(_, let place), .map(_, let place), .alias(_, let place),
            .end(let place):
            place
        }
    }
}

/// The events of a text, in order: libyaml made typed. No other file knows the library.
///
/// Safe: the parser and its input live from `init` to `deinit` and never leave.
@safe final class YAMLEvents {
    private let text: [UInt8]
    private let override: Int?
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    /// - Parameter override: which `--set` the text is from; nil: the file.
    init(_ text: String, override: Int?) {
        let bytes = Array(text.utf8)
        // Editors of Windows begin a file with a byte order mark.
        self.text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        self.override = override
        unsafe parser = .allocate(capacity: 1)
        unsafe input = .allocate(capacity: self.text.count)
        _ = unsafe input.initialize(fromContentsOf: self.text)
        unsafe yaml_parser_initialize(parser)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// Errors: the text is not YAML from there on.
    func next() throws(YAMLProblem) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw problem }
        defer { unsafe yaml_event_delete(&event) }
        let place = place(unsafe event.start_mark)
        switch unsafe event.type {
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let text = unsafe String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let isQuoted = unsafe scalar.style != YAML_PLAIN_SCALAR_STYLE && scalar.style != YAML_ANY_SCALAR_STYLE
            return .scalar(text, isQuoted: isQuoted, anchor: unsafe name(scalar.anchor), place)
        case YAML_SEQUENCE_START_EVENT: return .list(anchor: unsafe name(event.data.sequence_start.anchor), place)
        case YAML_MAPPING_START_EVENT: return .map(anchor: unsafe name(event.data.mapping_start.anchor), place)
        case YAML_ALIAS_EVENT: return .alias(unsafe name(event.data.alias.anchor) ?? "", place)
        case YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT: return .start(place)
        default: return .end(place)
        }
    }

    private func name(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe text.map { unsafe String(cString: $0) }
    }

    private func place(_ mark: yaml_mark_t) -> ScenarioPlace {
        ScenarioPlace(override: override, line: mark.line + 1, column: mark.column + 1)
    }

    private var problem: YAMLProblem {
        let parser = unsafe self.parser.pointee
        var words = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "not enough memory"
        if let context = unsafe parser.context { words = unsafe String(cString: context) + ": " + words }
        let isUndecodable = unsafe parser.error == YAML_READER_ERROR
        let place = unsafe isUndecodable ? place(ofByte: parser.problem_offset) : place(parser.problem_mark)
        return YAMLProblem(place: place, text: "not YAML: " + words)
    }

    /// The library has no mark yet for bytes that it cannot decode, only their offset.
    private func place(ofByte offset: Int) -> ScenarioPlace {
        let lines = String(decoding: text.prefix(offset), as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return ScenarioPlace(override: override, line: lines.count, column: (lines.last?.unicodeScalars.count ?? 0) + 1)
    }
}
