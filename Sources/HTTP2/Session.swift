internal import CNghttp2
internal import Memory

/// One HTTP/2 connection, by nghttp2: bytes go in and out, and a handler gets what they mean.
/// Knows no socket and no clock.
///
/// `@safe`: owns the nghttp2 session.
@safe
package final class Session {
    /// Which end of the connection this is.
    package enum Role: Sendable { case client, server }

    private let session: OpaquePointer
    let factory: SessionFactory
    /// Retained: a constant costs no counting at a request's dozen calls. The handler drops the
    /// session when its connection ends, and with it the cycle.
    let handler: any SessionHandler
    private let role: Role

    /// Payload of the DATA frame that nghttp2 has packed and not yet handed out; that may be much later.
    /// When its stream closes in between, nghttp2 drops the frame without a report.
    private var packedStreamID: Int32 = 0
    private var packedPayload = ArenaBytes.empty
    private var packedLease: Lease?

    /// A client's frames are checked: nghttp2 leaves that to its user.
    private var check = FrameCheck()
    /// The check has found a fault, and no byte after it counts.
    private var hasFault = false

    let checksRequests: Bool
    /// Of the head or the trailers that come in now: their frames have no others between them.
    var rules = RequestRules()
    /// nil before a request's fields are kept. In memory of its own, since the compiler would have each access to a
    /// member checked that calls functions of C.
    var knownFields: UnsafeMutablePointer<FieldMemory>?
    /// Of the last request; goes round.
    var requestNumber: UInt8 = 0
    /// The stream of the request that was malformed last.
    private var malformedStreamID: Int32 = 0

    /// nil without an audit.
    private let auditedFrames: FrameBuffer?
    /// See `SessionFactory.lastPage`.
    let page: UnsafeMutableRawPointer?

    /// The stream whose token was looked up last; 0: none.
    private var knownStreamID: Int32 = 0
    private var knownToken: UnsafeMutableRawPointer?

    /// Header bytes as the peer sent them, compressed: the payload of its HEADERS and CONTINUATION frames.
    package var receivedHeaderByteCount: UInt64 { headerByteCount }
    // Private: the compiler then sees every access, and checks none of them at run time.
    private var headerByteCount: UInt64 = 0

    /// - Returns: nil when there is no memory.
    package init?(role: Role, factory: SessionFactory, settings: SessionSettings, handler: any SessionHandler) {
        self.role = role
        self.factory = factory
        checksRequests = role == .server && factory.messageCheck == .requests
        unsafe knownToken = nil
        unsafe knownFields = nil
        self.handler = handler
        // The session's user data is set below: `self` is not whole yet.
        guard let session = unsafe role == .client ? factory.makeClientSession() : factory.makeServerSession()
        else { return nil }
        unsafe self.session = unsafe session
        unsafe page = unsafe factory.lastPage
        auditedFrames = role == .server && factory.isAudited ? factory.frames : nil
        unsafe nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
        submit(settings)
    }

    deinit {
        forgetKnownFields()
        // Open streams are closed without a report: the handler has let go of them.
        unsafe nghttp2_session_del(session)
    }

    private func submit(_ settings: SessionSettings) {
        func entry(_ id: nghttp2_settings_id, _ value: UInt32) -> nghttp2_settings_entry {
            nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: value)
        }
        var entries = [
            entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, settings.maxConcurrentStreams),
            entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, settings.initialWindowByteCount),
            entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, settings.headerListByteLimit),
            entry(NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, settings.headerTableByteCount),
        ]
        switch role {
        case .client: entries.append(entry(NGHTTP2_SETTINGS_ENABLE_PUSH, 0))
        // The old priority tree is deprecated (RFC 9113, 5.3.2), and nghttp2 then spares its upkeep.
        case .server: entries.append(entry(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1))
        }
        unsafe nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count)
        if settings.connectionWindowByteCount > 65_535 {
            unsafe nghttp2_session_set_local_window_size(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Int32(clamping: settings.connectionWindowByteCount))
        }
    }

    // MARK: Bytes

    /// Takes all that the peer sent, and calls the handler.
    package func receive(_ bytes: UnsafeRawBufferPointer) throws(SessionError) {
        guard role == .server else { return try unsafe feed(bytes) }
        guard !hasFault else { return }
        let fault = unsafe check.read(bytes)
        for _ in 0..<check.takePriorityCount() { handler.sessionDidReceiveControlFrame(.priority) }
        guard let fault else { return try unsafe feed(bytes) }
        hasFault = true
        try unsafe feed(UnsafeRawBufferPointer(rebasing: bytes[..<fault.goodByteCount]))
        handler.sessionDidReceiveInvalidFrame(.unnamed)
        terminate(fault.code)
    }

    private func feed(_ bytes: UnsafeRawBufferPointer) throws(SessionError) {
        let count = unsafe nghttp2_session_mem_recv(
            session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        if count < 0 { throw SessionError(code: Int32(count)) }
    }

    /// The next bytes to send; nil when there are none for now. They are valid until the next call, of this session or
    /// another one of its factory: see `FrameBuffer`.
    /// Payloads of large bodies go to `SessionHandler.sessionSendsData` in between.
    package func nextOutput() throws(SessionError) -> UnsafeRawBufferPointer? {
        auditedFrames?.markDead()
        var start: UnsafePointer<UInt8>?
        let count = unsafe nghttp2_session_mem_send(session, &start)
        if count < 0 { throw SessionError(code: Int32(count)) }
        return count == 0 ? nil : unsafe UnsafeRawBufferPointer(start: start, count: count)
    }

    /// Neither end has anything left to send: the connection can be closed.
    package var isFinished: Bool {
        unsafe nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
    }

    /// Whether another request may be submitted: not after GOAWAY, an error of the connection, or
    /// the last stream identifier.
    package var takesRequests: Bool { unsafe nghttp2_session_check_request_allowed(session) != 0 }

    /// Streams that the peer lets us have open at once.
    package var peerStreamLimit: Int {
        unsafe Int(nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
    }

    // MARK: Messages

    /// Sends a response head; with `hasBody` the handler is asked for the body.
    package func submitResponse(
        _ streamID: Int32, fields: FieldList, hasBody: Bool, token: UnsafeMutableRawPointer
    ) {
        var provider = unsafe nghttp2_data_provider(
            source: nghttp2_data_source(ptr: token), read_callback: Session.readBody)
        // Fails only for a stream that is gone already, which `sessionDidCloseStream` reports.
        if hasBody {
            unsafe _ = nghttp2_submit_response(session, streamID, fields.fields, fields.count, &provider)
        } else {
            unsafe _ = nghttp2_submit_response(session, streamID, fields.fields, fields.count, nil)
        }
    }

    /// Starts a request. - Returns: its stream, or nil when the connection takes no more.
    package func submitRequest(fields: FieldList, hasBody: Bool, token: UnsafeMutableRawPointer) -> Int32? {
        var provider = unsafe nghttp2_data_provider(
            source: nghttp2_data_source(ptr: token), read_callback: Session.readBody)
        let streamID: Int32
        if hasBody {
            streamID = unsafe nghttp2_submit_request(session, nil, fields.fields, fields.count, &provider, token)
        } else {
            streamID = unsafe nghttp2_submit_request(session, nil, fields.fields, fields.count, nil, token)
        }
        if streamID < 0 { return nil }
        return streamID
    }

    /// The part of a body that was missing can be had now.
    package func resume(_ streamID: Int32) { unsafe _ = nghttp2_session_resume_data(session, streamID) }

    /// Ends a stream at once (RST_STREAM).
    package func reset(_ streamID: Int32, _ code: HTTP2ErrorCode) {
        unsafe _ = nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), streamID, code.rawValue)
    }

    // MARK: The connection

    /// Announces the end (RFC 9113, 6.8): open streams may finish, and no further ones are taken.
    package func submitGoaway(_ code: HTTP2ErrorCode) {
        unsafe _ = nghttp2_submit_goaway(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(session),
            code.rawValue, nil, 0)
    }

    /// GOAWAY and nothing after it.
    package func terminate(_ code: HTTP2ErrorCode) {
        unsafe _ = nghttp2_session_terminate_session(session, code.rawValue)
    }

    // MARK: Callbacks of nghttp2

    static func install(in callbacks: OpaquePointer) {
        unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
            unsafe withSession(user) { unsafe $0.didBeginHeaders(frame) }
        }
        unsafe nghttp2_session_callbacks_set_on_header_callback2(callbacks) { _, frame, name, value, _, user in
            guard let name = unsafe name, let value = unsafe value else { return 0 }
            return unsafe withSession(user) { unsafe $0.didReceiveField(frame?.pointee.hd.stream_id ?? 0, name, value) }
        }
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
            unsafe withSession(user) { unsafe $0.didReceiveFrame(frame) }
        }
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
            _, _, streamID, bytes, count, user in
            unsafe withSession(user) { me in
                guard let token = unsafe me.token(of: streamID) else { return 0 }
                if me.checksRequests, unsafe !me.handler.sessionRules(of: token).pointee.takeBody(byteCount: count) {
                    // Also for the rest of the frame, which nghttp2 still hands out.
                    me.reset(streamID, .protocolError)
                    return 0
                }
                unsafe me.handler.sessionDidReceiveBody(token, UnsafeRawBufferPointer(start: bytes, count: count))
                return 0
            }
        }
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, streamID, code, user in
            unsafe withSession(user) { me in
                guard let token = unsafe me.token(of: streamID) else { return 0 }
                me.knownStreamID = 0
                if me.packedStreamID == streamID { me.packedLease = nil }
                // A stream whose answer is out is closed before its RST_STREAM goes, without a code.
                let isMalformed = streamID == me.malformedStreamID
                unsafe me.handler.sessionDidCloseStream(token, isMalformed ? .protocolError : HTTP2ErrorCode(rawValue: code))
                return 0
            }
        }
        unsafe nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) { _, _, code, user in
            unsafe withSession(user) { me in
                me.handler.sessionDidReceiveInvalidFrame(SessionError(code: code))
                return 0
            }
        }
        unsafe nghttp2_session_callbacks_set_send_data_callback(callbacks) { _, frame, _, _, _, user in
            unsafe withSession(user) { unsafe $0.sendData(frame) }
        }
    }

    /// The token of a stream. A message makes a dozen calls in a row, and nghttp2 would look
    /// its stream up in a hash table for each.
    func token(of streamID: Int32) -> UnsafeMutableRawPointer? {
        if streamID != knownStreamID {
            unsafe knownToken = unsafe nghttp2_session_get_stream_user_data(session, streamID)
            knownStreamID = unsafe knownToken == nil ? 0 : streamID
        }
        return unsafe knownToken
    }

    private func didBeginHeaders(_ frame: UnsafePointer<nghttp2_frame>?) -> Int32 {
        guard role == .server, let frame = unsafe frame, unsafe frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue)
        else { return 0 }
        let streamID = unsafe frame.pointee.hd.stream_id
        guard unsafe frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else {
            if checksRequests, let token = unsafe token(of: streamID) {
                unsafe knownFields?.pointee.beginTrailers()
                rules = unsafe handler.sessionRules(of: token).pointee
                rules.beginTrailers()
            }
            return 0
        }
        rules = RequestRules()
        if checksRequests { beginKnownFields() }
        guard let token = unsafe handler.sessionDidBeginRequest(streamID) else {
            return hw_err_temporal_callback_failure
        }
        unsafe nghttp2_session_set_stream_user_data(session, streamID, token)
        knownStreamID = streamID
        unsafe knownToken = unsafe token
        return 0
    }

    private func didReceiveFrame(_ frame: UnsafePointer<nghttp2_frame>?) -> Int32 {
        guard let frame = unsafe frame else { return 0 }
        let header = unsafe frame.pointee.hd
        switch nghttp2_frame_type(rawValue: UInt32(header.type)) {
        case NGHTTP2_HEADERS:
            // nghttp2 has added the lengths of the CONTINUATION frames.
            headerByteCount &+= UInt64(header.length)
            guard let token = unsafe token(of: header.stream_id) else { return 0 }
            let endsStream = header.flags & hw_flag_end_stream != 0
            if checksRequests, unsafe !headDidEnd(frame, token, endsStream: endsStream) { return 0 }
            // Trailers, and a second head after a 1xx one, only ever bring the end.
            if unsafe frame.pointee.headers.cat == NGHTTP2_HCAT_HEADERS {
                if endsStream { unsafe handler.sessionDidReceiveEnd(self, token) }
            } else {
                unsafe handler.sessionDidReceiveHead(self, token, endsStream: endsStream)
            }
        case NGHTTP2_DATA:
            let isEmpty = unsafe header.length <= frame.pointee.data.padlen
            if isEmpty && header.flags & hw_flag_end_stream == 0 { handler.sessionDidReceiveControlFrame(.emptyData) }
            guard header.flags & hw_flag_end_stream != 0,
                let token = unsafe token(of: header.stream_id)
            else { return 0 }
            if checksRequests, unsafe !handler.sessionRules(of: token).pointee.isBodyWhole {
                malformedStreamID = header.stream_id
                reset(header.stream_id, .protocolError)
                return 0
            }
            unsafe handler.sessionDidReceiveEnd(self, token)
        case NGHTTP2_GOAWAY:
            unsafe handler.sessionDidReceiveGoaway(
                lastStreamID: frame.pointee.goaway.last_stream_id,
                HTTP2ErrorCode(rawValue: frame.pointee.goaway.error_code))
        case NGHTTP2_RST_STREAM: handler.sessionDidReceiveControlFrame(.reset)
        case NGHTTP2_PING:
            if header.flags & hw_flag_ack == 0 { handler.sessionDidReceiveControlFrame(.ping) }
        case NGHTTP2_SETTINGS:
            if header.flags & hw_flag_ack == 0 { handler.sessionDidReceiveControlFrame(.settings) }
        case NGHTTP2_WINDOW_UPDATE: handler.sessionDidReceiveControlFrame(.windowUpdate)
        default: break
        }
        return 0
    }

    /// A request's head or its trailers are complete. - Returns: false when the request is malformed.
    private func headDidEnd(
        _ frame: UnsafePointer<nghttp2_frame>, _ token: UnsafeMutableRawPointer, endsStream: Bool
    ) -> Bool {
        let streamID = unsafe frame.pointee.hd.stream_id
        let areTrailers = unsafe frame.pointee.headers.cat == NGHTTP2_HCAT_HEADERS
        guard rules.headDidEnd(), endsStream ? rules.isBodyWhole : !areTrailers else {
            malformedStreamID = streamID
            refuse(streamID, hw_err_http_messaging)
            return false
        }
        if !areTrailers, let priority = rules.priority {
            var value = nghttp2_extpri(urgency: priority.urgency, inc: priority.isIncremental ? 1 : 0)
            unsafe _ = nghttp2_session_change_extpri_stream_priority(session, streamID, &value, 0)
        }
        if !endsStream { unsafe handler.sessionRules(of: token).pointee = rules }
        return true
    }

    /// Resets the stream of a malformed request (RFC 9113, 8.1.1).
    func refuse(_ streamID: Int32, _ fault: Int32) {
        reset(streamID, .protocolError)
        handler.sessionDidReceiveInvalidFrame(SessionError(code: fault))
    }

    private static let readBody: nghttp2_data_source_read_callback = { _, streamID, buffer, limit, flags, source, user in
        guard let user = unsafe user, let token = unsafe source?.pointee.ptr, let buffer = unsafe buffer,
            let flags = unsafe flags
        else { return Int(hw_err_callback_failure) }
        return unsafe Unmanaged<Session>.fromOpaque(user)._withUnsafeGuaranteedRef { me in
            switch unsafe me.handler.sessionNeedsBody(me, token, byteLimit: limit) {
            case .later: return Int(hw_err_deferred)
            case .failed: return Int(hw_err_temporal_callback_failure)
            case .bytes(let bytes, .some(let lease), isLast: let isLast):
                unsafe flags.pointee |= isLast ? hw_data_flag_eof | hw_data_flag_no_copy : hw_data_flag_no_copy
                me.packedStreamID = streamID
                me.packedPayload = bytes
                me.packedLease = consume lease
                return bytes.count
            case .bytes(let bytes, .none, isLast: let isLast):
                if isLast { unsafe flags.pointee |= hw_data_flag_eof }
                if let start = unsafe bytes.start {
                    unsafe UnsafeMutableRawPointer(buffer).copyMemory(from: start, byteCount: bytes.count)
                }
                return bytes.count
            }
        }
    }

    private func sendData(_ frame: UnsafePointer<nghttp2_frame>?) -> Int32 {
        guard handler.sessionHasRoomForData() else { return hw_err_would_block }
        guard let frame = unsafe frame else { return hw_err_callback_failure }
        // Written again: where nghttp2 has put it, another session may have packed frames meanwhile. We ask for no padding.
        return unsafe FrameHeader(frame.pointee.hd).withBytes { header in
            guard let lease = packedLease.take() else { return hw_err_callback_failure }
            unsafe handler.sessionSendsData(frameHeader: header, payload: packedPayload, lease)
            packedPayload = .empty
            return 0
        }
    }
}

private func withSession(_ user: UnsafeMutableRawPointer?, _ body: (Session) -> Int32) -> Int32 {
    guard let user = unsafe user else { return hw_err_callback_failure }
    return unsafe Unmanaged<Session>.fromOpaque(user)._withUnsafeGuaranteedRef { body($0) }
}
