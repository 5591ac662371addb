"""Which words are common, so that a decoded text can be told from noise.

Invariant: plain lower-case words of Latin letters; the set decides only whether a text reads like one, never whether
it is an attack.
"""

from __future__ import annotations

_ENGLISH = """
the and you your that this with for are was not but from have has had they what when where which who will would can
could should there their them then than been being were out all any one two about into over after before again above
below only just also very more most some such other every each how why our his her its now new old first last next
please tell show give make take say said write written print repeat reveal output display send read open answer reply
respond response responses follow following ignore ignored disregard forget override bypass skip drop stop start begin
end continue pretend act acting play role roleplay become imagine simulate system prompt prompts message messages
instruction instructions rule rules guideline guidelines policy policies restriction restrictions limit limits filter
filters safety secret secrets hidden password passwords key keys token tokens code codes admin administrator developer
mode debug root user users assistant model language chat bot training data content text word words sentence previous
prior earlier initial original above everything anything nothing something must never always without instead exactly
verbatim complete full list confidential internal private information details account accounts card number numbers
order orders money refund customer customers service support help need want know like think believe does did done doing
hack hacked steal kill bomb poison weapon drugs malware virus illegal dangerous harmful exploit attack unrestricted
uncensored jailbreak jailbroken free freedom unlimited enabled disabled activate activated translate encode decode base
execute command commands function file files address email phone name names date time today world people good great
thank thanks hello sorry because while until
"""

_OTHERS = """
alle bitte und oder nicht dass eine einen deine deinen ihre sind wird vorherigen bisherigen anweisungen anweisung
ignoriere ignorieren vergiss regeln zeige verrate gib jetzt antworte geheime passwort systemprompt befehle
les des une vous votre tes toutes tous est pas pour avec dans que qui ignore ignorez oublie oubliez instructions
consignes regles montre affiche reponds secret maintenant invite systeme mot passe
todas todos las los una tus por para con como que ignora olvida instrucciones anteriores reglas muestra responde ahora
secreta clave sistema mensaje
tutte tutti gli che non per con una ignora dimentica istruzioni precedenti regole mostra rispondi adesso segreto
voce suas todas para com uma ignore esqueca instrucoes anteriores regras mostre responda agora segredo
alle het een van niet voor met negeer vergeet instructies regels toon antwoord geheim
"""

WORDS = frozenset((_ENGLISH + _OTHERS).split())

# What is hidden in spelt-out or look-alike form is worth finding only where the word says something.
TELLING = frozenset(word for word in WORDS if len(word) >= 4)


def _common_pairs() -> frozenset[str]:
    counts: dict[str, int] = {}
    for word in _ENGLISH.split() + _OTHERS.split():
        for at in range(len(word) - 1):
            pair = word[at : at + 2]
            counts[pair] = counts.get(pair, 0) + 1
    return frozenset(pair for pair, count in counts.items() if count >= 2)


PAIRS = _common_pairs()


def reads_like_text(text: str, *, shortest: int = 6) -> bool:
    """Whether a text is made of letters and blanks, and its Latin letters follow each other as in words.

    Pairs of letters in the manner of a bigram test: noise has about a third of its pairs among the common ones,
    sentences of Western European languages over two thirds.
    """
    piece = text[:600].strip()
    if len(piece) < shortest or not _mostly_letters(piece):
        return False
    lower = piece.lower()
    pairs = [lower[at : at + 2] for at in range(len(lower) - 1)]
    latin = [pair for pair in pairs if pair.isalpha() and pair.isascii()]
    foreign = sum(1 for sign in piece if sign.isalpha() and not sign.isascii())
    if foreign > len(piece) // 4:
        return True
    return len(latin) >= shortest - 1 and sum(pair in PAIRS for pair in latin) >= 0.62 * len(latin)


def _mostly_letters(piece: str) -> bool:
    if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in piece) or "\ufffd" in piece:
        return False
    words = sum(sign.isalpha() or sign.isspace() for sign in piece)
    return words >= 0.75 * len(piece)
