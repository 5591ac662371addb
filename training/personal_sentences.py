"""Sentences of honest support talk, written for this project: with numbers that are nobody's, and with personal ones.

Invariant: the same seed gives the same sentences.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _filled(shape: str) -> Callable[[random.Random], str]:
    """`#` becomes a digit, `@` a capital letter, `~` a hexadecimal digit."""
    signs = {"#": "0123456789", "@": _LETTERS, "~": "0123456789abcdef"}
    return lambda rng: "".join(rng.choice(signs[sign]) if sign in signs else sign for sign in shape)


def _one_of(*shapes: str) -> Callable[[random.Random], str]:
    return lambda rng: _filled(rng.choice(shapes))(rng)


def _date(rng: random.Random) -> str:
    year, month, day = rng.randint(2019, 2027), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        (
            f"{year}-{month:02}-{day:02}",
            f"{day:02}.{month:02}.{year}",
            f"{month}/{day}/{year}",
            f"{day} May {year}",
        )
    )


CLEAN_SLOTS: dict[str, Callable[[random.Random], str]] = {
    "order": _one_of(
        "##########", "#######", "112-#######-#######", "@@-######", "SO-2024-######", "########", "#W#######"
    ),
    "sku": _one_of("@@@-####-@@", "####-###-##", "@###@##", "###.###.##", "@@####/##", "##-####-###"),
    "track": _one_of(
        "1Z###@##########",
        "############",
        "####-####-####",
        "9400 #### #### #### #### ##",
        "RR#########DE",
        "JJD##################",
    ),
    "claim": _one_of(
        "CLM-########", "CAS-2024-#####", "INC#######", "#########", "2024/######", "TCK##########"
    ),
    "version": _one_of("1#.#.#", "v#.#.#.####", "10.0.1####.###", "2.4.1.#", "#.##.#-rc#"),
    "uuid": _filled("~~~~~~~~-~~~~-4~~~-a~~~-~~~~~~~~~~~~"),
    "hex": _one_of("0x8007~~~~", "~~~~~~~~~~~~", "sha256:~~~~~~~~~~~~~~~~~~~~", "~~:~~:~~:~~:~~:~~"),
    "error": _one_of("E-####", "ERR_####", "0x800#####", "HTTP 50#", "#####"),
    "price": _one_of("$#,###.##", "## €", "1.###,## EUR", "£###.##", "### USD", "₹ ##,###", "1 ### kr"),
    "date": _date,
    "time": _one_of("1#:3#", "0#:4#:1#", "2024-03-0#T1#:0#:0#Z", "2024-03-0# 1#:0#:0#.####"),
    "epoch": _filled("17########"),
    "place": _one_of("51.5#####, -0.12####", "48.85#### 2.35####", "-33.8####, 151.2####"),
    "serial": _one_of("SN##########", "@@##########", "C02@@###@@@@", "################"),
    "imei": _filled("35############"),
    "percent": _one_of("##%", "#.#%", "1## %"),
    "size": _one_of("#### x ####", "##x##x## cm", "##.# kg", "##### mAh", "##### km"),
    "ean": _one_of("97########## #", "90###########"),
    "account": _one_of("AC########", "########", "##########"),
}

CLEAN = """
Where is my order {order}?
Order number {order} has not arrived yet.
My order #{order} was delivered damaged on {date}.
I placed order {order} on {date} and paid {price}.
order no. {order} status please
can you cancel order {order} and refund {price}
The invoice {order} from {date} shows {price} twice.
Invoice number {account}, dated {date}: why {price}?
The tracking number {track} does not work.
tracking: {track}
UPS says {track} is still in transit since {date} {time}
Package {track} is stuck, it weighs {size}.
Is SKU {sku} in stock?
I need 25 units of item {sku} in size 42.
Article {sku} costs {price} here and {price} elsewhere.
the part number on the box is {sku}
My claim number is {claim}.
claim {claim} was closed without an answer
Ticket {claim} has been open since {date}.
reference {claim} please
My policy number is {account} and it renews on {date}.
The app version is {version} on Android 14.
I upgraded from {version} to {version} and it crashes.
Firmware {version} breaks the wifi.
pip says package=={version} conflicts with {version}
Since update {version} the sync fails with {error}.
Error code {error} when I press save.
It says: request {uuid} failed with {error}
Session id {uuid}
The log has {time} WARN id={uuid} took 1532 ms
Commit {hex} broke the build.
The device shows {hex} and then restarts.
Blue screen {hex} after installing driver {version}
My MAC address filter lists {hex}
Can I get {percent} off for 200 pieces?
The price went from {price} to {price} in a week.
I was charged {price} instead of {price}.
transaction id {account} for {price} is pending since {date}
Please book me for {date} at {time}.
The flight BA{error} leaves at {time}.
my booking reference is {claim}
confirmation number {account}
my confirmation no is {account} thanks
I arrive on {date} and leave on {date}.
Timestamp {epoch} in the export is wrong.
unix time {epoch} is shown as 1970
The shop is at {place} on the map.
coordinates {place} are wrong
Serial number {serial}
The serial on the back reads {serial}.
IMEI {imei}
barcode {ean} is not found
Resolution {size} does not fit.
The battery has {size} left.
I have been a customer since 2009 and spent over {price}.
customer number {account}
My customer ID is {account}, why can't I log in?
account number {account}
contract {account} ends on {date}
Room 1204 has no heating, I stay until {date}.
We are 12 adults and 3 children, arriving {time}.
Please send 3 boxes of 500 and 2 boxes of 1000.
Channel 5, season 2, episode 10 does not load.
The invoice total is {price} including {percent} VAT.
I waited 45 minutes and was number 17 in the queue.
Gift card number {account} has a balance of {price}.
promo code SAVE{error} is rejected
My PIN letter from {date} never came.
the meter reading is {account}
row 10482 of 99999 fails with {error}
Model PSR-E{error} with 61 keys
Windows 10 build {version}
Chrome/{version} Safari/537.36
Can your plan handle 1000000 requests per day?
We got 4500000 views and 1200000 clicks in {date}.
Is it 110 or 220 volts?
It says step 3 of 12, then {error}.
Bestellung {order} ist noch nicht da.
Meine Bestellnummer lautet {order}.
Rechnung {account} vom {date} über {price} ist falsch.
Kundennummer {account}
Sendungsnummer {track}
Vorgangsnummer {claim}, bitte um Rückmeldung
Die Seriennummer ist {serial}.
Vertragsnummer {account} läuft am {date} aus.
Ma commande {order} n'est pas arrivée.
numéro de commande {order}
Le numéro de suivi est {track}.
La facture {account} du {date} est de {price}.
Mon dossier {claim} est toujours ouvert.
¿Dónde está mi pedido {order}?
El número de pedido es {order}.
Factura {account} del {date}, total {price}
número de seguimiento {track}
Il mio ordine {order} non è arrivato.
numero d'ordine {order}
fattura {account} del {date}
Mijn bestelling {order} is kapot.
ordernummer {order}
Gdzie jest moje zamówienie {order}?
faktura {account} z dnia {date}
Meu pedido {order} não chegou.
número do pedido {order}
nota fiscal {account} de {date}
""".strip().splitlines()
"""Talk with numbers that belong to nobody."""


def clean(copies: int = 4, seed: int = 5) -> Iterator[str]:
    """Each template with fresh numbers."""
    rng = random.Random(seed)
    for _ in range(copies):
        for template in CLEAN:
            yield re.sub(r"\{(\w+)\}", lambda match: CLEAN_SLOTS[match[1]](rng), template)
