from django.apps import AppConfig


class EscalationConfig(AppConfig):
    name = "escalation"

    def ready(self) -> None:
        from conversations import aftercare, hands, promises
        from conversations.profile import tell_also
        from escalation import tools
        from escalation.after import queries as after
        from escalation.after import services as afterwards
        from escalation.after import sweeps as silence
        from escalation.packets import services as packets
        from escalation.packets import suggestions
        from escalation.queries import open_tickets_of
        from escalation.queueing import choices, listener
        from escalation.queueing import promises as word

        aftercare.know(aftercare.House(after.due, afterwards.rate, afterwards.ask_transcript, silence.here))
        hands.listen(listener.hear)
        hands.listen(packets.hear)
        hands.listen(suggestions.hear)
        promises.know(promises.House(word.word, word.place, choices.choose))
        tools.register()
        tell_also("open_tickets", open_tickets_of)
