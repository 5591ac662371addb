"""What is open when the demo begins: in the queue, with a person, with the assistant, waiting for a yes."""

from __future__ import annotations

from demo.history.beats import (
    Asks,
    Call,
    Cited,
    Draft,
    Note,
    Person,
    Reply,
    Say,
    Story,
    Tagged,
    Take,
    Urgent,
    Worded,
)
from demo.history.script import VISITOR, known, order

OPEN: tuple[Story, ...] = (
    Story(
        "now-waiting-urgent", known("Freya Lindqvist"),
        (
            Say(0, "We leave for Iceland tomorrow at six and the tent has no poles in the bag!", Cited("warranty")),
            Say(30, "That does not help, we need poles today. Can somebody call me?"),
            Urgent(20, "mia"),
            Tagged("delivery"),
        ),
        minutes_ago=3,
    ),
    Story(
        "now-waiting-french", known("Camille Aubertin"),
        (
            Say(0, "Bonjour, combien de jours ai-je pour renvoyer une veste ?", Cited("fr_return")),
            Say(40, "Je n'ai plus l'étiquette de retour. Je voudrais parler à un conseiller, s'il vous plaît."),
            Tagged("refund"),
        ),
        minutes_ago=2.5,
    ),
    Story(
        "now-waiting-refund", known("Tobias Wren"),
        (
            Say(0, "I want a refund for the Homestead tent, 689 euros, the fly tore on the second day"),
            Say(22, "yes please"),
        ),
        minutes_ago=4,
    ),
    Story(
        "now-ben-his-turn", known("Marian Holloway"),
        (
            Say(0, "Are the Scree boots good for crampons?", Cited("leather")),
            Person(30),
            Take(25, "ben"),
            Reply(40, "Hello Marian, this is Ben. The Scree takes strap-on crampons, but no step-in ones. What do "
                      "you plan?"),
            Say(65, "A week on the Stubai glaciers in March, with a guide. Which of yours would you take then?"),
            Note(10, "Stubai in March: check whether the Kar boot is back in 41 before answering."),
            Draft(25, "For Stubai I would take"),
            Tagged("sizing"),
        ),
        minutes_ago=7,
    ),
    Story(
        "now-ben-her-turn", known("Gorsela Underbough", "gorsela.underbough.1824@example.com"),
        (
            Say(0, "Can the address of order #F4075973 still be changed?", Worded(
                "Your order #F4075973 is pending, so it can. Where should it go?", (order("#F4075973"),)), 3.8),
            Say(50, "To my mother, but the page says another zone is not possible. Can I talk to a person?"),
            Take(35, "ben"),
            Reply(45, "Hello Gorsela, Ben here. To which country would it go?"),
            Say(40, "From the UK to Ireland"),
            Reply(35, "Then I can move it; the delivery becomes cheaper even. What is her full address?"),
        ),
        minutes_ago=14,
    ),
    Story(
        "now-live", VISITOR,
        (
            Say(0, "Which sleeping bag for zero degrees?", Cited("bag")),
            Say(70, "And which mat goes with it?", Worded(
                "At zero degrees a mat with an R-value of 2 or more: most cold comes from below. Do you carry it "
                "far?"), 2.8),
        ),
        minutes_ago=3,
    ),
    Story(
        "now-live-order", known("Orrin-Lee Gullyhope", "orrinlee.gullyhope.4223@example.com"),
        (
            Say(0, "Has order #F3705624 left yet?", Worded(
                "Yes: #F3705624 is processed, and its two items travel under the number FH504370075.",
                (order("#F3705624"),)), 3.4),
        ),
        minutes_ago=1.5,
    ),
    Story(
        "now-approval", known("Gorsela Starlingham", "gorsela.starlingham.4535@example.com"),
        (
            Say(0, "Please cancel order #F7216175, I no longer need it.", Asks(
                "I can cancel #F7216175 for you; a colleague has to confirm it first.",
                Call("cancel_pending_order", {"order_id": "#F7216175", "reason": "no longer needed"})), 4.2),
        ),
        minutes_ago=5,
    ),
)  # fmt: skip
