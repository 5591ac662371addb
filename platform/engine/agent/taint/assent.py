"""Whether a message is a plain yes to what was asked just before.

Invariant: short, and made of nothing but words of agreement: a single word more, and it is no plain yes.
"""

from __future__ import annotations

from engine.agent.taint.plain import plain, words_of

MOST_WORDS, MOST_CHARACTERS = 7, 120
_AGREEING = """
yes yeah yep yup sure ok okay okey correct confirmed confirm right exactly absolutely definitely agreed affirmative
ja jawohl genau richtig stimmt bestätige bestätigt klar einverstanden jo doch
oui ouais exact exactement parfait confirme
sí si claro correcto vale confirmo adelante exacto
sim isso certo sì esatto confermo perfetto giusto
juist klopt prima akkoord correct
tak zgadza potwierdzam dobrze oczywiście
да верно так ладно хорошо подтверждаю
ano souhlasím igen rendben evet tamam onaylıyorum doğru joo kyllä
ναι σωστά نعم أجل موافق כן נכון हाँ हां जी ใช่ vâng đúng iya betul
はい ええ うん 네 예 是 是的 好 好的 对 對 可以 确认 確認
"""
_BESIDE = """
please that this it is s are those these i m am we all both them with of to the for me my you your thanks thank so
very much good great perfect fine sounds looks now ahead go do
bitte danke das ist so es sie du passt gerne mach machen alles gut
s il vous te plaît merci c est tout ça d accord bien
por favor gracias está bien eso es todo obrigado obrigada per favore grazie va bene tutto
graag dank je u dat goed proszę dziękuję się пожалуйста спасибо всё lütfen prosím
お願いします 请 請 谢谢 谢 谢谢你
"""
_PHRASES = """
go ahead|please do|please do it|do it|do that|do so|go for it|please go ahead|sounds good|looks good|d accord|tu das
mach das|mach es|gerne|ja gerne|passt|passt so|va bene|está bien|vas y|allez y|hazlo|faça isso|doe maar|proszę
お願いします|请|好啊
"""
_YES = frozenset(plain(word) for word in _AGREEING.split())
_FILLER = frozenset(plain(word) for word in _BESIDE.split())
_WHOLE = frozenset(" ".join(words_of(plain(one))) for line in _PHRASES.split("\n") for one in line.split("|"))


def is_yes(text: str) -> bool:
    """Whether a customer's message only agrees."""
    if len(text) > MOST_CHARACTERS or "?" in text:
        return False
    words = words_of(plain(text))
    if not 0 < len(words) <= MOST_WORDS:
        return False
    if " ".join(words) in _WHOLE:
        return True
    return not _YES.isdisjoint(words) and all(word in _YES or word in _FILLER for word in words)
