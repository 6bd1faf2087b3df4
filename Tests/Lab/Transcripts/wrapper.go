// wrapper.go PORT: net/smtp has no debugging output; this is the usual wrapper round its connection.
package main

import (
	"log"
	"net"
	"net/smtp"
	"os"
)

type loggedConn struct{ net.Conn }

func (c loggedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		log.Printf("<- %q", p[:n])
	}
	return n, err
}

func (c loggedConn) Write(p []byte) (int, error) {
	log.Printf("-> %q", p)
	return c.Conn.Write(p)
}

func main() {
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	conn, err := net.Dial("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	client, err := smtp.NewClient(loggedConn{conn}, "localhost")
	if err != nil {
		log.Fatal(err)
	}
	client.Hello("client.example")
	client.Auth(smtp.PlainAuth("", "alice", "hunter2-CANARY", "localhost"))
	client.Mail("alice@sender.example")
	client.Rcpt("bob@receiver.example")
	data, _ := client.Data()
	data.Write([]byte("From: alice@sender.example\r\nTo: bob@receiver.example\r\nSubject: Tea\r\n\r\nHello Bob,\r\n.dotted\r\n"))
	data.Close()
	client.Quit()
}
