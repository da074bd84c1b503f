internal import CNghttp2

/// The fields of heads and trailers as they come in: held to the rules of HTTP, and handed to the session's handler.
extension Session {
    /// - Parameters: name, value: buffers of nghttp2, valid for this call; with a reference, longer.
    @inline(__always)
    func didReceiveField(_ streamID: Int32, _ name: OpaquePointer, _ value: OpaquePointer) -> Int32 {
        guard let token = unsafe token(of: streamID) else { return 0 }
        guard let known = unsafe knownFields?.pointee.recall(name, value) else {
            return unsafe didReceiveNewField(streamID, token, name, value)
        }
        guard let kind = unsafe rules.take(known.pointee.meaning) else { return refuseField(streamID) }
        unsafe handler.sessionDidReceiveField(token, kind, name: known.pointee.nameBytes, value: known.pointee.valueBytes)
        return 0
    }

    @inline(never)
    private func didReceiveNewField(
        _ streamID: Int32, _ token: UnsafeMutableRawPointer, _ name: OpaquePointer, _ value: OpaquePointer
    ) -> Int32 {
        let nameBytes = unsafe nghttp2_rcbuf_get_buf(name), valueBytes = unsafe nghttp2_rcbuf_get_buf(value)
        let names = unsafe UnsafeRawBufferPointer(start: nameBytes.base, count: nameBytes.len)
        let values = unsafe UnsafeRawBufferPointer(start: valueBytes.base, count: valueBytes.len)
        guard checksRequests else {
            unsafe handler.sessionDidReceiveField(token, .other, name: names, value: values)
            return 0
        }
        let nameText = unsafe FieldText(names), valueText = unsafe FieldText(values)
        guard let kind = rules.take(name: nameText, value: valueText) else { return refuseField(streamID) }
        unsafe knownFields?.pointee.note(name, value, names, values, RequestRules.meaning(name: nameText, value: valueText))
        unsafe handler.sessionDidReceiveField(token, kind, name: names, value: values)
        return 0
    }

    private func refuseField(_ streamID: Int32) -> Int32 {
        refuse(streamID, hw_err_http_header)
        return hw_err_temporal_callback_failure
    }

    /// A request's fields come next.
    func beginKnownFields() {
        requestNumber &+= 1
        let keeps = requestNumber == FieldMemory.keptRequest
        if keeps, unsafe knownFields == nil {
            let memory = UnsafeMutablePointer<FieldMemory>.allocate(capacity: 1)
            unsafe memory.initialize(to: FieldMemory())
            unsafe knownFields = unsafe memory
        }
        unsafe knownFields?.pointee.beginRequest(keeps: keeps)
    }

    /// The next request counts as the first.
    func forgetKnownFields() {
        requestNumber = 0
        guard let memory = unsafe knownFields else { return }
        unsafe knownFields = nil
        unsafe memory.deinitialize(count: 1)
        unsafe memory.deallocate()
    }
}
