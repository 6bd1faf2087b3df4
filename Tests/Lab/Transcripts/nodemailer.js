// nodemailer.js PORT console|json
const nodemailer = require("nodemailer");

// The logger's interface is that of Bunyan (nodemailer.com/smtp, "logger"); this one writes what Bunyan would: a line of JSON a call.
const json = {};
["trace", "debug", "info", "warn", "error", "fatal"].forEach((level, index) => {
    json[level] = (fields, format, ...values) =>
        console.log(JSON.stringify({ name: "mailer", level: (index + 1) * 10, ...fields, msg: require("util").format(format, ...values), time: new Date().toISOString(), v: 0 }));
});
const transport = nodemailer.createTransport({
    host: "127.0.0.1",
    port: Number(process.argv[2]),
    name: "client.example",
    ignoreTLS: true,
    auth: { user: "alice", pass: "hunter2-CANARY" },
    logger: process.argv[3] === "json" ? json : true,
    debug: true,
});
transport.sendMail({ from: "alice@sender.example", to: "bob@receiver.example", subject: "Tea", text: "Hello Bob,\n.dotted\n" }, () => transport.close());
