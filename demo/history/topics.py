"""What customers of the demo shop asked, and what the assistant answered: every answer rests on a help page.

Invariant: `quote` stands in the page word for word, which a test reads there, and an answer says no more than its page.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A matter: the page and heading that are cited, the answer with its `[1]`, ways to ask, and what it misses."""

    page: str
    heading: str
    quote: str
    answer: str
    asked: tuple[str, ...]
    missed: tuple[str, ...] = ()
    language: str = "en"
    tag: str = ""


TOPICS: dict[str, Topic] = {
    "delivery": Topic(
        "shipping-ireland", "Prices and times",
        "The €75 is counted after discounts and without gift cards.",
        "Standard delivery in Ireland is €4.95 and arrives in 2–3 working days; from €75 it is free. The "
        "€75 is counted after discounts. [1]",
        (
            "How much is delivery inside Ireland?",
            "From what amount do you send for free?",
            "My basket is €68, do I still pay for delivery?",
            "How long does standard delivery to Cork take?",
        ),
        tag="delivery",
    ),
    "abroad": Topic(
        "shipping-international", "Zones, prices and times",
        "There is no free delivery in zones 3 and 4, whatever the order is worth.",
        "To the United Kingdom, Norway and Switzerland standard delivery is €12.95 and takes 5–8 working "
        "days, express €24.95 and 3–4. There is no free delivery there, whatever the order is worth. [1]",
        (
            "Do you deliver to Norway and what does it cost?",
            "Is there free shipping to Switzerland over a certain amount?",
            "What does express to Edinburgh cost?",
            "How long does a parcel to Zurich take?",
        ),
        tag="delivery",
    ),
    "tracking": Topic(
        "tracking", "When nothing seems to happen",
        "A new tracking number can take up to 24 hours before it shows anything.",
        "A new number can take up to 24 hours before it shows anything, and a day or two without a scan "
        "between two depots is normal. [1]",
        (
            "My tracking number shows nothing at all",
            "The tracking hasn't moved since yesterday, is that normal?",
            "Tracking says label created since this morning, what does that mean?",
        ),
        missed=("Where do I find the tracking number?",),
        tag="delivery",
    ),
    "missed": Topic(
        "missed-delivery", "After the second attempt",
        "The parcel goes to the nearest pick-up point and stays there for 7 days.",
        "The carrier tries twice. Then the parcel goes to the nearest pick-up point and stays there for 7"
        " days: bring the card or the code and an identity card. [1]",
        (
            "I was out when the driver came, what happens now?",
            "How long does the pick-up point keep my parcel?",
            "The courier left a card twice, where is my parcel?",
        ),
        tag="delivery",
    ),
    "collect": Topic(
        "click-and-collect", "How long we keep it",
        "We hold the order for 10 days and send a reminder on the seventh.",
        "We hold the order for 10 days and send a reminder on the seventh. If you are away, reply to the "
        "reminder and we can keep it for one more week. [1]",
        (
            "How long do you keep my click and collect order?",
            "I'm away next week, can you keep my order in the store longer?",
        ),
        missed=("Can my brother pick up my order in Brackwater?",),
    ),
    "return": Topic(
        "returns", "Returning something you bought",
        "You have 60 days from the day your parcel was delivered to decide whether you want to keep an "
        "item.",
        "You have 60 days from the day your parcel was delivered. The item must not have been used "
        "outdoors and still has its tags. Open the order in your account and choose **Return items**. [1]",
        (
            "How many days do I have to return a jacket?",
            "What is your return policy?",
            "Can I send back a tent that I pitched once in the living room?",
        ),
        missed=("How do I start a return as a guest?",),
        tag="refund",
    ),
    "holiday": Topic(
        "holiday-returns", "The extended period",
        "Everything ordered between 1 November and 24 December can be returned or exchanged until 31 "
        "January.",
        "Presents have more time: everything ordered between 1 November and 24 December can be returned "
        "or exchanged until 31 January. It applies automatically. [1]",
        (
            "If I buy a present now, until when can it be returned?",
            "Can gifts for Christmas be exchanged in January?",
            "Is there a longer return period over the holidays?",
        ),
    ),
    "refund": Topic(
        "refunds", "How long it takes",
        "Once a returned parcel reaches our warehouse in Aldermoor we check it and issue the refund "
        "within 5 working days.",
        "We issue it within 5 working days after the parcel reaches our warehouse, and write to you at "
        "that moment. A card then needs up to 3 more working days; PayPal shows it usually the same day. "
        "[1]",
        (
            "When do I get my money back for my return?",
            "How long does the refund to a credit card take?",
            "I returned a fleece last Thursday and see no refund yet",
            "Will the refund go to the card I paid with?",
        ),
        tag="refund",
    ),
    "exchange": Topic(
        "exchanges", "What it costs",
        "The first exchange of an item is free in Ireland and the rest of the European Union",
        "The first exchange of an item is free in Ireland and the rest of the European Union: we pay for "
        "the label and for sending the new size. [1]",
        (
            "Is swapping a size free?",
            "I need the trousers one size bigger, what does that cost?",
            "Can I exchange a jacket for another colour?",
        ),
        tag="sizing",
    ),
    "boots": Topic(
        "boot-sizes", "Measuring your feet",
        "Add 1 cm for walking shoes and 1.5 cm for mountain boots.",
        "Measure in the evening, in the socks you hike in, and use the longer foot. Add 1 cm for walking "
        "shoes and 1.5 cm for mountain boots, then look up the length in the size table. [1]",
        ("Which boot size do I need if my foot is 26 cm long?", "How do I measure my feet for hiking boots?"),
        missed=("Do your mountain boots run small?", "I have wide feet, which boots would fit?"),
        tag="sizing",
    ),
    "comfort": Topic(
        "boot-comfort-promise", "What we promise",
        "There is no cash or card refund for worn footwear.",
        "If they hurt after you have really walked in them, send them back within 30 days of delivery, "
        "even if worn outdoors: we exchange them or give you the value on a gift card. There is no cash "
        "or card refund for worn footwear. [1]",
        (
            "My new boots hurt after one hike, can I return them?",
            "I wore the boots outside once. Is a return still possible?",
            "The Tarn boots give me blisters, what are my options?",
        ),
        tag="sizing",
    ),
    "warranty": Topic(
        "warranty", "Trail Warranty",
        "The warranty belongs to the product, so it stays valid when you give the item away.",
        "Fernhill products have a warranty of 5 years against faults in material and workmanship; "
        "footwear and electronics have 2. Open **Help → Warranty** with the order number and two "
        "photographs. [1]",
        (
            "The zip of my rain jacket came off after two years",
            "How long is the warranty on a Fernhill tent?",
            "Does the warranty still count if the jacket was a present?",
            "A tent pole split, is that covered?",
        ),
    ),
    "repair": Topic(
        "repairs", "Common prices",
        "If the work will cost more than €40 and is not in this table, we send an offer first.",
        "Our workshop does that: a patch on a small tear is €8, a new zip slider €12, a whole zip in a "
        "jacket €35, new soles €75. For anything above €40 that is not on the list you get an offer "
        "first. [1]",
        ("Do you repair jackets?", "What does a new zip cost?", "Can my old boots get new soles?"),
    ),
    "waterproof": Topic(
        "waterproof-care", "Drying and heat",
        "The warmth sets the finish again, and often nothing more is needed.",
        "Often the finish only needs warmth: wash the jacket at 30 °C with a liquid for membranes, then "
        "tumble it on low for 20 minutes. If water still leaves a dark patch, use a spray. [1]",
        (
            "My rain jacket soaks through, is it broken?",
            "How do I wash a waterproof jacket?",
            "How often should I spray my jacket?",
        ),
    ),
    "leather": Topic(
        "leather-boot-care", "Wax and spray",
        "Wax makes it smooth and dark for ever.",
        "For smooth leather a thin layer of wax every four or five walks; for nubuck and suede only "
        "spray, since wax makes it smooth and dark for ever. [1]",
        ("Can I put wax on nubuck boots?", "How do I look after leather boots?"),
        missed=("How should I dry wet boots?",),
    ),
    "bag": Topic(
        "sleeping-bags", "Temperature ratings",
        "Buy by comfort and take 5 degrees in reserve.",
        "Buy by the comfort figure and take 5 degrees in reserve. For nights around zero that is the "
        "Heron −8 (down) rather than the Heron 0. [1]",
        (
            "Which sleeping bag for zero degrees?",
            "What is the difference between comfort and limit temperature?",
        ),
        missed=("Down or synthetic for an autumn trip on a boat?",),
    ),
    "pack": Topic(
        "backpack-fitting", "Measuring your back",
        "The distance from the bone down to the line between your thumbs is your back length.",
        "The length of your back decides: up to 45 cm is S, up to 50 cm M, up to 55 cm L. Models with "
        "**Flex** in the name have a sliding harness and fit nearly everyone. [1]",
        ("What size backpack do I need? I'm 1.80 m", "How do I measure my back for a rucksack?"),
        missed=("How many litres for two nights in huts?",),
        tag="sizing",
    ),
    "card": Topic(
        "payment-problems", "I see two charges",
        "One of them is only a reservation.",
        "One of them is only a reservation. If your account shows one order, you will be charged once, "
        "and the reservation disappears within 5 working days. [1]",
        (
            "My bank shows the payment twice",
            "I was charged two times for one order",
            "Why are there two amounts on my card?",
        ),
        tag="refund",
    ),
    "gift": Topic(
        "gift-cards", "How long it lasts",
        "A card is valid for five years from the day of purchase.",
        "Five years from the day of purchase, and each purchase with it starts the five years anew. The "
        "balance cannot be paid out in cash. [1]",
        ("How long is a gift card valid?", "Can I get the rest of my gift card in cash?"),
        missed=("Can I combine two gift cards?",),
    ),
    "points": Topic(
        "loyalty-points", "Spending",
        "Every 100 points can be turned into a voucher of €5",
        "Every 100 points can be turned into a voucher of €5 under **Account → Trail Points**. It is "
        "valid for 6 months, online and in stores. [1]",
        ("What are 100 Trail Points worth?", "How do I spend my points?"),
        missed=("My points from last week are missing",),
    ),
    "code": Topic(
        "discount-codes", "Rules that apply to every code",
        "One code per order.",
        "One code per order; it can be combined with Trail Points vouchers and gift cards, but not with "
        "the student discount. Items in the outlet are excluded. [1]",
        (
            "My discount code is not accepted",
            "Can I use two codes at once?",
            "Does the newsletter code work on sale items?",
        ),
    ),
    "price": Topic(
        "price-match", "When we lower our own price",
        "If we reduce an item within 14 days of your order, you can have the difference as store credit "
        "on a gift card.",
        "If we reduce an item within 14 days of your order, you can have the difference as store credit "
        "on a gift card. Outlet items do not take part. [1]",
        ("I bought a mat last week and now it is cheaper!",),
        missed=("Do you match prices of other shops?",),
    ),
    "hours": Topic(
        "store-hours", "Opening hours",
        "On public holidays only Aldermoor is open, from 12:00 to 17:00.",
        "Monday to Friday all three stores are open from 10:00 to 19:00 and on Saturday from 9:30 to "
        "18:00; on Sunday only Aldermoor, from 12:00 to 17:00. [1]",
        ("Is the Aldermoor store open on Sunday?", "Until when are you open on Saturday?"),
        missed=("Where are your stores?",),
    ),
    "invoice": Topic(
        "invoices", "Where to find it",
        "Pending orders do not have an invoice yet, only a confirmation, which is not valid for tax.",
        "Go to **Account → Orders**, open the order and choose **Invoice (PDF)**. Pending orders have "
        "none yet, only a confirmation. [1]",
        ("Where can I download my invoice?",),
        missed=("I need an invoice with our VAT number", "Can the name on an invoice be corrected?"),
    ),
    "password": Topic(
        "password", "Forgotten password",
        "If you ask several times, only the newest link is valid.",
        "Choose **Sign in → Forgotten password**. The link works for 30 minutes and only once; if you ask"
        " several times, only the newest is valid. [1]",
        ("The password link says it is not valid", "I can't sign in any more", "How do I reset my password?"),
        tag="bug",
    ),
    "cancel": Topic(
        "cancelling-an-order", "How to cancel",
        "Only the whole order can be cancelled online",
        "As long as the status is **Pending**: open the order page and choose **Cancel order**. It takes "
        "effect at once, and the refund is started on the same day. [1]",
        ("How can I cancel my order?", "I ordered the wrong colour an hour ago, can I cancel?"),
        missed=("Is it too late to cancel if the order is processed?",),
        tag="refund",
    ),
    "student": Topic(
        "student-discount", "How to register",
        "The discount is active for 12 months.",
        "Students and apprentices get 10 % off. Sign in, open **Account → Student discount** and enter "
        "your school's e-mail address; it is active for 12 months. [1]",
        ("Do you have a student discount?", "How do I get the 10 % for students?"),
    ),
    "stove": Topic(
        "stoves", "A weak or yellow flame",
        "Do not poke with wire, except on the Forge, which has its own needle.",
        "Usually the jet is dirty: unscrew it with the key from the box, lay it in spirit overnight and "
        "blow through it. Do not poke with wire. [1]",
        ("My Ember stove burns with a yellow flame",),
        missed=("How many litres of water does one gas cartridge boil?",),
    ),
    "fr_delivery": Topic(
        "shipping-international", "Zones, prices and times",
        "There is no free delivery in zones 3 and 4, whatever the order is worth.",
        "Pour la France, la livraison standard coûte 8,95 € et elle est gratuite à partir de 150 € ; "
        "comptez 4 à 6 jours ouvrables. [1]",
        (
            "Bonjour, combien coûte la livraison en France ?",
            "Est-ce que vous livrez à Lyon et en combien de temps ?",
            "À partir de quel montant la livraison est-elle gratuite en France ?",
        ),
        language="fr", tag="delivery",
    ),
    "fr_return": Topic(
        "returns", "Returning something you bought",
        "You have 60 days from the day your parcel was delivered to decide whether you want to keep an "
        "item.",
        "Vous avez 60 jours à partir de la livraison. L'article ne doit pas avoir servi dehors et doit "
        "avoir ses étiquettes ; ouvrez la commande dans votre compte et choisissez **Return items**. [1]",
        (
            "Bonjour, combien de jours ai-je pour renvoyer une veste ?",
            "Comment faire pour retourner un article ?",
        ),
        language="fr", tag="refund",
    ),
    "de_return": Topic(
        "returns", "Returning something you bought",
        "You have 60 days from the day your parcel was delivered to decide whether you want to keep an "
        "item.",
        "Sie haben 60 Tage ab der Zustellung. Der Artikel darf nicht draußen benutzt worden sein und hat "
        "noch seine Etiketten; öffnen Sie die Bestellung in Ihrem Konto und wählen Sie **Return items**. "
        "[1]",
        (
            "Guten Tag, wie lange kann ich eine Jacke zurückschicken?",
            "Wie schicke ich einen Artikel zurück, den ich nicht möchte?",
        ),
        language="de", tag="refund",
    ),
    "de_boots": Topic(
        "boot-sizes", "Measuring your feet",
        "Add 1 cm for walking shoes and 1.5 cm for mountain boots.",
        "Messen Sie abends in den Wandersocken und nehmen Sie den längeren Fuß. Für Wanderschuhe kommt 1 "
        "cm dazu, für Bergstiefel 1,5 cm; dann hilft die Größentabelle. [1]",
        (
            "Welche Größe brauche ich bei Bergstiefeln, wenn mein Fuß 27 cm lang ist?",
            "Wie messe ich meine Füße für Wanderschuhe?",
        ),
        language="de", tag="sizing",
    ),
}  # fmt: skip
