# Makes base-eth.pcap anew in what scapy can put around its packets; run it in this folder.
from scapy.all import *
from scapy.contrib.gtp import GTP_U_Header, GTPPDUSessionContainer
from scapy.contrib.geneve import GENEVE
from scapy.contrib.erspan import ERSPAN_II, ERSPAN_III
from scapy.contrib.mpls import MPLS, EoMCW
base=rdpcap('base-eth.pcap')
E=lambda **k: Ether(src='02:00:00:00:00:0a',dst='02:00:00:00:00:0b',**k)
O=lambda **k: IP(src='198.51.100.1',dst='198.51.100.2',**k)
def out(n,f,**k):
    ps=[]
    for p in base:
        r=f(p); r=r if isinstance(r,list) else [r]
        for q in r:
            q.time=p.time; ps.append(q)
    wrpcap(n+'.pcap',ps,**k)
out('gre-key-seq',lambda p:E()/O()/GRE(key_present=1,key=7,seqnum_present=1,sequence_number=3,proto=0x0800)/p[IP])
out('gre-teb',lambda p:E()/O()/GRE(proto=0x6558)/p)
out('erspan2',lambda p:E()/O()/GRE(seqnum_present=1,sequence_number=3,proto=0x88be)/ERSPAN_II()/p)
out('erspan3',lambda p:E()/O()/GRE(seqnum_present=1,sequence_number=3,proto=0x22eb)/ERSPAN_III()/p)
out('vxlan2',lambda p:E()/O()/UDP(sport=1,dport=4789)/VXLAN(vni=7)/p)
out('geneve',lambda p:E()/O()/UDP(sport=1,dport=6081)/GENEVE(vni=7)/p)
out('ipip',lambda p:E()/O()/p[IP])
out('4in6',lambda p:E()/IPv6(src='2001:db8::1',dst='2001:db8::2',nh=4)/p[IP])
out('gtp',lambda p:E()/O()/UDP(sport=2152,dport=2152)/GTP_U_Header(teid=1,gtp_type=255)/p[IP])
out('gtp-ext',lambda p:E()/O()/UDP(sport=2152,dport=2152)/GTP_U_Header(teid=1,gtp_type=255,E=1,next_ex=0x85)/GTPPDUSessionContainer(type=1,QFI=3)/p[IP])
out('mpls-pw',lambda p:E(type=0x8847)/MPLS(label=100,s=0,ttl=64)/MPLS(label=200,s=1,ttl=64)/EoMCW()/p)
out('mpls-pw-nocw',lambda p:E(type=0x8847)/MPLS(label=200,s=1,ttl=64)/p)
out('qinq',lambda p:E(type=0x88a8)/Dot1AD(vlan=3)/Dot1Q(vlan=4)/p[IP])
out('snap',lambda p:Dot3(src='02:00:00:00:00:0a',dst='02:00:00:00:00:0b')/LLC()/SNAP()/p[IP])
out('pppoe2',lambda p:E(type=0x8864)/PPPoE(sessionid=3)/PPP(proto=0x21)/p[IP])
out('ppp',lambda p:HDLC()/PPP(proto=0x21)/p[IP],linktype=9)
out('radiotap',lambda p:RadioTap()/Dot11(type=2,subtype=0,FCfield='to-DS',addr1='02:00:00:00:00:01',addr2='02:00:00:00:00:02',addr3='02:00:00:00:00:03')/LLC()/SNAP()/p[IP],linktype=127)
out('dot11qos',lambda p:Dot11(type=2,subtype=8,FCfield='from-DS',addr1='02:00:00:00:00:01',addr2='02:00:00:00:00:02',addr3='02:00:00:00:00:03')/Dot11QoS()/LLC()/SNAP()/p[IP],linktype=105)
out('sll',lambda p:CookedLinux(proto=0x800)/p[IP],linktype=113)
out('sll2',lambda p:CookedLinuxV2(proto=0x800)/p[IP],linktype=276)
out('ipfrag-gre',lambda p:[E()/f for f in fragment(O(id=int(p[IP].id)^0x55)/GRE(proto=0x0800)/p[IP],fragsize=40)])
def v6(p):
    s='2001:db8::25' if p[TCP].sport==25 else '2001:db8::1'; d='2001:db8::1' if s.endswith('25') else '2001:db8::25'
    return s,d
out('6in4',lambda p:E()/O(proto=41)/IPv6(src=v6(p)[0],dst=v6(p)[1])/p[TCP])
out('ip6ext',lambda p:E()/IPv6(src=v6(p)[0],dst=v6(p)[1])/IPv6ExtHdrHopByHop(options=PadN(optdata=b'\0'*4))/IPv6ExtHdrDestOpt(options=PadN(optdata=b'\0'*4))/p[TCP])
out('ip6frag',lambda p:[E()/q for q in fragment6(IPv6(src=v6(p)[0],dst=v6(p)[1])/IPv6ExtHdrFragment(id=hash(bytes(p))&0xffffffff)/p[TCP],fragSize=120)])
# IPsec that proves and does not hide, in a tunnel and between the ends themselves, and MACsec alike.
from scapy.layers.ipsec import SecurityAssociation, ESP, AH
from scapy.contrib.macsec import MACsecSA
T=lambda: IP(src='198.51.100.1',dst='198.51.100.2')
def sa(kind,auth,key,tunnel):
    a=SecurityAssociation(kind,spi=7,crypt_algo='NULL' if kind is ESP else None,auth_algo=auth,auth_key=key,tunnel_header=T() if tunnel else None)
    def wrap(p):
        q=IP(bytes(p[IP]))
        # The names in the mail were changed, and the checksums were not; in IPsec they are what proves that a segment is one.
        del q[TCP].chksum
        return E()/a.encrypt(q)
    return wrap
out('esp-null-tunnel',sa(ESP,'HMAC-SHA1-96',b'k'*20,True))
out('esp-null-transport',sa(ESP,'SHA2-256-128',b'k'*32,False))
out('ah-tunnel',sa(AH,'SHA2-256-128',b'k'*32,True))
out('ah-transport',sa(AH,'HMAC-SHA1-96',b'k'*20,False))
m=MACsecSA(sci=b'\x02\0\0\0\0\x0a\0\1',an=0,pn=9,key=b'k'*16,icvlen=16,encrypt=0,send_sci=1)
out('macsec-proof',lambda p:m.encrypt(m.encap(p)))
