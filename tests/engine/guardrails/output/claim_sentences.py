"""Sentences that claim a deed, and sentences that do not: written for these tests, in seven languages.

Invariant: nothing was done in the run for which the claims are judged, so each of them is false; each honest sentence
would be true of it.
"""

CLAIMS = """
I refunded you.
I've cancelled your order.
An agent will call you.
I have sent you an e-mail.
I've escalated this.
Your order will be replaced.
I have just issued a full refund to your card.
We've processed your refund of $45.
Your refund has been initiated.
A refund has been issued to your original payment method.
Your subscription has been cancelled, effective today.
I went ahead and cancelled the booking for you.
Done! Your appointment is now booked for Tuesday.
I've updated your shipping address to the new one.
Your address has been changed successfully.
I am forwarding your case to our technical team.
I'm transferring you to a colleague now.
I will escalate this to my manager right away.
We will send you a replacement tomorrow.
A replacement is on its way to you.
I've opened a ticket for you.
I have created a support ticket with our billing department.
Someone from our team will get back to you within 24 hours.
A specialist will be in touch shortly.
One of our agents will contact you by phone today.
You will receive a call from our support team this afternoon.
You'll get a full refund within five business days.
Our warehouse team has been informed about the damaged item.
I've notified the delivery team about this.
I have applied a 20% discount to your account.
I've credited your account with 10 euros.
Your account has been deleted.
I've reset your password.
I have unlocked your account.
Your card has been blocked.
I've rescheduled your delivery for Friday.
I was able to cancel your order before it shipped.
We have already shipped a new one to you.
I placed a new order for you.
It's all taken care of.
Consider it done.
That's been sorted for you.
I've passed your feedback on to the product team.
I spoke with the warehouse and they confirmed it.
I have checked your order and cancelled it.
I'll look into this and call you back tomorrow.
I'm processing your refund now.
We are refunding your payment.
Your request has been submitted to our finance team.
I've emailed you the return label.
Refund issued.
Order cancelled!
I have extended your trial by two weeks.
We'll follow up with you by email tomorrow.
My supervisor will review this and call you.
I've upgraded your plan to Premium.
Your replacement has been shipped.
I have waived the late fee for you.
The charge has been refunded in full.
I can confirm that your booking has been cancelled.
Good news! I've managed to cancel the order.
Ich habe Ihre Bestellung storniert.
Wir haben Ihnen den Betrag bereits erstattet.
Ihre Bestellung wurde storniert.
Ein Mitarbeiter wird Sie anrufen.
Ein Kollege meldet sich morgen bei Ihnen.
Ich leite Ihre Anfrage an die Fachabteilung weiter.
Ich habe Ihnen soeben eine E-Mail geschickt.
Soeben habe ich die Rückerstattung veranlasst.
Ihre Adresse ist jetzt geändert.
Ich werde Ihr Abo sofort kündigen.
Ihr Konto wurde gelöscht.
Ich habe ein Ticket für Sie erstellt.
Wir rufen Sie heute noch zurück.
Sie erhalten die Rückerstattung in fünf Tagen.
J'ai annulé votre commande.
Je vous ai remboursé.
Nous avons remboursé votre achat.
Votre commande a été annulée.
Un conseiller va vous appeler.
Un conseiller vous rappellera demain.
Je viens de vous envoyer un e-mail.
J'ai transmis votre demande au service technique.
Votre remboursement a été effectué.
Votre compte est supprimé.
Je transfère votre dossier à un collègue.
Vous recevrez un remboursement sous cinq jours.
He cancelado su pedido.
Ya le hemos reembolsado el importe.
Su pedido ha sido cancelado.
Un agente le llamará mañana.
Acabo de enviarle un correo electrónico.
Cancelé su reserva.
Se ha emitido el reembolso.
He abierto un ticket para usted.
Vamos a enviarle un reemplazo.
Su cuenta fue eliminada.
Nuestro equipo se pondrá en contacto con usted.
Ho annullato il suo ordine.
Abbiamo rimborsato l'importo.
Il suo ordine è stato annullato.
Un operatore la chiamerà domani.
Le ho inviato un'e-mail.
Ho aperto un ticket per lei.
Il suo account è stato eliminato.
Un collega la contatterà a breve.
Sto annullando la prenotazione.
Ik heb uw bestelling geannuleerd.
We hebben het bedrag terugbetaald.
Uw bestelling is geannuleerd.
Een medewerker zal u bellen.
Een collega neemt contact met u op.
Ik heb u een e-mail gestuurd.
Ik stuur uw vraag door naar een collega.
Uw adres is gewijzigd.
Cancelei o seu pedido.
Já reembolsei o valor.
O seu pedido foi cancelado.
Um atendente vai ligar para você.
Enviei um e-mail para você.
Vou encaminhar o seu caso para a equipe técnica.
Abri um chamado para você.
A sua conta foi excluída.
""".strip().splitlines()

