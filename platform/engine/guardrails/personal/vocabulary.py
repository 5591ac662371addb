"""The words by which people announce a number, in the languages that customers write.

Invariant: lower case, whole words; a stem is the first five letters of longer words.
"""

from __future__ import annotations


def _all(kind: str, words: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), kind)


def words_of(words: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(words.split())


WORDS: dict[str, str] = {
    **_all(
        "phone",
        """
        phone phones tel mobile mob cell cellphone telephone landline fax whatsapp viber sms handy ph dial
        reach contact call callback registered portable rufnummer handynummer móvil movil celular cellulare
        fijo fixe komórka komórkowy gsm mobil mobilnummer telefoon telefono teléfono téléphone telefone
        telefon telemóvel telefonnummer telefoonnummer telefonu puhelin puhelinnumero telefonszám τηλέφωνο
        телефон 電話 电话 desk text joindre appeler llamar llámame chiamare chiamami bellen anrufen ring hotline
    """,
    ),
    **_all(
        "card",
        """
        card cards cc visa mastercard amex maestro creditcard debitcard kreditkarte kreditkartennummer karte
        kartennummer tarjeta carte carta cartão cartao creditcardnummer kaart karta karty karte diners jcb
        discover
    """,
    ),
    **_all(
        "iban",
        """
        iban
    """,
    ),
    **_all(
        "ssn",
        """
        ssn itin
    """,
    ),
    **_all(
        "national",
        """
        nino aadhaar aadhar pesel bsn dni cpf cnpj curp burgerservicenummer sofinummer
        steueridentifikationsnummer steuernummer steuerid idnr sozialversicherungsnummer insee nif
        codicefiscale personnummer cédula cedula cuil rut jmbg oib fødselsnummer henkilötunnus hetu cpr
        personalausweis personalausweisnummer ausweisnummer sécu nhs versichertennummer sin kimlik niss
        rijksregisternummer cnp egn
    """,
    ),
    **_all(
        "passport",
        """
        passport reisepass reisepassnummer passeport pasaporte passaporto paspoort paspoortnummer paszport
        paszportu passaporte passnummer
    """,
    ),
    **_all(
        "licence",
        """
        führerschein führerscheinnummer rijbewijs rijbewijsnummer cnh
    """,
    ),
    **_all(
        "other",
        """
        order orders booking reservation confirmation invoice receipt tracking track parcel shipment package
        ticket case claim policy reference ref sku item items article product products model serial part
        batch lot imei iccid meid mac version v build release firmware driver error code codes transaction
        txn trans session trace correlation account acct member membership loyalty contract quote po
        purchase voucher coupon gift promo pin otp password passcode timestamp epoch unix uuid guid hash
        commit flight pnr seat room gate amount total price balance sum quantity qty units barcode ean upc
        isbn asin gtin vin meter licence license device customer user client vendor store branch warehouse
        job request rma awb waybill delivery payment refund charge fee cost paid points coordinates latitude
        longitude lat lon position zip postcode postal username id issue bug incident thread step port count
        counter clicks views followers visitors views subscription plan key row line bestellung
        bestellnummer auftrag auftragsnummer rechnung rechnungsnummer kundennummer sendung sendungsnummer
        vorgang vorgangsnummer vertrag vertragsnummer artikel artikelnummer seriennummer zählerstand paket
        commande facture suivi colis dossier contrat référence client cliente pedido factura reserva
        seguimiento envío referencia ordine fattura spedizione pratica bestelling ordernummer factuur
        factuurnummer zending klantnummer zamówienie zamówienia faktura faktury paczka paczki fatura
        rastreio encomenda protocolo sipariş beställning заказ заказа счет comanda objednávka
    """,
    ),
}
"""A word on its own."""

UPPER: dict[str, str] = {
    **_all(
        "national",
        """
        NI NIE NIR RG TIN PAN CIF RFC NIP CF NIN PPS PPSN EIN
    """,
    ),
    **_all(
        "ssn",
        """
        SSN ITIN
    """,
    ),
    **_all(
        "other",
        """
        ID PO SO RA SN
    """,
    ),
}
"""Abbreviations that are words of some language in small letters."""

PAIRS: dict[tuple[str, str], str] = {
    ("social", "security"): "ssn",
    ("my", "social"): "ssn",
    ("his", "social"): "ssn",
    ("her", "social"): "ssn",
    ("social", "insurance"): "national",
    ("national", "insurance"): "national",
    ("national", "id"): "national",
    ("national", "identity"): "national",
    ("national", "identification"): "national",
    ("identity", "card"): "national",
    ("identification", "number"): "national",
    ("personal", "identity"): "national",
    ("personal", "id"): "national",
    ("id", "card"): "national",
    ("government", "id"): "national",
    ("tax", "id"): "national",
    ("tax", "number"): "national",
    ("taxpayer", "id"): "national",
    ("taxpayer", "identification"): "national",
    ("ni", "number"): "national",
    ("pan", "number"): "national",
    ("pan", "card"): "national",
    ("steuer", "id"): "national",
    ("sécurité", "sociale"): "national",
    ("securite", "sociale"): "national",
    ("seguridad", "social"): "national",
    ("codice", "fiscale"): "national",
    ("partita", "iva"): "national",
    ("carta", "identità"): "national",
    ("rodné", "číslo"): "national",
    ("driving", "licence"): "licence",
    ("driving", "license"): "licence",
    ("driver", "licence"): "licence",
    ("driver", "license"): "licence",
    ("drivers", "licence"): "licence",
    ("drivers", "license"): "licence",
    ("s", "licence"): "licence",
    ("s", "license"): "licence",
    ("de", "conduire"): "licence",
    ("de", "conducir"): "licence",
    ("di", "guida"): "licence",
    ("prawo", "jazdy"): "licence",
    ("gift", "card"): "other",
    ("loyalty", "card"): "other",
    ("store", "card"): "other",
    ("sim", "card"): "other",
    ("phone", "model"): "other",
    ("call", "reference"): "other",
    ("customer", "service"): "phone",
    ("home", "number"): "phone",
    ("work", "number"): "phone",
    ("house", "number"): "other",
    ("user", "id"): "other",
    ("customer", "id"): "other",
}
"""Two words together; they count before either alone."""

STEMS: dict[str, str] = {
    **_all(
        "phone",
        """
        phone telef télép telep telem mobil calli conta reach
    """,
    ),
    **_all(
        "card",
        """
        credi debit kredi
    """,
    ),
    **_all(
        "other",
        """
        order booki bestel beste auftr rechn sendu vorga vertr versi track invoi trans refer seria konto
        accou ticke claim polic confi reser shipm
    """,
    ),
}

FILLERS = words_of("""
    is was are be it its s it's this that my the your our his her a an as at to on to-do actually here now
    so new old following there be'll will should ok okay yes yeah sure und ist lautet die der das mein meine
    mi es la el le est c'est ma mon numéro il mio mia è e de het mijn to jest mój moja é o meu minha i am me
    you us at: please which currently still again listed shown given below or and registered for under von
    del della do da van you're one
""")
"""What may stand between a label and its number without loosening the tie."""

OWNERS = words_of("""
    my the this that his her our your their a new old same correct right other alternate alternative another
    mein meine meiner mi mon ma mio mia mijn mój meu minha neue neues use wrong
""")

PLACES = words_of("""
    account profile file record booking order case ticket reservation
""")

ANSWERS = FILLERS | words_of("""
    number numbers numbwe no nr num phone mobile cell my mine sorry typo error pls plz kindly hi hello hey
    thanks thank you sir madam ma'am dear fine right correct that'd would wait waitits minute take down note
    send sent use call me text reach at on by this these those think believe mm hmm um uh oh ah well alright
    perfect great good course of also too not wrong correction it'd got there go ja bitte danke natürlich
    oui merci voici si sí claro gracias ecco grazie certo tak proszę dziękuję sim obrigado obrigada nee dank
    alstublieft
""")
"""Words of an answer that is, apart from them, nothing but the number that was asked for."""
