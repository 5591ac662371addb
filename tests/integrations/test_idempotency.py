"""A request that names itself is carried out once."""

import datetime as dt
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2 as httpx
import pytest
from django.utils import timezone

from core.scope import tenant_scope
from integrations.idempotency import services
from integrations.idempotency.models import IdempotencyRecord
from integrations.idempotency.services import IdempotencyInFlight, IdempotencyKeyReused, Named, Stored, Ticket
from integrations.tasks import sweep_idempotency
from tenants.models import ApiKey
from tenants.roles import Scope
from tenants.services import issue_api_key
from tests.factories import Person
from tests.integrations.callers import a_caller, a_conversation, a_key, a_stream, code_of, events_of, texts
from tests.servers import LiveServer


def named() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(8)}


def posts(conversation: str) -> dict[str, dict]:
    return {
        "conversations": {"customer": {"name": "Robin Sample"}},
        f"conversations/{conversation}/messages": {"text": "Hello"},
        f"conversations/{conversation}/person": {},
        "knowledge/documents": {"name": "a.md", "text": "# A\n\nWords about parcels."},
        "knowledge/search": {"query": "parcels"},
    }


def test_every_post_gives_the_same_answer_again(api: httpx.Client) -> None:
    for address, body in posts(a_conversation(api)).items():
        name = named()

        first = api.post(address, json=body, headers=name)
        again = api.post(address, json=body, headers=name)

        assert first.status_code in {200, 201}, first.text
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert again.headers.get("location") == first.headers.get("location")
        assert again.headers["content-type"] == first.headers["content-type"]


def test_every_post_refuses_a_name_used_for_another_request(api: httpx.Client) -> None:
    conversation = a_conversation(api)
    name = named()
    api.post("conversations", json={}, headers=name)

    for address, body in posts(conversation).items():
        assert code_of(api.post(address, json=body, headers=name)) == (422, "idempotency_key_reused")
    assert api.get(f"conversations/{conversation}").json()["last_seq"] == 0


@pytest.mark.parametrize("key", ["", "a b", "ä", "a" * 256])
def test_every_post_refuses_a_bad_name(api: httpx.Client, key: str) -> None:
    for address, body in posts(a_conversation(api)).items():
        answer = api.post(address, json=body, headers={b"Idempotency-Key": key.encode("latin-1")})
        assert code_of(answer) == (400, "bad_idempotency_key")


def test_an_error_is_kept_too(api: httpx.Client) -> None:
    name = named()

    first = api.post("conversations", json={"customer": {"email": "nobody"}}, headers=name)
    again = api.post("conversations", json={"customer": {"email": "nobody"}}, headers=name)

    assert code_of(first) == code_of(again) == (400, "invalid_fields")
    assert again.headers["idempotency-replayed"] == "true"


def test_a_name_belongs_to_its_key(server: LiveServer, ana: Person, zoe: Person, api: httpx.Client) -> None:
    name = named()
    callers = [api, a_caller(server, ana), a_caller(server, zoe)]

    made = [caller.post("conversations", json={}, headers=name).json()["id"] for caller in callers]

    assert len(set(made)) == 3


def test_two_at_once_make_one_conversation(server: LiveServer, ana: Person, api: httpx.Client) -> None:
    key, name, ready = a_key(ana), named(), threading.Barrier(8)

    def send(_: int) -> httpx.Response:
        with a_caller(server, ana, key=key) as caller:
            ready.wait(10)
            return caller.post("conversations", json={}, headers=name)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        assert answer.status_code == 201 or code_of(answer) == (409, "idempotency_in_flight")
        assert answer.status_code == 201 or int(answer.headers["retry-after"]) >= 1
    assert len(api.get("conversations").json()["items"]) == 1


def test_two_at_once_make_one_message(server: LiveServer, ana: Person, api: httpx.Client) -> None:
    conversation, key, name = a_conversation(api), a_key(ana), named()
    body = {"text": "[[simulate: slow delay_ms=30]] Tell me all"}

    def send(_: int) -> httpx.Response:
        with a_caller(server, ana, key=key) as caller:
            return caller.post(f"conversations/{conversation}/messages", json=body, headers=name)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, range(2)))
    again = send(0)

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert again.json() == next(answer.json() for answer in answers if answer.status_code == 201)
    assert api.get(f"conversations/{conversation}").json()["last_seq"] == 2


def test_whoever_hangs_up_finds_the_whole_answer_under_its_name(
    server: LiveServer, ana: Person, api: httpx.Client
) -> None:
    conversation, name, key = a_conversation(api), named(), a_key(ana)
    address, body = f"conversations/{conversation}/messages", {"text": "[[simulate: slow delay_ms=60]] All"}

    with a_caller(server, ana, key=key) as caller:
        with pytest.raises(httpx.TimeoutException):
            caller.post(address, json=body, headers=name, timeout=0.5)
        assert code_of(caller.post(address, json=body, headers=name)) == (409, "idempotency_in_flight")
        caller.get(f"conversations/{conversation}/events", params={"after": 1, "wait": 20})
        for _ in range(50):
            again = caller.post(address, json=body, headers=name)
            if again.status_code != 409:
                break
            threading.Event().wait(0.05)

    assert again.status_code == 201
    assert again.json()["answer"]["seq"] == again.json()["last_seq"] == 2