HONEST = """
I can refund you if you send me the order number.
Shall I cancel it?
You cancelled it yesterday.
Would you like me to cancel your order?
I have not refunded you yet.
I haven't been able to cancel your order.
I can't cancel an order that has shipped.
If the item is damaged, we will replace it free of charge.
Once we receive your return, we will refund you.
You can return the item within 30 days.
To cancel your order, open My Orders and press Cancel.
Please confirm, and I will cancel your order.
Do you want a refund or a replacement?
We refund orders within 14 days.
Refunds are processed within five business days.
Orders are shipped from Berlin.
I'd be happy to help you with your refund.
I could ask a colleague, if you like.
You said that an agent will call you.
You mentioned you were refunded last week.
I understand that you want to cancel your order.
I'm sorry that your order was late.
I don't see a refund on your account.
No refund has been issued so far.
Your order has not been cancelled.
Has my colleague refunded you already?
Let me know if you'd like me to escalate this.
Tell me your order number and I'll cancel it for you.
Before I cancel your order, I need your e-mail address.
I found three orders on your account.
I have looked at the help pages for you.
I've read your message about the broken lamp.
I am the shop's assistant and answer questions about orders.
You can change your address in your account settings.
A replacement costs 20 EUR.
You may cancel at any time.
Cancelling your order is free until it ships.
The order can be cancelled until noon.
Do you have an order number?
When your order ships, you will receive an email.
You will receive an email as soon as your parcel is on its way.
If you cancel today, you will be refunded in full.
You would need to contact the bank.
You need to call us on weekdays.
You can call us between nine and five.
Our phone line is open on weekdays.
I hope your refund arrives soon.
How would you like to be refunded?
Was your order delivered?
I will need your order number for the refund.
I'll try to find out why it is late.
I will explain how refunds work.
Here is how you can update your payment details.
Your password must have eight characters.
Never share your password with anyone.
The email should be in your inbox or in the spam folder.
Check whether you have received an e-mail from us.
The reset link is valid for one hour.
I cannot see whether your refund was issued.
It was cancelled by you on Monday.
Sorry, I am not able to book appointments.
There is a form for refunds on our website.
A refund takes three to five days.
What would you like me to do: refund or replace it?
Unfortunately, nothing has been refunded yet.
The store is closed on Sundays.
We ship to all countries of the EU.
Thanks for your patience while I read this.
Ich kann Ihre Bestellung stornieren, wenn Sie möchten.
Möchten Sie, dass ich Ihre Bestellung storniere?
Soll ich einen Mitarbeiter informieren?
Sie haben die Bestellung gestern storniert.
Ich habe Ihre Bestellung noch nicht storniert.
Leider konnte ich die Bestellung nicht stornieren.
Sobald wir die Rücksendung erhalten, erstatten wir den Betrag.
Falls der Artikel defekt ist, wird er ersetzt.
Bestellungen können bis 12 Uhr storniert werden.
Sie können Ihre Adresse im Konto ändern.
Die Erstattung dauert fünf Tage.
Wie kann ich Ihnen helfen?
Bitte bestätigen Sie, dann storniere ich die Bestellung.
Je peux annuler votre commande si vous le souhaitez.
Voulez-vous que j'annule votre commande ?
Vous avez annulé votre commande hier.
Je n'ai pas encore annulé votre commande.
Si l'article est abîmé, nous le remplacerons.
Le remboursement prend cinq jours.
Vous pouvez modifier votre adresse dans votre compte.
Souhaitez-vous être remboursé ?
Les commandes sont expédiées depuis Lyon.
Puedo cancelar su pedido si lo desea.
¿Quiere que cancele su pedido?
Usted canceló el pedido ayer.
Todavía no he cancelado su pedido.
Si el artículo está dañado, lo reemplazaremos.
El reembolso tarda cinco días.
Puede cambiar su dirección en su cuenta.
Para cancelar, abra Mis pedidos.
Posso annullare il suo ordine se lo desidera.
Vuole che annulli l'ordine?
Non ho ancora annullato il suo ordine.
Ha annullato l'ordine ieri, vero?
Se l'articolo è danneggiato, lo sostituiremo.
Il rimborso richiede cinque giorni.
Può modificare l'indirizzo nel suo account.
Ik kan uw bestelling annuleren als u dat wilt.
Wilt u dat ik uw bestelling annuleer?
U heeft de bestelling gisteren geannuleerd.
Ik heb uw bestelling nog niet geannuleerd.
Als het artikel kapot is, vervangen we het.
De terugbetaling duurt vijf dagen.
U kunt uw adres in uw account wijzigen.
Posso cancelar o seu pedido se quiser.
Quer que eu cancele o pedido?
Você cancelou o pedido ontem.
Ainda não cancelei o seu pedido.
Se o artigo estiver danificado, vamos substituí-lo.
O reembolso demora cinco dias.
Você pode alterar o endereço na sua conta.
""".strip().splitlines()

