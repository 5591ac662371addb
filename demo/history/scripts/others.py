"""Refunds, trade customers, approvals, and those who did not wait."""

from __future__ import annotations

from demo.history.beats import (
    HOUR,
    Asks,
    Call,
    Choose,
    Cited,
    Decide,
    Leave,
    Nothing,
    Person,
    Rate,
    Say,
    Silence,
    Thumb,
    Worded,
)
from demo.history.script import VISITOR, Script, known

TRADE = "The offer holds for 30 days. From 25 pieces the reduction is 12 %, and the logo is €4.50 each."

SCRIPTS: tuple[Script, ...] = (
    Script(
        "tent-refund", known("Willowen Inchbracken"),
        (
            Say(0, "I'd like my money back for the Fellside tent, €549.95. One pole sleeve was torn out of the box."),
            Say(30, "Yes please"),
        ),
        "rui",
        (
            ("rui", "Hello Willowen, Rui from returns and refunds. I am sorry about the tent. Could you send me one "
                    "photograph of the sleeve?"),
            ("c", "I just mailed it to you"),
            ("rui", "Got it, that is a fault from the factory. The refund of €549.95 is on its way to your card; "
                    "allow up "
                    "to 3 working days. You need not send the tent back before you have the label."),
            ("c", "Thanks a lot for sorting this out"),
        ),
        ("Refunded", "€549.95 to the card, label sent."), 95, tags=("refund",), rate=(4, "A bit slow but friendly"),
    ),
    Script(
        "stove-refund", known("Hazlen Fernquist", "hazlen.fernquist.1464@example.com"),
        (
            Say(0, "The Forge stove I bought for €154.95 and the pack for €193.95 are both faulty, I want a "
                   "refund of €348.90"),
            Say(22, "yes"),
        ),
        "ben",
        (
            ("ben", "Hello Hazlen, this is Ben. Two faults in one order should not happen, I'm sorry. What is "
                    "wrong with "
                    "each of them?"),
            ("c", "The stove leaks at the valve and a buckle of the pack is split"),
            ("ben", "Please do not light the stove any more. I refund both, and a courier collects them on Wednesday "
                    "between 9 and 13. Is that all right?"),
            ("c", "Wednesday works"),
        ),
        ("Refunded", ""), 210, tags=("refund", "bug"), rate=(5, "He called the courier for me"),
    ),
    Script(
        "trade-scouts", known("Tomas Reyl"),
        (
            Say(0, "We are a scout group and would like a bulk order of 30 fleece jackets with our logo", None),
            Say(28, "Yes, please pass me on"),
        ),
        "rui",
        (
            ("rui", "Hello Tomas, I look after groups. 30 pieces of one product are 12 % less, sizes may be "
                    "mixed. By when "
                    "do you need them?"),
            ("c", "Before the middle of December if possible"),
            ("rui", "That works if we have your logo as a vector file this week. " + TRADE + " I am sending it now."),
        ),
        ("Answered", "Offer sent, waiting for the logo."), 620, weekday=True, rate=(5, ""),
        ticket=("Offer for 30 fleece jackets", "Logo comes by mail; embroidery takes 10 working days."),
    ),
    Script(
        "trade-club", known("Marit Solbakk"),
        (
            Say(0, "Do you have wholesale prices for a mountaineering club? We need about 50 head torches."),
            Say(40, "yes please"),
        ),
        "rui",
        (
            ("rui", "Hello Marit, from 50 pieces of one product the reduction is 15 %. The Wick 400 would be "
                    "€61.16 each. "
                    "Shall I send an offer?"),
            ("c", "Please do, to the address of my account"),
            ("rui", "Done. It holds for 30 days."),
        ),
        ("Answered", ""), 1500, weekday=True,
    ),
    Script(
        "legal", known("Ines Farrow"),
        (
            Say(0, "The child carrier's buckle opened by itself and my son nearly fell. I will talk to my lawyer."),
            Say(40, "Yes, pass me on"),
        ),
        "mia",
        (
            ("mia", "Hello Ines, I'm Mia, I lead the team. I am very glad nothing happened. Please do not use the "
                    "carrier "
                    "any more. Could you tell me the number on its label?"),
            ("c", "PIP-2-2391"),
            ("mia", "Thank you. Our safety engineer rings you today before 17:00, a courier fetches the carrier, "
                    "and you "
                    "get your money back now, whatever the examination says."),
            ("c", "All right. I expect the call."),
        ),
        ("Passed on", "Safety case opened; refund paid."), 25, tags=("bug", "refund"),
        ticket=("Safety: Pip carrier, buckle opened (PIP-2-2391)", "Engineer calls today; keep the carrier for "
                                                                   "examination."),
        rate=(4, ""),
    ),
    Script(
        "two-teams", known("Bram Osterlund"),
        (
            Say(0, "I returned two shirts and only one was refunded", Cited("refund")),
            Say(35, "Only one of two arrived as a refund. I want to talk to a human please"),
        ),
        "noa",
        (("noa", "Hello Bram, this is Noa. I see both shirts at our warehouse, so I ask a colleague who can pay "
                 "it out."),),
        ("Refunded", ""), 30,
        passed=("Returns and refunds", "Both shirts are in, only one was booked. Please pay the second, €64.95.",
            "rui"),
        then=(
            ("rui", "Hello Bram, Rui here. The second shirt was booked to the wrong order; €64.95 are on their "
                    "way to "
                    "your card."),
            ("c", "Great, thank you both"),
        ),
        tags=("refund",), rate=(5, "Handed over without my telling it all again"),
    ),
    Script(
        "mid-answer", known("Sunniva Hale"),
        (
            Say(0, "My boots hurt at the heel after the first hike, they are the Tarn in 39", Cited("comfort")),
        ),
        "ben",
        (
            ("ben", "Hello Sunniva, Ben from the boot counter, I read along. Before you send them back: lace them "
                    "firmly at "
                    "the ankle and loosely at the toes, heel pain mostly comes from that."),
            ("c", "Oh, I had it the other way round. I will try"),
        ),
        back="She tries other lacing first. If it still hurts, the comfort promise holds until the 12th.",
        after=(
            Say(300, "And if it doesn't get better, until when can I exchange them?", Cited("comfort")),
            Thumb(20, "up"), Silence(),
        ),
        tags=("sizing",),
    ),
    Script(
        "left-1", VISITOR,
        (Say(0, "My bank shows the payment twice", Cited("card")), Person(30), Leave(65 * 60)),
    ),
    Script(
        "left-2", VISITOR,
        (Say(0, "hello can I talk to somebody about a gift"), Leave(64 * 60)),
    ),
    Script(
        "left-3", known("Corin Abbot"),
        (Say(0, "Is the Heron jacket back in stock?", Nothing()), Person(15), Leave(70 * 60)),
    ),
    Script(
        "by-mail", VISITOR,
        (
            Say(0, "Can I pay a workshop bill in two parts?", Nothing()),
            Person(20), Choose(95, "ticket", "r.tolland@example.com"), Silence(),
        ),
    ),
    Script(
        "yes-address", known("Aldwyn Vetchwood", "aldwyn.vetchwood.7726@example.com"),
        (
            Say(0, "Please cancel my order #F6642885, I ordered it by mistake.", Asks(
                "I can cancel #F6642885 for you; a colleague looks at it first.",
                Call("cancel_pending_order", {"order_id": "#F6642885", "reason": "ordered by mistake"})), 4.5),
            Decide(190, "rui", True, "", "Your order #F6642885 is cancelled, and the money goes back to your PayPal "
                   "account today. Does that answer your question?"),
            Say(60, "Yes, thanks", Worded("You're welcome! Is there anything else I can help you with?"), 1.5),
            Silence(11 * 60), Rate(40, 5, "Done in four minutes"),
        ),
        tags=("refund",),
    ),
    Script(
        "yes-cancel-2", known("Dovrin Eelwater", "dovrin.eelwater.8738@example.com"),
        (
            Say(0, "I no longer need the mat in order #F6838045, can you cancel it?", Asks(
                "I can cancel #F6838045; a colleague has to confirm it.",
                Call("cancel_pending_order", {"order_id": "#F6838045", "reason": "no longer needed"})), 4.1),
            Decide(75, "ben", True, "", "Your order #F6838045 is cancelled. The card needs up to 3 working days."),
            Silence(),
        ),
        tags=("refund",),
    ),
    Script(
        "no-exchange", known("Pipkin Starlingham", "pipkin.starlingham.9204@example.com"),
        (
            Say(0, "Cancel #F6268826 please, I found the tents cheaper elsewhere", Asks(
                "I can ask for #F6268826 to be cancelled; a colleague looks at it first.",
                Call("cancel_pending_order", {"order_id": "#F6268826", "reason": "no longer needed"})), 4.0),
            Decide(420, "rui", False, "He may want the price match instead: ask him for the link first.",
                   "A colleague asks whether you would like us to match the price instead. If so, send the link "
                   "through "
                   "**Help → Price match**; otherwise I ask again for it to be cancelled."),
            Say(200, "Oh nice, I will send the link", Worded("Good! You hear from us within one working day."), 2.5),
            Silence(),
        ),
    ),
    Script(
        "back-again", known("Mirel Tasker"),
        (
            Say(0, "My tent pole split in the wind, what can I do?", Cited("warranty")),
            Say(30, "I would like to talk to a person about it"),
        ),
        "noa",
        (
            ("noa", "Hello Mirel, this is Noa. One section of the pole is enough: I send you one free of charge, "
                    "it should "
                    "be there on Monday."),
            ("c", "Thanks!"),
        ),
        ("Answered", ""), 26,
        after=(
            Say(3.2 * 24 * HOUR, "The section you sent is the wrong diameter", Cited("warranty")),
            Thumb(20, "down", "too_little"), Silence(),
        ),
    ),
)  # fmt: skip
