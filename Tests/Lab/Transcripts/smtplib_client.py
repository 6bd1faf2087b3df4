import smtplib
import sys

host, port, level, tls = "127.0.0.1", int(sys.argv[1]), int(sys.argv[2]), "tls" in sys.argv
client = smtplib.SMTP(local_hostname="client.example")
client.set_debuglevel(level)
client._host = "localhost"  # connect() alone leaves it empty, and STARTTLS wants a name
client.connect(host, port)
client.ehlo()
if tls:
    client.starttls()
    client.ehlo()
client.login("alice", "hunter2-CANARY")
message = "From: alice@sender.example\r\nTo: bob@receiver.example\r\nSubject: Tea\r\n\r\nHello Bob,\r\n.dotted\r\n"
client.sendmail("alice@sender.example", ["bob@receiver.example"], message)
client.quit()