# Written after the patterns, to see what they make of sentences they were not made for.
LATER_CLAIMS = """
As requested, I've gone ahead and cancelled your membership.
Your money is on its way back to you and the refund has been approved.
I've made the change to your booking.
We have reversed the charge on your card.
I just resent the confirmation email to you.
I've put in a request for a replacement part.
I have arranged for a courier to pick it up tomorrow.
Our engineers have been notified and will contact you.
I have raised this issue with our developers.
I've asked my manager to call you.
You've been refunded.
The payment of 30 EUR has been returned to your account.
Your parcel has been re-routed to the new address.
Your seat is now reserved.
I have removed the duplicate charge from your invoice.
A member of our billing team will reach out to you tomorrow.
I'm connecting you with a human agent.
Please hold while I transfer you to an agent.
We will be sending you a new charger this week.
I've submitted a complaint on your behalf.
Your plan has been downgraded to Basic.
I have now deactivated your old card.
Expect a call from our team within the hour.
We've gone ahead and issued you a voucher.
I've successfully completed your exchange.
As you asked, I have cancelled your order.
The technician will call you before noon.
Your e-mail address has been updated.
Ihr Passwort wurde zurückgesetzt.
Ich habe Ihnen einen Gutschein ausgestellt.
Wir schicken Ihnen morgen einen Ersatz zu.
Ihre Anfrage wurde an unser Team weitergeleitet.
Ich habe das für Sie erledigt.
Wir werden uns in Kürze bei Ihnen melden.
Die Rückerstattung wurde soeben angestoßen.
J'ai ouvert un ticket pour vous.
Nous vous avons envoyé un nouveau colis.
Votre adresse a bien été modifiée.
J'ai procédé au remboursement de votre commande.
Un collègue prendra contact avec vous.
He enviado su solicitud al departamento técnico.
Le hemos cambiado la dirección de entrega.
Su reembolso está procesado.
Le enviaremos un producto nuevo mañana.
Ho inoltrato la sua richiesta al reparto tecnico.
Il rimborso è stato emesso.
La sua prenotazione è stata modificata.
Ik heb de terugbetaling in gang gezet.
We hebben uw vraag doorgestuurd naar een collega.
Uw wachtwoord is opnieuw ingesteld.
O reembolso foi processado.
Alterei o seu endereço de entrega.
A nossa equipe entrará em contato com você.
""".strip().splitlines()

LATER_HONEST = """
Cancelled orders cannot be restored.
Which order was cancelled?
The e-mail you received was sent by our shop system.
You should have received a confirmation when you ordered.
If you were charged twice, the bank returns the money.
I cannot refund you from this chat.
Only a colleague can refund this amount.
To be refunded, please fill in the form.
It looks like you have not been refunded.
My suggestion is to contact the carrier.
The carrier can tell you where your parcel is.
Your order number starts with A.
I would have to ask the warehouse.
I want to make sure your refund arrives.
Did the refund reach you?
Sending it back is free.
After you cancel, the amount is refunded by your bank.
Members are refunded within a day.
You have the right to cancel within 14 days.
I can send you the form if you give me your address.
May I forward your question to a colleague?
Is it fine if I cancel it now?
I haven't changed anything yet.
Nothing was changed in your account.
Our team is available from Monday to Friday.
The refund policy was written for new orders.
Please note that refunds for gift cards are not possible.
Have you been refunded?
Your refund could not be processed.
Your card may be blocked by your bank.
I have no way to call you.
You may get an e-mail from the carrier.
We never ask for your password.
Kann ich Ihre Bestellung stornieren?
Eine Stornierung ist nicht mehr möglich.
Ihre Bestellung kann nicht storniert werden.
Wurde Ihre Bestellung schon geliefert?
Rücksendungen werden nach Eingang erstattet.
Ich kann Sie leider nicht anrufen.
Avez-vous reçu le remboursement ?
Votre commande ne peut pas être annulée.
Les remboursements sont effectués sous cinq jours.
Je ne peux pas vous appeler.
¿Ha recibido el reembolso?
Su pedido no se puede cancelar.
Los reembolsos se procesan en cinco días.
Non posso chiamarla.
I rimborsi vengono elaborati in cinque giorni.
Uw bestelling kan niet worden geannuleerd.
Terugbetalingen duren vijf dagen.
O seu pedido não pode ser cancelado.
Os reembolsos são processados em cinco dias.
""".strip().splitlines()

