extension MessageScan {
    /// Reads a record's data within its length. Data that cannot be read is kept as octets.
    mutating func data(of type: RecordType, length: Int, lengthAt: Int) -> ResourceRecord.Data {
        let start = at
        let fields = reading.layout.count
        let outer = limit
        limit = at + length
        defer { limit = outer }
        var data: ResourceRecord.Data?
        do throws(ScanError) {
            data = try known(type)
        } catch {
            if error == .short { reading.departures.append(.dataLengthLies(at: lengthAt, announced: length)) }
        }
        guard let data else {
            at = start
            reading.layout.removeSubrange(fields...)
            take(.data, length)
            return .other(type, Array(octets[start..<start + length]))
        }
        if at < limit { reading.departures.append(.dataLengthLies(at: lengthAt, announced: length)) }
        take(.excess, limit - at)
        return data
    }

    /// Nil when a name within the data is unreadable.
    private mutating func known(_ type: RecordType) throws(ScanError) -> ResourceRecord.Data? {
        switch type {
        case .a:
            return .a(IPv4Address(value: try octets(.address, 4).reduce(0) { $0 << 8 | UInt32($1) }))
        case .aaaa: return IPv6Address(octets: Array(try octets(.address, 16))).map { .aaaa($0) }
        case .mx:
            let preference = try u16(.preference)
            return try name(.exchange).map { .mx(preference: preference, exchange: $0) }
        case .cname: return try name(.canonicalName).map { .cname($0) }
        case .ns: return try name(.nameServer).map { .ns($0) }
        case .ptr: return try name(.pointedName).map { .ptr($0) }
        case .soa: return try startOfAuthority().map { .soa($0) }
        case .txt: return .txt(try strings())
        case .tlsa:
            return .tlsa(
                TLSA(
                    certificateUsage: try u8(.certificateUsage),
                    selector: try u8(.selector),
                    matchingType: try u8(.matchingType),
                    associationData: Array(try octets(.associationData, limit - at))
                )
            )
        case .opt: return .opt(try options())
        default: return .other(type, Array(try octets(.data, limit - at)))
        }
    }

    private mutating func startOfAuthority() throws(ScanError) -> StartOfAuthority? {
        let server = try name(.primaryServer)
        let mailbox = try name(.responsibleMailbox)
        let (serial, refresh) = (try u32(.serial), try u32(.refresh))
        let (retry, expire, minimum) = (try u32(.retry), try u32(.expire), try u32(.minimum))
        guard let server, let mailbox else { return nil }
        return StartOfAuthority(
            primaryServer: server,
            responsibleMailbox: mailbox,
            serial: serial,
            refresh: refresh,
            retry: retry,
            expire: expire,
            minimum: minimum
        )
    }

    /// At least one string is demanded: TXT without any departs from RFC 1035 §3.3.14.
    private mutating func strings() throws(ScanError) -> [[UInt8]] {
        var strings: [[UInt8]] = []
        repeat {
            let count = Int(try u8(.textLength))
            strings.append(Array(try octets(.text, count)))
        } while at < limit
        return strings
    }

    private mutating func options() throws(ScanError) -> [EDNS.Option] {
        var options: [EDNS.Option] = []
        while at < limit {
            let code = try u16(.optionCode)
            let count = Int(try u16(.optionLength))
            options.append(EDNS.Option(code: code, octets: Array(try octets(.optionData, count))))
        }
        return options
    }
}
