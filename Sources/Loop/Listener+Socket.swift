internal import CLibuv

extension Listener {
    /// A bound socket; `Listener(loop:socket:)` takes it over.
    package struct Socket: Sendable {
        package let descriptor: Int32
        package let address: SocketAddress
        /// The file of a Unix socket, which goes when the socket closes; nil for another, and for loops that share it.
        let file: UnixSocketFile?

        /// Binds a Unix socket for as many loops, which accept from one queue. The file of a server that is dead is
        /// replaced.
        ///
        /// - Parameter mode: the file's permissions.
        package static func group(bindingUnix address: SocketAddress, mode: UInt32, count: Int) throws(LoopError) -> [Socket] {
            var code = unsafe address.withSockaddr { unsafe hw_bound_unix_socket($0, mode) }
            if code == -EADDRINUSE, try UnixSocketFile.removeStale(address) {
                code = unsafe address.withSockaddr { unsafe hw_bound_unix_socket($0, mode) }
            }
            try LoopError.check("bind \(address)", code)
            // Those that the process's mask has taken away.
            if let path = address.unixPath { unsafe _ = chmod(path, mode) }
            var sockets = [Socket(descriptor: code, address: address, file: UnixSocketFile(address))]
            while sockets.count < count {
                let copy = hw_duplicate(code)
                if copy < 0 {
                    for socket in sockets { socket.close() }
                    throw LoopError(call: "share \(address)", code: copy)
                }
                sockets.append(Socket(descriptor: copy, address: address, file: nil))
            }
            return sockets
        }

        private init(descriptor: Int32, address: SocketAddress, file: UnixSocketFile?) {
            self.descriptor = descriptor
            self.address = address
            self.file = file
        }

        /// Binds an address that no other socket has.
        package init(binding address: SocketAddress) throws(LoopError) {
            try self.init(binding: address, sharesPort: false)
        }

        /// Binds an address for as many loops: the kernel deals the connections out (SO_REUSEPORT).
        ///
        /// The first socket listens alone and shares its port afterwards. Otherwise it would share the port of a
        /// server that was forgotten, and the kernel would deal that server a part of the connections.
        package static func group(binding address: SocketAddress, count: Int) throws(LoopError) -> [Socket] {
            var sockets = [try Socket(binding: address)]
            guard count > 1 else { return sockets }
            do throws(LoopError) {
                try LoopError.check("listen \(address)", hw_listen(sockets[0].descriptor, Int32(Listener.backlogLimit)))
                try LoopError.check("share \(address)", hw_share_port(sockets[0].descriptor))
                while sockets.count < count {
                    sockets.append(try Socket(binding: sockets[0].address, sharesPort: true))
                }
            } catch {
                for socket in sockets { socket.close() }
                throw error
            }
            return sockets
        }

        private init(binding address: SocketAddress, sharesPort: Bool) throws(LoopError) {
            let code = unsafe address.withSockaddr { unsafe hw_bound_socket($0, sharesPort ? 1 : 0) }
            try LoopError.check("bind \(address)", code)
            descriptor = code
            let bound = unsafe SocketAddress.filled { name, length in
                var size = unsafe socklen_t(length.pointee)
                return unsafe getsockname(code, name, &size)
            }
            self.address = bound ?? address
            file = nil
        }

        /// Closes the descriptor of a socket that no listener has taken over.
        package func close() {
            file?.remove()
            hw_close(descriptor)
        }
    }
}
