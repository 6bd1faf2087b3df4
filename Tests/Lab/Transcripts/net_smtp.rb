require "net/smtp"

smtp = Net::SMTP.new("127.0.0.1", ARGV[0].to_i)
smtp.disable_starttls
smtp.set_debug_output($stderr)
smtp.start(helo: "client.example", user: "alice", secret: "hunter2-CANARY", authtype: :plain) do |session|
  session.send_message "From: alice@sender.example\r\nTo: bob@receiver.example\r\nSubject: Tea\r\n\r\nHello Bob,\r\n.dotted\r\n",
                       "alice@sender.example", "bob@receiver.example"
end