def test_a_stream_that_broke_is_found_again_under_its_name(
    server: LiveServer, ana: Person, api: httpx.Client
) -> None:
    conversation, name, key = a_conversation(api), named(), a_key(ana)
    text = "[[simulate: slow delay_ms=60]] Tell me all"

    with a_caller(server, ana, key=key) as caller:
        with a_stream(caller, conversation, text, **name) as broken:
            next(data for kind, data in events_of(broken) if kind == "delta")
        with a_stream(caller, conversation, text, **name) as again:
            events = list(events_of(again))
        with a_stream(caller, conversation, text, **name) as late:
            afterwards = list(events_of(late))

    final = [data for kind, data in events if kind == "event"][-1]
    assert final["text"].startswith(texts(events)[final["data"]["run"]])
    assert [kind for kind, _ in afterwards] == ["event", "event", "done"]
    assert afterwards[1][1] == final
    assert afterwards[-1][1] == events[-1][1]
    assert api.get(f"conversations/{conversation}").json()["last_seq"] == 2


def test_a_file_sent_again_is_the_same_request_whatever_its_boundary(api: httpx.Client) -> None:
    name = named()

    def send(content: bytes) -> httpx.Response:
        return api.post("knowledge/documents", files={"file": ("a.md", content)}, headers=name)

    first, again, other = send(b"# A\n\nOne."), send(b"# A\n\nOne."), send(b"# A\n\nTwo.")

    assert (again.status_code, again.json()) == (201, first.json())
    assert code_of(other) == (422, "idempotency_key_reused")


@pytest.fixture
def request_of(ana: Person) -> Named:
    key, _ = issue_api_key(tenant=ana.tenant, name="k", scopes=Scope.values, actor=ana.actor)
    return Named(ana.tenant.pk, key.pk, "a-name", b"digest")


def begin(request: Named, now: dt.datetime) -> Ticket:
    ticket = services.begin(request=request, now=now)
    assert isinstance(ticket, Ticket)
    return ticket


def test_a_request_whose_process_died_is_taken_up_after_its_lease(request_of: Named) -> None:
    now = timezone.now()
    dead = begin(request_of, now)
    with pytest.raises(IdempotencyInFlight):
        services.begin(request=request_of, now=now + services.LEASE / 2)

    second = begin(request_of, now + services.LEASE * 2)

    assert second.attempt == 2
    with pytest.raises(IdempotencyInFlight):
        services.finish(dead, Stored(201, b"late"))
    services.finish(second, Stored(201, b"in time"))
    assert services.begin(request=request_of, now=now + services.LEASE * 2) == Stored(201, b"in time")


def _write_and_finish(ticket: Ticket, person: Person) -> None:
    with tenant_scope(ticket.tenant_id):
        issue_api_key(
            tenant=person.tenant, name="written late", scopes=[Scope.READ_KNOWLEDGE], actor=person.actor
        )
        services.finish(ticket, Stored(201, b""))


def test_what_an_overtaken_attempt_wrote_is_undone(request_of: Named, ana: Person) -> None:
    now = timezone.now()
    slow = begin(request_of, now)
    begin(request_of, now + services.LEASE * 2)

    with pytest.raises(IdempotencyInFlight):
        _write_and_finish(slow, ana)

    with tenant_scope(request_of.tenant_id):
        assert not ApiKey._default_manager.filter(name="written late").exists()


def test_another_request_does_not_take_over_a_lease_that_ran_out(request_of: Named) -> None:
    now = timezone.now()
    begin(request_of, now)
    other = Named(request_of.tenant_id, request_of.api_key_id, request_of.key, b"other")

    with pytest.raises(IdempotencyKeyReused):
        services.begin(request=other, now=now + services.LEASE * 2)


def test_what_came_to_nothing_may_be_tried_anew(request_of: Named) -> None:
    now = timezone.now()
    services.forget(begin(request_of, now))

    assert begin(request_of, now).attempt == 1


def test_answers_are_kept_for_a_day(request_of: Named) -> None:
    now = timezone.now()
    services.finish(begin(request_of, now - services.KEPT * 2), Stored(201, b"old"))
    fresh = Named(request_of.tenant_id, request_of.api_key_id, "another", b"digest")
    services.finish(begin(fresh, now), Stored(201, b"new"))

    assert sweep_idempotency() >= 1

    with tenant_scope(request_of.tenant_id):
        assert list(IdempotencyRecord._default_manager.values_list("key", flat=True)) == ["another"]


def test_a_name_a_day_old_is_new_again_though_nobody_swept(request_of: Named) -> None:
    now = timezone.now()
    services.finish(begin(request_of, now - services.KEPT * 2), Stored(201, b"old"))

    assert begin(request_of, now).attempt == 1
