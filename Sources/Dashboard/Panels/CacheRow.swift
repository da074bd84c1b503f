import Measurements

/// One of the caches as the panels show it, the arena pool among them.
struct CacheRow {
    let name: String
    let sample: CacheSample?
    let rates: CacheRates
    /// Why there is none.
    let note: String
    /// The same of an earlier moment.
    let past: (Moment) -> CacheRates

    /// All of them, the clients' before the server's.
    static func rows(_ moment: Moment) -> [CacheRow] {
        // Without TLS there is nothing to say of its sessions, and no room to waste.
        let hasSessions = (moment.client?.caches.sessions.lookups ?? 0) > 0
        return (hasSessions ? [CacheRow("TLS", moment.client?.caches.sessions, moment.rates.sessions, "no TLS") { $0.rates.sessions }] : []) + [
            CacheRow("strings", moment.client?.caches.strings, moment.rates.strings, "no clients") { $0.rates.strings },
            CacheRow("buffers", moment.client?.caches.buffers, moment.rates.buffers, "no clients") { $0.rates.buffers },
        ] + (moment.server == nil ? [] : [moment.knows(.arenas) ? arenas(moment) : resumption(moment)])
    }

    private static func arenas(_ moment: Moment) -> CacheRow {
        CacheRow("arenas", moment.server?.arena.pool, moment.rates.pool, "not published") { $0.rates.pool }
    }

    /// Of another server: the sessions that its handshakes resumed.
    private static func resumption(_ moment: Moment) -> CacheRow {
        CacheRow("resumed", moment.knows(.handshakes) ? moment.server?.tls.resumption : nil, moment.rates.resumption, "no TLS seen") {
            $0.rates.resumption
        }
    }

    /// Nothing was missed or given up for others, or nothing was looked up.
    var isQuiet: Bool {
        guard let sample else { return true }
        return (rates.hitRate ?? sample.hitRate ?? 1) >= 0.9995 && rates.evictions == 0
    }

    private init(_ name: String, _ sample: CacheSample?, _ rates: CacheRates, _ note: String, _ past: @escaping (Moment) -> CacheRates) {
        self.name = name
        self.sample = sample
        self.rates = rates
        self.note = note
        self.past = past
    }
}
