/// Names of what is not read. It is named all the same, since mail may be in it.
enum UnreadName {
    static let etherTypes: [Int: String] = [
        0x4305: "B.A.T.M.A.N.", 0x8950: "Slow Path Optimisation",
    ]

    static let protocols: [UInt8: String] = [
        50: SecuredPayload.name, 108: "IPComp", 55: "minimal IP encapsulation", 94: "IP within KA9Q",
    ]

    static let pppProtocols: [Int: String] = [
        0x2D: "compressed TCP headers (Van Jacobson)", 0x2F: "compressed TCP headers (Van Jacobson)",
        0x31: "bridged PPP", 0x3D: "multilink PPP", 0x53: "encrypted PPP", 0x55: "encrypted PPP",
        0x61: "compressed headers (RFC 2508)", 0x67: "compressed headers (RFC 2508)", 0xFB: "compressed PPP",
        0xFD: "compressed PPP",
    ]

    /// Link types that are met and not read, THE table, by the registry of link types.
    private static let links: [UInt32: String] = [
        3: "AX.25", 7: "ARCNET", 15: "SLIP of BSD/OS", 16: "PPP of BSD/OS", 37: "HP's nettl", 99: "Symantec's firewall",
        129: "ARCNET of Linux", 140: "MTP2", 141: "MTP3", 142: "SCCP", 143: "DOCSIS",
        144: "IrDA",
        165: "BACnet MS/TP", 177: "LAPD", 182: "Juniper's frame relay", 179: "Juniper's PPP", 180: "Juniper's PPP",
        181: "Juniper's frame relay", 187: "Bluetooth HCI", 189: "USB", 194: "Juniper's pseudowires",
        195: "IEEE 802.15.4", 200: "Juniper's IPsec", 201: "Bluetooth HCI", 203: "LAPB", 207: "LAPB", 209: "IPMB",
        212: "LIN", 215: "IEEE 802.15.4", 220: "USB", 224: "Fibre Channel", 225: "Fibre Channel", 227: "CAN",
        230: "IEEE 802.15.4", 231: "D-Bus", 235: "DVB", 241: "netANALYZER", 242: "IP over InfiniBand",
        243: "MPEG transport streams", 247: "InfiniBand", 248: "SCTP", 249: "USB", 251: "Bluetooth LE",
        252: "exported PDUs of Wireshark", 253: "netlink", 254: "Bluetooth", 256: "Bluetooth LE", 259: "EPON",
        265: "DisplayPort", 266: "USB", 271: "vsock", 272: "Bluetooth", 278: "OpenVizsla", 279: "EBHSCR", 280: "VPP",
        281: "Broadcom's switch tags", 282: "Broadcom's switch tags", 283: "IEEE 802.15.4",
        284: "Marvell's switch tags",
        285: "Marvell's switch tags", 288: "USB",
    ]

    static func link(_ number: UInt32) -> String {
        if number >= PcapHeader.firstSnoopLink {
            return "frames of snoop's link type \(number - PcapHeader.firstSnoopLink)"
        }
        // Numbers that the registry leaves to whoever wants one.
        if (147...162).contains(number) { return "a link type of somebody's own (link type \(number))" }
        return links[number].map { "\($0) (link type \(number))" } ?? "frames of link type \(number)"
    }
}
