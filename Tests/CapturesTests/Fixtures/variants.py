# Makes variants of a capture with scapy: a VLAN, Linux cooked (1 and 2), raw IP, IPv6 and a pcapng of two sections.
import sys
from scapy.all import rdpcap, wrpcap, Ether, Dot1Q, IP, IPv6, TCP, CookedLinux, CookedLinuxV2, Raw
from scapy.utils import PcapNgWriter
src, out = sys.argv[1:3]
packets = rdpcap(src)
def keep(new, old): new.time = old.time; return new
wrpcap(f"{out}/vlan.pcap", [keep(Ether(src=p.src,dst=p.dst)/Dot1Q(vlan=7)/Dot1Q(vlan=8)/p[IP], p) for p in packets])
wrpcap(f"{out}/cooked.pcap", [keep(CookedLinux(proto=0x800)/p[IP], p) for p in packets], linktype=113)
wrpcap(f"{out}/cooked2.pcap", [keep(CookedLinuxV2(proto=0x800)/p[IP], p) for p in packets], linktype=276)
wrpcap(f"{out}/raw-nanoseconds.pcap", [keep(p[IP].copy(), p) for p in packets], linktype=101, nano=True)
wrpcap(f"{out}/ipv6.pcap", [keep(Ether(src=p.src,dst=p.dst)/IPv6(src="2001:db8::25" if p[TCP].sport == 28025 else "2001:db8::1", dst="2001:db8::1" if p[TCP].sport == 28025 else "2001:db8::25")/p[TCP], p) for p in packets])