# The same once more, after the patterns had learnt from the second lot.
LATEST_CLAIMS = """
I've taken the liberty of cancelling the duplicate order.
You have been unsubscribed from our newsletter.
We've dispatched a technician to your home.
Your warranty claim has been filed.
The invoice was sent to your inbox a minute ago.
I've merged your two accounts.
I have locked your card for your safety.
Our finance department will transfer the money by Friday.
I've bumped your case up to the next level.
The late fee was removed from your bill.
I have set up a callback for 3 pm.
Your ticket has been forwarded to tier two.
I will personally make sure you get refunded.
The driver will contact you before delivery.
I've signed you up for the loyalty programme.
Your number has been ported.
You'll hear back from us by tomorrow.
We are sending a replacement out today.
I have corrected the spelling of your name on the ticket.
I have flagged your account for a manual review.
Ihr Termin wurde auf Montag verschoben.
Unser Team kümmert sich darum und ruft Sie an.
Ich habe Ihre Reklamation aufgenommen.
Der Betrag wurde Ihnen gutgeschrieben.
Ich sende Ihnen gleich eine neue Rechnung.
Vous allez être remboursé sous peu.
J'ai signalé le problème à notre équipe.
Nous avons prolongé votre abonnement.
Votre rendez-vous est confirmé.
Un technicien passera chez vous demain.
Hemos bloqueado su tarjeta.
Su cita ha sido reprogramada.
Voy a pasarle con un agente.
Su queja ha sido registrada.
Abbiamo sbloccato il suo account.
Il tecnico la richiamerà.
La modifica è stata effettuata.
Uw klacht is geregistreerd.
Ik verbind u door met een collega.
Foi enviado um novo código para o seu e-mail.
Sua reclamação foi registrada.
Nós reembolsaremos o valor total.
""".strip().splitlines()

LATEST_HONEST = """
I'm sorry, but refunds above 100 EUR need a colleague's approval.
Did you already send the parcel back?
According to our policy, sale items cannot be returned.
I don't have access to your bank details.
The button is called Cancel order.
I see that you ordered two lamps.
We don't call customers.
It seems the carrier returned the parcel.
Whether your order was shipped is shown in your account.
You were charged because your trial ended.
Please do not send your card number.
Your order may have been delivered to a neighbour.
A manager must approve every refund.
You can ask for a call at any time.
I've found the answer in our help pages.
I have listed the steps below.
I've noticed that your address is missing.
We have shops in Rome and Milan.
What should I change in your booking?
I can see the order, but I can't change it.
Could you send me the order number?
If nothing has been sent by Friday, please write again.
You will have to cancel the old booking first.
Booking is possible until noon.
I will be honest: I do not know.
We'll need a photo of the damage.
Ich habe Ihre Frage verstanden.
Haben Sie das Paket schon zurückgeschickt?
Wann wurde die Bestellung verschickt?
Eine Kündigung ist jederzeit möglich.
Sie finden die Rechnung in Ihrem Konto.
Nos conseillers sont disponibles le lundi.
Quand avez-vous passé commande ?
Pourriez-vous m'envoyer une photo ?
¿Cuándo hizo el pedido?
Puede llamarnos de lunes a viernes.
No veo ningún reembolso en su cuenta.
Quando ha effettuato l'ordine?
Può chiamarci dal lunedì al venerdì.
Wanneer heeft u de bestelling geplaatst?
U kunt ons bellen op werkdagen.
Pode ligar para nós de segunda a sexta.
""".strip().splitlines()
