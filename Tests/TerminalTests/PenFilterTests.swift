import Dashboard
import Load
import Terminal
import Testing

/// Through the whole terminal: what is left out must not be missed.
extension TerminalTests {
    @Test("a frame that changes a figure sends its colours once, and no background that is there already")
    func frugal() throws {
        let pty = try PseudoTerminal(width: 120, height: 40)
        let terminal = try Terminal(
            environment: ["TERM": "xterm-256color", "COLORTERM": "truecolor"], input: pty.follower, output: pty.follower)
        func bytes() -> String {
            var bytes = pty.output()
            while terminal.wantsToWrite {
                terminal.sendUnsent()
                bytes += pty.output()
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        var dashboard = Dashboard(run: RunDescription(
            address: "127.0.0.1:1", protocolName: "h2c", load: LoadState(connections: 1, streams: 1), loadText: "closed", hasServer: true, hasClients: true))
        terminal.show(dashboard.frame(width: 120, height: 40))
        let first = bytes()
        // One ground, so it is said once.
        #expect(first.ranges(of: "48;2;").count <= 2)
        dashboard.run.state = .running
        terminal.show(dashboard.frame(width: 120, height: 40))
        let second = bytes()
        #expect(second.contains("RUN") && !second.contains("48;2;") && second.utf8.count < 400)
    }
}
