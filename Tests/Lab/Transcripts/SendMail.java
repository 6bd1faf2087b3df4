import java.util.Properties;
import MAIL.mail.Message;
import MAIL.mail.Session;
import MAIL.mail.Transport;
import MAIL.mail.internet.InternetAddress;
import MAIL.mail.internet.MimeMessage;

/** SendMail PORT: JavaMail with mail.debug; MAIL is javax or jakarta. */
public class SendMail {
    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.put("mail.smtp.host", "127.0.0.1");
        properties.put("mail.smtp.port", args[0]);
        properties.put("mail.smtp.localhost", "client.example");
        properties.put("mail.smtp.auth", "true");
        properties.put("mail.debug", "true");
        Session session = Session.getInstance(properties);
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress("alice@sender.example"));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress("bob@receiver.example"));
        message.setSubject("Tea");
        message.setText("Hello Bob,\n.dotted\n");
        Transport transport = session.getTransport("smtp");
        transport.connect("alice", "hunter2-CANARY");
        transport.sendMessage(message, message.getAllRecipients());
        transport.close();
    }
}
