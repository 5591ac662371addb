"""A wrong value in the environment is one line that names it and says what to do."""

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from demo import reach
from demo.environment import WrongValue, read
from embedded.bootstrap import role_url
from embedded.processes import free_port

GOOD_OPENAI = {"OPENAI_BASE_URL": "https://models.example/v1", "OPENAI_API_KEY": "sk-1", "OPENAI_MODEL": "m"}


def refusal(call, *arguments) -> str:
    with pytest.raises(WrongValue) as refused:
        call(*arguments)
    line = str(refused.value)
    assert "\n" not in line
    return line


def test_nothing_set_means_embedded_servers_on_port_8000():
    wanted = read({})

    assert (wanted.port, wanted.shop_port) == (8000, 8001)
    assert (wanted.database_url, wanted.redis_url, wanted.openai) == ("", "", {})


def test_good_values_are_taken():
    wanted = read(
        {
            "PORT": "9000",
            "DATABASE_URL": "postgresql://a:b@db.example:5432/x",
            "REDIS_URL": "rediss://r.example",
        }
        | GOOD_OPENAI
    )

    assert wanted.public_url == "http://127.0.0.1:9000"
    assert wanted.shop_url == "http://127.0.0.1:9001"
    assert wanted.openai == GOOD_OPENAI


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "web"),
        ("DEMO_DATA", "perhaps"),
        ("PORT", "0"),
        ("PORT", "65535"),
        ("PORT", "-1"),
        ("PORT", "٣٠٠٠"),
        ("DATABASE_URL", "mysql://a:b@host/x"),
        ("DATABASE_URL", "postgresql://a:b@host"),
        ("DATABASE_URL", "postgresql://a:b@host:many/x"),
        ("DATABASE_OWNER_URL", "nonsense"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("REDIS_URL", "http://host"),
        ("REDIS_URL", "redis://host:port/0"),
        ("OPENAI_BASE_URL", "models.example"),
        ("OPENAI_BASE_URL", "ftp://models.example/v1"),
        ("OPENAI_BASE_URL", "http://[::1/v1"),
        ("OPENAI_API_KEY", "two words"),
        ("OPENAI_API_KEY", "schlüssel"),
    ],
)
def test_a_wrong_value_is_named(name, value):
    assert refusal(read, {name: value}).startswith(name)


def test_a_key_is_never_shown():
    assert "two" not in refusal(read, {"OPENAI_API_KEY": "two words"})


def test_the_owners_address_alone_is_not_enough():
    assert "DATABASE_URL" in refusal(read, {"DATABASE_OWNER_URL": "postgresql://a:b@host/x"})


def test_a_busy_port_is_told_with_another_to_take():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        line = refusal(reach.check_ports, read({"PORT": str(port)}))

    assert f"port {port}" in line
    assert f"PORT={port + 10}" in line


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    line = refusal(reach.check_writable, tmp_path / "file" / "var")

    assert "SWITCHBOARD_VAR" in line


def test_a_redis_that_does_not_answer_is_told():
    line = refusal(reach.check_redis, f"redis://127.0.0.1:{free_port()}/0")

    assert line.startswith("REDIS_URL")
    assert "unset it" in line


def test_a_redis_with_another_password_is_told(settings):
    host = settings.REDIS_URL.rpartition("@")[2]

    assert "password" in refusal(reach.check_redis, f"redis://:guessed@{host}")


def test_a_redis_that_answers_passes(settings):
    reach.check_redis(settings.REDIS_URL)


def test_a_database_that_does_not_answer_is_told():
    url = f"postgresql://a:b@127.0.0.1:{free_port()}/x"

    line = refusal(reach.database_is_administrators, url)

    assert line.startswith("DATABASE_URL")


def test_the_application_role_alone_is_not_enough(test_urls):
    app, _ = test_urls

    assert not reach.database_is_administrators(app)
    assert "DATABASE_OWNER_URL" in refusal(reach.check_two_roles, read({"DATABASE_URL": app}))


def test_the_two_roles_of_this_test_run_pass(test_urls):
    app, owner = test_urls

    reach.check_two_roles(read({"DATABASE_URL": app, "DATABASE_OWNER_URL": owner}))


def test_one_role_for_both_is_refused(test_urls):
    app, _ = test_urls

    assert "same role" in refusal(
        reach.check_two_roles, read({"DATABASE_URL": app, "DATABASE_OWNER_URL": app})
    )


def test_two_databases_are_refused(test_urls, cluster):
    app, _ = test_urls
    elsewhere = cluster.owner_url("postgres")

    assert "different databases" in refusal(
        reach.check_two_roles, read({"DATABASE_URL": app, "DATABASE_OWNER_URL": elsewhere})
    )


def test_a_superuser_is_no_role_for_the_application(test_urls, cluster):
    app, owner = test_urls
    superuser = role_url(cluster.admin_url, "postgres", cluster.admin_password, app.rpartition("/")[2])

    assert reach.database_is_administrators(superuser)
    assert "bypass" in refusal(
        reach.check_two_roles, read({"DATABASE_URL": superuser, "DATABASE_OWNER_URL": owner})
    )


def test_no_model_wanted_is_no_doubt():
    assert reach.doubts_about_model({}) == ""


def test_a_model_that_does_not_answer_is_a_note_and_no_error():
    address = f"http://127.0.0.1:{free_port()}/v1"

    note = reach.doubts_about_model({"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "sk-secret"})

    assert address in note
    assert "sk-secret" not in note
    assert "\n" not in note


@pytest.mark.parametrize(("status", "doubt"), [(200, ""), (404, ""), (401, "refuses OPENAI_API_KEY (401)")])
def test_a_key_that_is_refused_is_told(status, doubt):
    class Models(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Models) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        note = reach.doubts_about_model({"OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1"})
        server.shutdown()

    assert doubt in note
    assert bool(note) == bool(doubt)
