"""Releases in the console: a draft is edited, looked at, published, and gone back from; two people meet in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from audit.models import AuditEvent
from core.scope import tenant_scope
from engine.knowledge import services as knowledge
from engine.releases import queries, services
from engine.releases.models import Draft
from engine.releases.values import Configuration, Guideline, configuration_of
from tenants.roles import Role
from tests.factories import Person, a_person

SignIn = Callable[[Person], Client]
RELEASES, DRAFTS = "/console/releases/release/", "/console/releases/draft/"


@pytest.fixture
def draft(ana: Person) -> Draft:
    return services.ensure_draft(tenant_id=ana.tenant.pk, actor=ana.actor)


def now_of(draft: Draft) -> Draft:
    return queries.get_draft(draft.tenant_id, draft.pk)


def address(draft: Draft, page: str = "change") -> str:
    return f"{DRAFTS}{draft.pk}/{page}/"


def filled_in(client: Client, draft: Draft, **more: Any) -> dict[str, Any]:
    """What a browser sends when somebody saves the editor, with what she changed."""
    page = client.get(address(draft))
    form = page.context["form"]
    sent: dict[str, Any] = {}
    for bound in form:
        field = bound.field
        value = field.prepare_value(bound.value()) if hasattr(field, "prepare_value") else bound.value()
        if value not in (None, False):
            sent[bound.name] = "on" if value is True else value
    sent |= {"version": page.context["version"], "base": page.context["base_json"]}
    sent |= rows(*((row.when, row.do) for row in form.rows))
    return {name: value for name, value in {**sent, **more}.items() if value is not None}


def rows(*guidelines: tuple[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"row": [str(number) for number in range(len(guidelines))]}
    for number, (when, do) in enumerate(guidelines):
        told |= {f"when-{number}": when, f"do-{number}": do}
    return told


def actions(person: Person) -> list[str]:
    with tenant_scope(person.tenant.pk):
        events = AuditEvent.objects.filter(tenant_id=person.tenant.pk, actor=str(person.actor))
        return list(events.order_by("id").values_list("action", flat=True))


class TestEditor:
    def test_everything_is_saved_and_shown_as_it_was(
        self, ana: Person, signed_in: SignIn, draft: Draft
    ) -> None:
        knowledge.ensure_source(tenant_id=ana.tenant.pk, name="Manuals")
        client = signed_in(ana)
        changes = {
            "prompt": "You are {assistant}.\n\n{guidelines}\nCall {phone}.",
            "variables": "phone = 555 0100\n shop=Fern = Hill",
            "fallback_models": "a\nb",
            "temperature": "0.3",
            "all_tools": None,
            "tools": ["search_knowledge", "request_person"],
            "all_sources": None,
            "sources": ["Manuals"],
            "guardrails": '{"rules": {"mood": {"on": false}}}',
            "limit-steps": "5",
            "limit-hand_over": None,
            "answer_cache": None,
            "greeting": "Hello <b>you</b>",
        } | rows(("she asks", "answer"), ("", ""), ("she leaves", "say goodbye"))

        answer = client.post(address(draft), filled_in(client, draft, **changes))
        told = configuration_of(now_of(draft))
        again = client.post(address(draft), filled_in(client, draft))

        assert (answer.status_code, answer["Location"]) == (302, address(draft))
        assert told.guidelines == (Guideline("she asks", "answer"), Guideline("she leaves", "say goodbye"))
        assert told.variables == {"phone": "555 0100", "shop": "Fern = Hill"}
        assert (told.tools, told.sources) == (("search_knowledge", "request_person"), ("Manuals",))
        assert (told.temperature, told.fallback_models, told.limits.steps) == (0.3, ("a", "b"), 5)
        assert not told.limits.hand_over
        assert not told.answer_cache
        assert told.guardrails == {"rules": {"mood": {"on": False}}}
        assert again.status_code == 302
        assert now_of(draft).version == 2  # nothing changed the second time
        assert configuration_of(now_of(draft)) == told
        assert "<b>you" not in client.get(address(draft)).content.decode()
        assert actions(ana)[-2:] == ["release.draft_started", "release.draft_saved"]

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("assistant_name", ""),
            ("guardrails", "{not json"),
            ("guardrails", "[1]"),
            ("variables", "no sign"),
            ("variables", "a = 1\na = 2"),
            ("max_tokens", "-1"),
            ("limit-steps", "many"),
            ("greeting", "x" * 501),
        ],
        ids=str,
    )
    def test_what_is_wrong_is_said_in_place_and_nothing_is_lost(
        self, ana: Person, signed_in: SignIn, draft: Draft, field: str, wrong: Any
    ) -> None:
        client = signed_in(ana)
        kept = rows(("she asks for <script>", "stay calm"))
        sent = filled_in(client, draft, prompt="A prompt that I worked on.", **kept) | {field: wrong}

        page = client.post(address(draft), sent)

        text = page.content.decode()
        assert page.status_code == 200
        assert field in page.context["form"].errors
        assert "A prompt that I worked on." in text
        assert "she asks for &lt;script&gt;" in text
        assert now_of(draft).version == 1

    def test_guidelines_are_moved_without_any_script(
        self, ana: Person, signed_in: SignIn, draft: Draft
    ) -> None:
        client = signed_in(ana)
        three = rows(("a", "1"), ("b", "2"), ("c", "3"))

        def arranged(order: str) -> list[str]:
            sent = filled_in(client, draft, prompt="Unsaved.", arrange=order, **three)
            page = client.post(address(draft), sent)
            assert "Unsaved." in page.content.decode()
            return [row.when for row in page.context["form"].rows]

        assert arranged("add") == ["a", "b", "c", ""]
        assert arranged("up:2") == ["a", "c", "b"]
        assert arranged("down:0") == ["b", "a", "c"]
        assert arranged("drop:1") == ["a", "c"]
        assert arranged("up:0") == arranged("drop:99") == arranged("nonsense") == ["a", "b", "c"]
        assert now_of(draft).version == 1

    def test_tokens_are_counted_while_one_writes(self, ana: Person, signed_in: SignIn, draft: Draft) -> None:
        client = signed_in(ana)
        short, long = (
            client.post(f"{DRAFTS}tokens/", filled_in(client, draft, prompt=text)).json()
            for text in ("Be kind.", "Be kind, {who}. " + "x" * 3000)
        )
        wrong = client.post(f"{DRAFTS}tokens/", filled_in(client, draft, max_tokens="many"))

        assert long["prompt"] - short["prompt"] > 1000
        assert (short["unknown"], long["unknown"]) == ([], ["who"])
        assert short["total"] >= short["prompt"] + short["tools"]
        assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_fields")

    def test_an_agent_looks_and_changes_nothing(
        self, ana: Person, ben: Person, signed_in: SignIn, draft: Draft
    ) -> None:
        client, sent = signed_in(ben), filled_in(signed_in(ana), draft, prompt="Mine.")
        release = queries.current(ana.tenant.pk)

        seen = client.get(address(draft))
        refused = [
            client.post(address(draft), sent),
            client.get(address(draft, "publish")),
            client.post(address(draft, "publish"), {"version": 1, "message": "Mine."}),
            client.post(f"{DRAFTS}open/"),
            client.get(f"{DRAFTS}add/"),
            client.post(f"{DRAFTS}{draft.pk}/delete/", {"post": "yes"}),
            client.post(f"{RELEASES}{release.pk}/revert/"),
            client.post(f"{RELEASES}{release.pk}/draft/"),
        ]

        assert seen.status_code == 200
        assert 'name="save"' not in seen.content.decode()
        assert {answer.status_code for answer in refused} == {403}
        assert now_of(draft).version == 1
        assert queries.current(ana.tenant.pk).number == release.number

    def test_drafts_are_begun_from_any_release_and_thrown_away(self, ana: Person, signed_in: SignIn) -> None:
        client = signed_in(ana)
        first = queries.current(ana.tenant.pk)
        services.publish(
            tenant_id=ana.tenant.pk, configuration=Configuration(prompt="Newer."), actor=ana.actor
        )

        begun = client.post(f"{RELEASES}{first.pk}/draft/")
        second = client.post(f"{RELEASES}{first.pk}/draft/")
        taken = client.post(f"{DRAFTS}add/", {"name": "next", "number": ""})
        missing = client.post(f"{DRAFTS}add/", {"name": "other", "number": "99"})
        made = client.post(f"{DRAFTS}add/", {"name": " Spring  sale ", "number": ""})
        names = {row.name: row for row in queries.list_drafts(ana.tenant.pk)}
        client.post(f"{DRAFTS}{names['next'].pk}/delete/", {"post": "yes"})

        assert begun["Location"] == address(names["next"])
        assert names["next"].base == first.number
        assert "add/?number=1" in second["Location"]
        assert "name" in taken.context["form"].errors
        assert "number" in missing.context["form"].errors
        assert made["Location"] == address(names["Spring sale"])
        assert names["Spring sale"].prompt == "Newer."
        assert [row.name for row in queries.list_drafts(ana.tenant.pk)] == ["Spring sale"]
        assert actions(ana)[-1] == "release.draft_removed"


class TestTwoPeople:
    @pytest.fixture
    def mia(self, ana: Person) -> Person:
        return a_person("mia", ana.tenant, Role.MANAGER)

    def test_what_each_changed_alone_is_kept_and_what_both_did_is_chosen(
        self, ana: Person, mia: Person, signed_in: SignIn, draft: Draft
    ) -> None:
        hers, mine = signed_in(mia), signed_in(ana)
        from_mia = filled_in(hers, draft, greeting="Hi from Mia", prompt="Mia's prompt.\nOld line.")
        from_ana = filled_in(mine, draft, disclosure="Ana's disclosure", prompt="Ana's prompt.\nOld line.")

        hers.post(address(draft), from_mia)
        merge = mine.post(address(draft), from_ana)
        undecided = mine.post(address(draft), hidden(merge))
        saved = mine.post(address(draft), hidden(merge) | {"pick-prompt": "mine"})

        text = merge.content.decode()
        assert merge.status_code == 200
        assert "Ana&#x27;s prompt." in text
        assert "Mia&#x27;s prompt." in text
        assert [one.field for one in merge.context["merge"].conflicts] == ["prompt"]
        assert 'role="alert"' in undecided.content.decode()
        assert saved.status_code == 302
        told = now_of(draft)
        assert (told.greeting, told.disclosure) == ("Hi from Mia", "Ana's disclosure")
        assert told.prompt.startswith("Ana's prompt.")
        assert told.version == 3

    def test_a_third_save_meanwhile_is_not_lost_either(
        self, ana: Person, mia: Person, signed_in: SignIn, draft: Draft
    ) -> None:
        hers, mine = signed_in(mia), signed_in(ana)
        from_ana = filled_in(mine, draft, prompt="Ana's prompt.")
        hers.post(address(draft), filled_in(hers, draft, prompt="Mia's first."))
        merge = mine.post(address(draft), from_ana)
        hers.post(address(draft), filled_in(hers, draft, prompt="Mia's second."))

        again = mine.post(address(draft), hidden(merge) | {"pick-prompt": "mine"})
        kept = now_of(draft).prompt
        mine.post(address(draft), hidden(again) | {"pick-prompt": "theirs"})

        assert "Mia&#x27;s second." in again.content.decode()
        assert kept == now_of(draft).prompt == "Mia's second."

    def test_publishing_what_somebody_changed_meanwhile_is_refused(
        self, ana: Person, mia: Person, signed_in: SignIn, draft: Draft
    ) -> None:
        hers, mine = signed_in(mia), signed_in(ana)
        page = mine.get(address(draft, "publish"))
        hers.post(address(draft), filled_in(hers, draft, prompt="Mia's prompt."))

        answer = mine.post(
            address(draft, "publish"), {"version": page.context["draft"].version, "message": "Go"}
        )

        assert "draft_changed" in answer.content.decode()
        assert "Mia&#x27;s prompt." in answer.content.decode()
        assert queries.current(ana.tenant.pk).number == 1


def hidden(merge: Any) -> dict[str, Any]:
    """What the merge page sends by itself."""
    shown = merge.context
    return {
        "settle": "yes",
        "version": shown["draft"].version,
        "base": shown["base_json"],
        "mine": shown["mine_json"],
    }


class TestPublishing:
    def test_a_draft_goes_live_with_a_message_and_back_again(
        self, ana: Person, signed_in: SignIn, draft: Draft
    ) -> None:
        client = signed_in(ana)
        there = client.post(address(draft), filled_in(client, draft, prompt="Newer.", publish="yes"))
        page = client.get(address(draft, "publish"))
        silent = client.post(address(draft, "publish"), {"version": 2, "message": "  "})
        live = client.post(address(draft, "publish"), {"version": 2, "message": "Says it newer."})
        newer = queries.current(ana.tenant.pk)
        first = queries.by_number(ana.tenant.pk, 1)
        asked = client.get(f"{RELEASES}{first.pk}/revert/")
        client.post(f"{RELEASES}{first.pk}/revert/", {"message": ""})
        newest = queries.current(ana.tenant.pk)

        assert there["Location"] == address(draft, "publish")
        assert "+" in page.content.decode()
        assert "no_message" in silent.content.decode()
        assert live.status_code == 302
        assert (newer.number, newer.prompt, newer.message) == (2, "Newer.", "Says it newer.")
        assert newer.published_by == "Ana"
        assert (now_of(draft).base, now_of(draft).version) == (2, 3)
        assert "What changes, against release 2" in asked.content.decode()
        assert (newest.number, newest.reverts, newest.prompt) == (3, 1, first.prompt)
        assert actions(ana)[-3:] == ["release.draft_saved", "release.published", "release.reverted"]

    def test_what_stands_in_the_way_is_said_field_by_field(
        self, ana: Person, signed_in: SignIn, draft: Draft
    ) -> None:
        client = signed_in(ana)
        changes = {
            "prompt": "Hello {nobody}.",
            "model": "unheard-of",
            "guardrails": '{"rules": {"nonsense": {}}}',
            "limit-seconds": "4000",
        } | rows(("only a condition", ""))
        client.post(address(draft), filled_in(client, draft, **changes))

        page = client.get(address(draft, "publish"))
        forced = client.post(address(draft, "publish"), {"version": 2, "message": "Go"})
        editor = client.get(address(draft)).content.decode()

        codes = {"unknown_variable", "model_without_provider", "bad_guardrails"}
        codes |= {"guideline_empty", "limit_out_of_range"}
        assert {one.code for one in page.context["problems"]} == codes
        assert all(code in forced.content.decode() for code in codes)
        assert 'name="message"' not in page.content.decode()
        assert "Before it can be published:" in editor
        assert queries.current(ana.tenant.pk).number == 1

    def test_a_draft_that_is_behind_is_published_only_with_a_warning(
        self, ana: Person, signed_in: SignIn, draft: Draft
    ) -> None:
        services.publish(
            tenant_id=ana.tenant.pk, configuration=Configuration(prompt="Of others."), actor=ana.actor
        )

        page = signed_in(ana).get(address(draft, "publish")).content.decode()

        assert "began from release 1, and release 2 is live" in page
        assert "Of others." in page

    def test_any_two_are_compared_and_hostile_text_stays_text(
        self, ana: Person, signed_in: SignIn, draft: Draft
    ) -> None:
        hostile = "</ins><script>alert(1)</script>\n{% csrf_token %} {{ secret }}"
        services.save_draft(
            tenant_id=ana.tenant.pk,
            draft_id=draft.pk,
            version=1,
            configuration=Configuration(prompt=hostile, greeting="<img src=x onerror=alert(1)>"),
            actor=ana.actor,
        )
        client = signed_in(ana)

        pages = [
            client.get(f"{RELEASES}compare/"),
            client.get(f"{RELEASES}compare/?from=draft-{draft.pk}&to=1"),
            client.get(f"{RELEASES}compare/?from=nonsense&to=9999"),
            client.get(address(draft)),
            client.get(address(draft, "publish")),
            client.get(f"{RELEASES}{queries.current(ana.tenant.pk).pk}/change/"),
            client.get(RELEASES, {"q": "nothing"}),
        ]

        assert {page.status_code for page in pages} == {200}
        assert not any("<script>alert" in page.content.decode() for page in pages)
        assert not any("<img src=x" in page.content.decode() for page in pages)
        assert "&lt;script&gt;alert(1)" in pages[0].content.decode()


def test_nothing_of_another_tenants_is_there(
    ana: Person, zoe: Person, signed_in: SignIn, draft: Draft
) -> None:
    release = queries.current(ana.tenant.pk)
    client = signed_in(zoe)

    answers = [
        client.get(address(draft)),
        client.post(address(draft), {"prompt": "Zoe's"}),
        client.get(address(draft, "publish")),
        client.post(address(draft, "publish"), {"version": 1, "message": "Zoe's"}),
        client.get(f"{RELEASES}{release.pk}/change/"),
        client.post(f"{RELEASES}{release.pk}/revert/"),
        client.post(f"{RELEASES}{release.pk}/draft/"),
        client.get(f"/console/playground/?of=draft-{draft.pk}"),
        client.post("/console/playground/", {"of": f"draft-{draft.pk}", "text": "Hello"}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert f"draft-{draft.pk}" not in client.get(f"{RELEASES}compare/?to=draft-{draft.pk}").content.decode()
    assert now_of(draft).version == 1
