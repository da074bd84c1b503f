internal import CSegment

/// What the probe does in the server beyond looking.
package struct ProbeOptions: Sendable, Equatable {
    /// Bytes of SO_SNDBUF on each accepted socket, which makes short writes real; 0: as the server sets it.
    package var sendBuffer = 0
    /// Findings hold up to 64 bytes of responses.
    package var keepsBytes = true
    /// Pages that lie wholly within queued bytes become read-only, so that the instruction that writes there is named.
    package var traps = false
    /// A libuv within the program is entered through a jump at its entry (x86-64, with symbols).
    package var detours = false
    /// Programs that the server starts are not watched.
    package var isOnlyThisProcess = false

    /// The server ends with the thread that starts it: killed, or asked once it has forked.
    package var endsWithParent = false

    package init() {}

    var flags: UInt32 {
        (keepsBytes ? 0 : UInt32(hw_option_no_bytes)) | (traps ? UInt32(hw_option_trap) : 0)
            | (detours ? UInt32(hw_option_detour) : 0) | (isOnlyThisProcess ? UInt32(hw_option_only_this) : 0)
            | (endsWithParent ? UInt32(hw_option_end_with_parent) : 0)
    }
}
