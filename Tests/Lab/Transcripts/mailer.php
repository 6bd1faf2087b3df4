<?php
// mailer.php PORT LEVEL echo|html
require '/usr/share/php/libphp-phpmailer/autoload.php';

$mail = new PHPMailer\PHPMailer\PHPMailer();
$mail->isSMTP();
$mail->Host = '127.0.0.1';
$mail->Port = (int) $argv[1];
$mail->SMTPDebug = (int) $argv[2];
$mail->Debugoutput = $argv[3];
$mail->SMTPAutoTLS = false;
$mail->Hostname = 'client.example';
$mail->Helo = 'client.example';
$mail->SMTPAuth = true;
$mail->AuthType = 'LOGIN';
$mail->Username = 'alice';
$mail->Password = 'hunter2-CANARY';
$mail->setFrom('alice@sender.example', 'Alice');
$mail->addAddress('bob@receiver.example');
$mail->Subject = 'Tea';
$mail->Body = "Hello Bob,\n.dotted\n";
$mail->send();
